import type { Agent } from 'node:http';
import type { Readable } from 'node:stream';

/** What this adapter uses of snowflake-sdk; a test proves that the package fits. */
export interface Driver {
  configure(options: Readonly<Record<string, unknown>>): void;
  createConnection(options: DriverLogin): DriverConnection;
}

/** The options of a login, in the driver's names. */
export interface DriverLogin {
  readonly account: string;
  readonly username?: string;
  readonly authenticator?: string;
  readonly [option: string]: unknown;
}

export type DriverCallback<T> = (error: DriverError | null | undefined, value: T) => void;

export interface DriverConnection {
  connectAsync(callback?: DriverCallback<unknown>): Promise<unknown>;
  execute(options: DriverExecute): DriverStatement;
  destroy(callback: DriverCallback<unknown>): void;
}

export interface DriverExecute {
  readonly sqlText: string;
  /** Null and booleans too, though the driver's types do not say so. */
  readonly binds?: (string | number)[];
  readonly parameters?: Record<string, unknown>;
  readonly streamResult: true;
  readonly rowMode: 'array';
  complete(error: DriverError | null | undefined, statement: DriverStatement): void;
}

export interface DriverStatement {
  getQueryId(): string;
  /** How many rows the answer says that it has; undefined where it does not say. */
  getNumRows(): number | undefined;
  getColumns(): readonly DriverColumn[] | undefined;
  /** A DriverState, though the driver's types do not say so. */
  getSessionState(): object | undefined;
  streamRows(): Readable;
  cancel(callback: DriverCallback<unknown>): void;
}

/** Where a statement left the session, as its answer said. */
export interface DriverState {
  /** What Snowflake says that it ran; undefined where it did not say. Added by us (inner.ts). */
  readonly statementTypeId?: number | undefined;
  getCurrentRole(): string | undefined;
  getCurrentDatabase(): string | undefined;
  getCurrentSchema(): string | undefined;
}

export interface DriverColumn {
  getName(): string;
  getType(): string;
  getScale(): number;
  getPrecision(): number;
  isNullable(): boolean;
}

export interface DriverError extends Error {
  readonly code?: string | number;
  readonly sqlState?: string;
}

/** Makes the HTTP agent of one request's protocol. */
export type AgentFor = (protocol: string) => Agent;
