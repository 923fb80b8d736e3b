import { AccessError } from '../../core/index.js';

/**
 * What may be said of Snowflake's errors: its own text quotes names, literals and row values. By code, as its error
 * reference numbers them.
 */
const errorMessages: Readonly<Record<string, string>> = {
  '000604': 'it was cancelled at the engine',
  '000606': 'the session has no warehouse that may be used',
  '000630': 'it ran longer than it may',
  '000904': 'it names a column that does not exist',
  '001003': 'it is not valid SQL',
  '001007': 'a type does not fit',
  '001044': "the types of a function's arguments do not fit",
  '002003': "it names something that does not exist, or that the session's role may not see",
  '002049': 'the number of binds does not fit the statement',
  '003001': "the session's role may not do this",
  '000008': 'it is not exactly one statement',
  '100038': 'a value cannot be converted to the type asked for',
  '100051': 'it divides by zero',
  '100072': 'NULL is not allowed in one of the columns',
  '100078': 'a text is longer than its column',
};

/**
 * The engine's error with nothing of its text; codes and SQL state stand in `detail`. `step` says where it happened,
 * when it is not a statement of the agent's.
 */
export function createEngineError(error: unknown, step?: string): AccessError {
  if (AccessError.is(error)) return error;
  const { code, sqlState } = (error ?? {}) as { readonly code?: unknown; readonly sqlState?: unknown };
  const detail = {
    ...(step === undefined ? {} : { step }),
    ...readErrorCode(code),
    ...(typeof sqlState === 'string' && /^[0-9A-Z]{5}$/.test(sqlState) ? { sqlState } : {}),
  };
  if (step !== undefined || !isAboutStatement(detail))
    return new AccessError('ENGINE_UNAVAILABLE', undefined, { detail });
  const known = detail.engineCode === undefined ? undefined : errorMessages[detail.engineCode];
  return new AccessError(
    'ENGINE_REJECTED',
    `The engine refused the statement${known === undefined ? '' : `: ${known}`}.`,
    { detail },
  );
}

/**
 * Of a login. The driver's words say what is wrong with a key, an account or a network, to the operator only; its error
 * itself holds the request, and with it the credential.
 */
export function createLoginError(error: unknown): AccessError {
  if (AccessError.is(error)) return error;
  const { message, cause } = (error ?? {}) as {
    readonly message?: unknown;
    readonly cause?: { readonly code?: unknown };
  };
  const { code, detail } = createEngineError(error, 'login');
  const network = readErrorCode(cause?.code).engineCode;
  return new AccessError(code, undefined, {
    detail: { ...detail, ...(network === undefined ? {} : { why: network }) },
    ...(typeof message === 'string' && message !== '' ? { cause: new Error(message.slice(0, maxCauseLength)) } : {}),
  });
}

/** Characters of the driver's words. */
const maxCauseLength = 500;

function readErrorCode(code: unknown): { readonly engineCode?: string } {
  const text = typeof code === 'number' || typeof code === 'string' ? String(code) : '';
  return /^[A-Z0-9_]{1,32}$/.test(text) ? { engineCode: text } : {};
}

/**
 * SQL state class 08 is the connection's (SQL:2016, 24.1); the driver's own failures have no state, or one of its own
 * codes.
 */
function isAboutStatement({
  engineCode = '',
  sqlState,
}: {
  readonly engineCode?: unknown;
  readonly sqlState?: unknown;
}): boolean {
  return typeof sqlState === 'string' && !sqlState.startsWith('08') && !/^(?:39|40)\d{4}$/.test(String(engineCode));
}

/** Whether the engine answered, and said no: not a lost connection, nor a login that failed. */
export function isEngineRefusal({ detail }: AccessError): boolean {
  return isAboutStatement(detail);
}

/** The path cannot be had, or is no longer what was granted. */
export function createUnavailableError(step: string, detail: Readonly<Record<string, string>> = {}): AccessError {
  return new AccessError('ENGINE_UNAVAILABLE', undefined, { detail: { step, ...detail } });
}

/** A value that is not of its column's type. */
export function createUnreadableError(): AccessError {
  return new AccessError('ENGINE_REJECTED', 'the result holds a value that cannot be read');
}
