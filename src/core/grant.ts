import type { Clock } from './clock.js';
import { AccessError } from './errors.js';
import { facts } from './freeze.js';
import type { Identity, Scope } from './model.js';

declare const minted: unique symbol;

/** Caps on one statement's result; the rest is cut and the answer says `truncated`. */
export interface Limits {
  readonly maxRows: number;
  readonly maxBytes: number;
}

/** Time-boxed leave for one principal + actor and one scope. Only the approval stage can make one. */
export interface Grant {
  readonly [minted]: true;
  readonly id: string;
  /** The session this grant opens; a grant opens one session, once. */
  readonly session: string;
  readonly identity: Identity;
  readonly scope: Scope;
  readonly limits: Limits;
  readonly rules: readonly string[];
  readonly policyVersion: string;
  /** Epoch milliseconds, for people and engines; the gateway itself keeps a monotonic deadline. */
  readonly issuedAt: number;
  readonly expiresAt: number;
}

const deadlines = new WeakMap<Grant, number>();

/** Mints a grant that ends `ttlMs` from now on the monotonic clock. */
export function mint(clock: Clock, ttlMs: number, terms: Omit<Grant, typeof minted | 'issuedAt' | 'expiresAt'>): Grant {
  const issuedAt = clock.now();
  const grant = facts({ ...terms, issuedAt, expiresAt: issuedAt + ttlMs }) as Grant;
  deadlines.set(grant, clock.monotonic() + ttlMs);
  return grant;
}

/** Milliseconds left, never below 0. Throws GRANT_INVALID for a grant this process did not mint. */
export function timeLeft(grant: Grant, clock: Clock): number {
  const deadline = deadlines.get(grant);
  if (deadline === undefined) throw new AccessError('GRANT_INVALID');
  return Math.max(0, deadline - clock.monotonic());
}
