import { AccessError, withoutEffect } from '../../core/index.js';

/**
 * DuckDB's error classes (`ExceptionType`), each with what may be said: its own text quotes literals and row values.
 */
const errorClasses: Readonly<Record<string, string>> = {
  'Binder Error': 'a name, a type or the number of binds in the statement does not fit',
  'Catalog Error': 'a table, column or function that the statement names does not exist, or exists already',
  'Constraint Error': 'a constraint of the table does not hold',
  'Conversion Error': 'a value cannot be converted to the type asked for',
  'Dependency Error': 'another object depends on the one named',
  'Invalid Input Error': 'a value or argument is not valid',
  'Invalid Type Error': 'a type is not valid here',
  'Mismatch Type Error': 'the types do not fit each other',
  'Not implemented Error': 'the engine does not have this feature',
  'Out of Memory Error': 'the statement needs more memory than it is given',
  'Out of Range Error': 'a value is out of range',
  'Parser Error': 'the statement is not valid SQL for this engine',
  'Permission Error': 'the engine is locked down',
  'Syntax Error': 'the statement is not valid SQL for this engine',
  'TransactionContext Error': 'the transaction cannot do this: it is read-only, or another one changed the same rows',
};

/** Classes after which the engine itself is in doubt. */
const fatalClasses: ReadonlySet<string> = new Set(['Connection Error', 'FATAL Error', 'INTERNAL Error', 'IO Error']);

/** The engine's error with nothing of its text: the class as `detail.engineCode`, and words of our own. */
export function createEngineError(error: unknown): AccessError {
  if (AccessError.is(error)) return error;
  const text = error instanceof Error ? error.message.replace('Failed to extract statements: ', '') : '';
  const name = /^([A-Za-z ]{3,30} Error): /.exec(text)?.[1] ?? '';
  if (fatalClasses.has(name)) return new AccessError('ENGINE_UNAVAILABLE', undefined, { detail: { engineCode: name } });
  const words = errorClasses[name];
  if (words === undefined) return new AccessError('ENGINE_REJECTED');
  return new AccessError('ENGINE_REJECTED', `The engine refused the statement: ${words}.`, {
    detail: { engineCode: name },
  });
}

/** What an aborted call rejects with: the signal's own reason where it is one of ours. */
export function createAbortError(signal: AbortSignal): AccessError {
  return AccessError.is(signal.reason) ? signal.reason : new AccessError('ABORTED');
}

/**
 * DuckDB makes something else of a statement than the analysis: another kind, or another object under a name. Names
 * only, never a literal.
 */
export function createDisagreementError(
  reason: 'kind' | 'names',
  detail: Readonly<Record<string, string>>,
): AccessError {
  return withoutEffect(new AccessError('ENGINE_DISAGREES', undefined, { detail: { reason, ...detail } }));
}

/** A result that ended before all its rows were there, for a reason that DuckDB does not tell. */
export function createTruncatedResultError(): AccessError {
  return new AccessError(
    'ENGINE_REJECTED',
    'The engine broke off the result: a value in a later row could not be computed.',
  );
}

/**
 * Which part of opening failed. `cause` is the operator's to read: DuckDB's own text about what the operator
 * configured, never about a statement.
 */
export function createUnavailableError(
  step: 'closed' | 'schema' | 'attach' | 'setup' | 'verification',
  cause?: unknown,
  detail: Readonly<Record<string, number>> = {},
): AccessError {
  return new AccessError('ENGINE_UNAVAILABLE', undefined, {
    detail: { step, ...detail },
    ...(cause === undefined ? {} : { cause }),
  });
}
