import type { DuckDBInstance } from '@duckdb/node-api';
import {
  AccessError,
  type Connector,
  type EngineSession,
  type Grant,
  type SchemaRef,
  type Scope,
} from '../../core/index.js';
import { RelationCheck } from './analysis-check.js';
import { createUnavailableError } from './errors.js';
import { createInstance, activateSchema } from './instance.js';
import { closeConnection, SerialConnection } from './serial-connection.js';
import { NameCache } from './stored-names.js';
import { resolveSettings, type DuckDBOptions } from './options.js';
import { DuckDBSession, type SharedChecks } from './session.js';
import { requireVersion } from './version.js';

/**
 * The embedded engine: one locked-down DuckDB instance, one connection per session, no file, network or extension
 * access.
 * Throws CONFIG_INVALID for options that cannot be used, and for a DuckDB older than 1.5; the instance itself is made
 * by `check`, or at the first open.
 */
export function duckdb(options: DuckDBOptions): Connector {
  requireVersion();
  const settled = resolveSettings(options);
  const lines = new Set<SerialConnection>();
  const shared = { names: new NameCache(), relations: new RelationCheck() };
  let instance: Promise<DuckDBInstance> | undefined;
  let shut = false;

  const ready = (): Promise<DuckDBInstance> => {
    if (shut) throw createUnavailableError('closed');
    instance ??= createInstance(settled, lines).catch((error: unknown) => {
      instance = undefined;
      throw error;
    });
    return instance;
  };

  const enterSchema = async (schema: SchemaRef, signal: AbortSignal): Promise<SerialConnection> => {
    const line = new SerialConnection(await (await ready()).connect());
    lines.add(line);
    try {
      if (!(await line.run((connection) => activateSchema(connection, schema), signal)) || shut)
        throw createUnavailableError('verification');
      return line;
    } catch (error) {
      await closeConnection(line, lines);
      throw AccessError.is(error) && error.code !== 'ENGINE_REJECTED'
        ? error
        : createUnavailableError('verification', error);
    }
  };

  return {
    engine: 'duckdb',
    dialect: 'duckdb',
    schemas: settled.schemas,
    address: settled.path,
    async check(signal: AbortSignal): Promise<void> {
      for (const schema of settled.schemas) await closeConnection(await enterSchema(schema, signal), lines);
    },
    async open(grant: Grant, signal: AbortSignal): Promise<EngineSession> {
      const { database, schema } = grant.scope;
      if (!settled.schemas.some((each) => each.database === database && each.schema === schema))
        throw createUnavailableError('schema');
      return createSession(await enterSchema({ database, schema }, signal), grant.scope, lines, shared);
    },
    async close(): Promise<void> {
      shut = true;
      await Promise.all([...lines].map((line) => line.close()));
      const open = await instance?.catch(() => undefined);
      instance = undefined;
      open?.closeSync();
    },
  };
}

function createSession(
  line: SerialConnection,
  scope: Scope,
  lines: Set<SerialConnection>,
  shared: SharedChecks,
): EngineSession {
  const session = new DuckDBSession(line, scope, shared);
  return {
    id: session.id,
    run: (statement, signal) => session.run(statement, signal),
    describe: (asking, signal) => session.describe(asking, signal),
    close: () => session.close().finally(() => lines.delete(line)),
  };
}
