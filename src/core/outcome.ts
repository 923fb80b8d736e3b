import { AccessError, denials, type DenialCode } from './errors.js';
import type { StageName } from './model.js';

/** An expected no: which rule of the house, in words, and how to ask for what is lacking. */
export interface Denied {
  readonly status: 'denied';
  readonly code: DenialCode;
  /** A stable reason within the code, such as `sql.multiple_statements`. */
  readonly reason?: string;
  readonly message: string;
  readonly hint?: string;
  /** After how long the same request may be answered otherwise, milliseconds, where that is known. */
  readonly retryAfterMs?: number;
}

/** A person must agree first; call again with the ticket. */
export interface Pending {
  readonly status: 'pending';
  readonly ticket: string;
  readonly message: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
  /** What a reviewer is shown, and must echo: SHA-256, lower-case hex. */
  readonly binding?: string;
}

export interface Completed<T> {
  readonly status: 'completed';
  readonly value: T;
}

export interface Failed {
  readonly status: 'failed';
  readonly error: AccessError;
}

/** Every operation of the gateway ends in exactly one of these; none rejects. */
export type Outcome<T> = (Completed<T> | Pending | Denied | Failed) & { readonly at: StageName; readonly id: string };

export type Stop = Denied | Pending;

/** Makes a denial. `message` defaults to the meaning of the code; it must not hold SQL or secrets. */
export function deny(
  code: DenialCode,
  message?: string,
  more: { reason?: string; hint?: string; retryAfterMs?: number } = {},
): Denied {
  return Object.freeze({ status: 'denied', code, message: message ?? denials[code], ...more });
}

/** True for what stops a stage: a denial or a pending approval. */
export function isStop(value: unknown): value is Stop {
  const status = typeof value === 'object' && value !== null ? (value as { status?: unknown }).status : undefined;
  return status === 'denied' || status === 'pending';
}
