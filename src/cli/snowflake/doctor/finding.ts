import { codes, type Code, type Severity } from './codes.js';
import type { Refused } from './look.js';

/** Something that is missing or too wide. */
export interface Finding {
  readonly code: Code;
  readonly severity: Severity;
  /** What it is about: a user, a role, a schema. */
  readonly subject: string;
  readonly what: string;
  readonly why: string;
  /** Statements that mend it, without semicolons; none where a person must decide. */
  readonly fix: readonly string[];
}

/** Something that could not be looked at; it is not known to be well. */
export interface Unknown {
  readonly checks: readonly Code[];
  readonly subject: string;
  readonly what: string;
}

export type Found = Finding | Unknown;

export function found(code: Code, subject: string, what: string, fix: readonly string[] = []): Finding {
  return { code, ...codes[code], subject, what, fix };
}

export function unseen(subject: string, checks: readonly Code[], what: string | Refused): Unknown {
  return { checks, subject, what: typeof what === 'string' ? what : `the account does not show it to this role (${what.refused})` };
}

export function isUnknown(each: Found): each is Unknown {
  return 'checks' in each;
}
