import { AccessError } from '../../../core/index.js';
import type { DriverState } from './api.js';
import type { PrivateCopy } from './private-copy.js';

interface ResultClass {
  readonly prototype: { getSessionState: (this: { readonly _statementTypeId?: unknown }) => DriverState };
}

/**
 * Makes our copy of the driver tell which type of statement the server says that it ran: the answer carries it
 * (`statementTypeId`), and the
 * driver keeps it to itself. Throws ENGINE_UNAVAILABLE for a driver that is made otherwise.
 */
export function exposeStatementTypes(copy: PrivateCopy): void {
  const { prototype } = requireInnerModule<ResultClass>(
    copy,
    './dist/lib/connection/result/result.js',
    (found) => typeof found.prototype.getSessionState,
  );
  const told = prototype.getSessionState;
  prototype.getSessionState = function getSessionState() {
    const id = this._statementTypeId;
    return { ...told.call(this), statementTypeId: typeof id === 'number' ? id : undefined };
  };
}

/**
 * Keeps our copy from looking for a client configuration file, in the environment and the user's home: one that it
 * found would switch a log
 * file on, and one that is not as it should be would fail each login. Before the driver itself is loaded. Throws
 * ENGINE_UNAVAILABLE for a driver that is made otherwise.
 */
export function disableConfigurationFiles(copy: PrivateCopy): void {
  const starter = requireInnerModule<{ init(): Promise<void> }>(
    copy,
    './dist/lib/logger/easy_logging_starter.js',
    (found) => typeof found.init,
  );
  starter.init = async () => undefined;
}

interface ChunkClass {
  readonly prototype: { getRows: () => readonly unknown[] | undefined };
}

/** A row with a cell missing, by which whoever reads the rows knows that they are cut. */
const brokenRow = { values: [], getColumnValue: () => undefined, getColumnValueAsString: () => undefined } as const;

/**
 * Makes our copy hand out a broken row for a chunk of rows that cannot be read: what it throws, it throws where nobody
 * can catch it, or is silent for
 * ever. Throws ENGINE_UNAVAILABLE for a driver that is made otherwise.
 */
export function exposeBrokenChunks(copy: PrivateCopy): void {
  const { prototype } = requireInnerModule<ChunkClass>(
    copy,
    './dist/lib/connection/result/chunk.js',
    (found) => typeof found.prototype.getRows,
  );
  const told = prototype.getRows;
  prototype.getRows = function getRows() {
    try {
      const rows = told.call(this);
      if (rows !== undefined && rows.length > 0) return rows;
    } catch {
      // It is no JSON: its text is not for anybody to read.
    }
    return [brokenRow];
  };
}

/** A file of the driver's own, where it holds the function that it is known to hold. */
function requireInnerModule<T>(copy: PrivateCopy, path: string, typeOf: (found: T) => string): T {
  let cause: unknown;
  try {
    const found = copy.require(path) as T;
    if (typeOf(found) === 'function') return found;
  } catch (error) {
    cause = error;
  }
  throw new AccessError('ENGINE_UNAVAILABLE', 'this version of snowflake-sdk is not supported', {
    detail: { step: 'driver' },
    ...(cause === undefined ? {} : { cause }),
  });
}
