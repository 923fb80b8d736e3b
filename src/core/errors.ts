/** Expected refusals. Each is an outcome, never an exception, until rows are already flowing. */
export const denials = {
  UNAUTHENTICATED: 'No usable credential was presented.',
  INVALID_REQUEST: 'The request is not of the form this operation takes.',
  NOT_FOUND: 'There is no such thing, or it is not yours.',
  NOT_PERMITTED: 'The policy denies it, or no rule permits it.',
  OUT_OF_SCOPE: 'The statement touches an object outside the session scope.',
  READ_ONLY_SESSION: 'The session was opened for reading and the statement writes.',
  NOT_UNDERSTOOD: 'The statement cannot be read with certainty, so it is refused.',
  STATEMENT_REFUSED: 'Statements of this kind never run in a session, whoever approves.',
  GUARDED: 'A plugin refused.',
  APPROVAL_REQUIRED: 'A person must agree first, and no approver is configured.',
  TOO_MANY_APPROVALS: 'This caller already waits for as many approvals as are allowed.',
  APPROVAL_REJECTED: 'A reviewer said no.',
  APPROVAL_EXPIRED: 'The approval ran out, was used, or does not fit this request.',
  OBLIGATION_UNKNOWN: 'The policy demands something that nobody here can fulfil.',
  SESSION_EXPIRED: 'The session reached its deadline.',
  SESSION_CLOSED: 'The session is closed.',
  SESSION_REVOKED: 'A reviewer revoked the session.',
  SESSION_BUSY: 'Too many statements wait in this session, or one waited too long.',
  TOO_MANY_SESSIONS: 'This actor already holds as many sessions as are allowed, over all whom it acts for.',
  ACTOR_SUSPENDED: 'A reviewer has suspended this actor: for a time it may neither open nor run anything there.',
  RATE_LIMITED: 'This caller asks more, or more often, than is allowed.',
} as const;

/** Unexpected failures. `retryable` says whether the same request may succeed later. */
export const faults = {
  CONFIG_INVALID: { retryable: false, means: 'The configuration cannot be used.' },
  CONFIG_DUPLICATE: { retryable: false, means: 'Two parts claim the same name or token.' },
  PLUGIN_SEALED: { retryable: false, means: 'A plugin registered something after setup.' },
  PLUGIN_FAILED: { retryable: false, means: 'A plugin threw, or did not answer in time.' },
  IDENTITY_UNAVAILABLE: { retryable: true, means: 'The identity provider cannot be reached.' },
  ANALYSIS_UNAVAILABLE: { retryable: true, means: 'The statement could not be analysed: what analyses them failed.' },
  POLICY_UNAVAILABLE: { retryable: true, means: 'The policy decision point failed.' },
  APPROVAL_UNAVAILABLE: { retryable: true, means: 'The approver failed.' },
  ENGINE_UNAVAILABLE: { retryable: true, means: 'The engine cannot be reached or failed to answer.' },
  ENGINE_REJECTED: { retryable: false, means: 'The engine refused the statement.' },
  ENGINE_DISAGREES: { retryable: false, means: 'The engine reads the statement otherwise than the analysis.' },
  STATEMENT_TIMEOUT: { retryable: false, means: 'The statement took longer than it may, and was cancelled.' },
  OUTCOME_UNKNOWN: {
    retryable: false,
    means: 'The statement was sent, and nobody here can tell whether it took effect.',
  },
  AUDIT_UNAVAILABLE: {
    retryable: true,
    means: 'The record cannot be written: nothing runs, or the rows of what ran are withheld.',
  },
  GRANT_INVALID: { retryable: false, means: 'A grant was forged, reused or is past its deadline.' },
  SHUTTING_DOWN: { retryable: true, means: 'The gateway is closing.' },
  ABORTED: { retryable: true, means: 'The caller went away; the statement was cancelled.' },
  INTERNAL: { retryable: false, means: 'A bug in Sallyport.' },
} as const satisfies Record<string, { readonly retryable: boolean; readonly means: string }>;

export type DenialCode = keyof typeof denials;
export type FaultCode = keyof typeof faults;

const brand = Symbol.for('sallyport.AccessError');

/**
 * The one error class. Faults are carried by it inside a `failed` outcome; a denial is thrown as one only
 * from a row stream that had to stop (deadline, revoke, close). Its message never holds SQL, rows or secrets.
 */
export class AccessError extends Error {
  override readonly name = 'AccessError';
  readonly code: FaultCode | DenialCode;
  /** True when the same request may succeed later without a change. */
  readonly retryable: boolean;
  /** Machine detail safe to show, such as an engine's own error code. */
  readonly detail: Readonly<Record<string, string | number>>;

  constructor(
    code: FaultCode | DenialCode,
    message?: string,
    options: { readonly cause?: unknown; readonly detail?: Readonly<Record<string, string | number>> } = {},
  ) {
    const fault = code in faults ? faults[code as FaultCode] : undefined;
    super(
      message ?? fault?.means ?? denials[code as DenialCode],
      'cause' in options ? { cause: options.cause } : undefined,
    );
    this.code = code;
    this.retryable = fault?.retryable ?? false;
    this.detail = Object.freeze({ ...options.detail });
    Object.defineProperty(this, brand, { value: true });
  }

  /** Recognises an AccessError from any copy of this package. */
  static is(value: unknown): value is AccessError {
    return typeof value === 'object' && value !== null && (value as Record<symbol, unknown>)[brand] === true;
  }

  /** The error itself when it is ours, else a fault of `code` with the original as its cause. */
  static from(value: unknown, code: FaultCode): AccessError {
    return AccessError.is(value) ? value : new AccessError(code, undefined, { cause: value });
  }
}

/**
 * The same error, marked as one after which the statement surely had no effect: it was never sent, or the engine rolled
 * it back (`detail.effect` is
 * `none`). For engines: without the mark, a write that ends with anything but ENGINE_REJECTED is told as
 * OUTCOME_UNKNOWN.
 */
export function withoutEffect(error: AccessError): AccessError {
  if (isWithoutEffect(error)) return error;
  return new AccessError(error.code, error.message, {
    cause: error.cause,
    detail: { ...error.detail, effect: 'none' },
  });
}

/** True where the engine refused the statement, or the error is marked by `withoutEffect`. */
export function isWithoutEffect({ code, detail }: AccessError): boolean {
  return code === 'ENGINE_REJECTED' || detail['effect'] === 'none';
}

/**
 * The failure of a write that was sent and whose end nobody knows; `detail.after` is the code of what broke off the
 * wait.
 */
export function createOutcomeUnknown(
  error: AccessError,
  known: Readonly<Record<string, string | number>> = {},
): AccessError {
  if (error.code === 'OUTCOME_UNKNOWN') return error;
  return new AccessError('OUTCOME_UNKNOWN', undefined, {
    cause: error,
    detail: { ...error.detail, ...known, after: error.code },
  });
}
