import { findingCodes, type FindingCode, type Severity } from './finding-codes.js';
import type { NotVisible } from './account-inspector.js';

/** Something that is missing or too wide. */
export interface DoctorFinding {
  readonly code: FindingCode;
  readonly severity: Severity;
  /** What it is about: a user, a role, a schema. */
  readonly subject: string;
  readonly what: string;
  readonly why: string;
  /** Statements that mend it, without semicolons; none where a person must decide. */
  readonly fix: readonly string[];
}

/** Something that could not be looked at; it is not known to be well. */
export interface UnknownCheck {
  readonly checks: readonly FindingCode[];
  readonly subject: string;
  readonly what: string;
}

export type CheckResult = DoctorFinding | UnknownCheck;

export function createFinding(
  code: FindingCode,
  subject: string,
  what: string,
  fix: readonly string[] = [],
): DoctorFinding {
  return { code, ...findingCodes[code], subject, what, fix };
}

export function createUnknownCheck(
  subject: string,
  checks: readonly FindingCode[],
  what: string | NotVisible,
): UnknownCheck {
  return {
    checks,
    subject,
    what: typeof what === 'string' ? what : `the account does not show it to this role (${what.refused})`,
  };
}

export function isUnknown(each: CheckResult): each is UnknownCheck {
  return 'checks' in each;
}
