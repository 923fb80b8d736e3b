import type { DenialCode, FaultCode } from '../../core/index.js';

/** How a code is said in HTTP. */
export interface HttpStatus {
  readonly status: number;
  /** Seconds for `Retry-After`. */
  readonly retryAfter?: number;
}

/** Every code's HTTP status (RFC 9110 §15, RFC 6585 §4); docs/errors.md shows this table to people. */
export const httpStatuses: Readonly<Record<DenialCode | FaultCode, HttpStatus>> = {
  UNAUTHENTICATED: { status: 401 },
  INVALID_REQUEST: { status: 400 },
  NOT_FOUND: { status: 404 },
  NOT_PERMITTED: { status: 403 },
  OUT_OF_SCOPE: { status: 403 },
  READ_ONLY_SESSION: { status: 403 },
  NOT_UNDERSTOOD: { status: 422 },
  STATEMENT_REFUSED: { status: 403 },
  GUARDED: { status: 403 },
  APPROVAL_REQUIRED: { status: 403 },
  TOO_MANY_APPROVALS: { status: 429, retryAfter: 30 },
  APPROVAL_REJECTED: { status: 403 },
  APPROVAL_EXPIRED: { status: 403 },
  OBLIGATION_UNKNOWN: { status: 403 },
  SESSION_EXPIRED: { status: 410 },
  SESSION_CLOSED: { status: 410 },
  SESSION_REVOKED: { status: 410 },
  SESSION_BUSY: { status: 429, retryAfter: 1 },
  TOO_MANY_SESSIONS: { status: 429, retryAfter: 30 },
  ACTOR_SUSPENDED: { status: 403, retryAfter: 60 },
  RATE_LIMITED: { status: 429, retryAfter: 1 },
  CONFIG_INVALID: { status: 500 },
  CONFIG_DUPLICATE: { status: 500 },
  PLUGIN_SEALED: { status: 500 },
  PLUGIN_FAILED: { status: 500 },
  IDENTITY_UNAVAILABLE: { status: 503, retryAfter: 5 },
  ANALYSIS_UNAVAILABLE: { status: 503, retryAfter: 1 },
  POLICY_UNAVAILABLE: { status: 503, retryAfter: 5 },
  APPROVAL_UNAVAILABLE: { status: 503, retryAfter: 5 },
  ENGINE_UNAVAILABLE: { status: 503, retryAfter: 5 },
  ENGINE_REJECTED: { status: 422 },
  ENGINE_DISAGREES: { status: 422 },
  STATEMENT_TIMEOUT: { status: 504 },
  OUTCOME_UNKNOWN: { status: 502 },
  AUDIT_UNAVAILABLE: { status: 503, retryAfter: 5 },
  GRANT_INVALID: { status: 500 },
  SHUTTING_DOWN: { status: 503, retryAfter: 5 },
  ABORTED: { status: 503, retryAfter: 1 },
  INTERNAL: { status: 500 },
};
