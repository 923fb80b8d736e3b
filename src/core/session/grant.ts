import type { Clock } from '../async/clock.js';
import { AccessError } from '../errors.js';
import { deepFreeze } from '../data/deep-freeze.js';
import type { Grant } from '../model.js';

/** All a grant says but its times. */
export type GrantTerms = Pick<
  Grant,
  'id' | 'session' | 'identity' | 'scope' | 'limits' | 'rules' | 'policyVersion' | 'breakGlass'
>;

const deadlines = new WeakMap<Grant, number>();

/** Mints a grant that ends `ttlMs` from now on the monotonic clock. */
export function mintGrant(clock: Clock, ttlMs: number, terms: GrantTerms): Grant {
  const issuedAt = clock.now();
  const grant = deepFreeze({ ...terms, issuedAt, expiresAt: issuedAt + ttlMs }) as Grant;
  deadlines.set(grant, clock.monotonic() + ttlMs);
  return grant;
}

/** Milliseconds left, never below 0. Throws GRANT_INVALID for a grant this process did not mint. */
export function getTimeLeft(grant: Grant, clock: Clock): number {
  const deadline = deadlines.get(grant);
  if (deadline === undefined) throw new AccessError('GRANT_INVALID');
  return Math.max(0, deadline - clock.monotonic());
}
