import type { DuckDBInstance } from '@duckdb/node-api';
import { AccessError, type Connector, type EngineSession, type Grant, type SchemaRef, type Scope } from '../../core/index.js';
import { RelationCheck } from './agreement.js';
import { unavailable } from './failure.js';
import { createInstance, enter } from './instance.js';
import { closeLine, Line } from './line.js';
import { NameCache } from './names.js';
import { settle, type DuckDBOptions } from './options.js';
import { DuckDBSession, type Shared } from './session.js';
import { requireVersion } from './version.js';

/**
 * The embedded engine: one locked-down DuckDB instance, one connection per session, no file, network or extension access.
 * Throws CONFIG_INVALID for options that cannot be used, and for a DuckDB older than 1.5; the instance itself is made by `check`, or at the first open.
 */
export function duckdb(options: DuckDBOptions): Connector {
  requireVersion();
  const settled = settle(options);
  const lines = new Set<Line>();
  const shared = { names: new NameCache(), relations: new RelationCheck() };
  let instance: Promise<DuckDBInstance> | undefined;
  let shut = false;

  const ready = (): Promise<DuckDBInstance> => {
    if (shut) throw unavailable('closed');
    instance ??= createInstance(settled, lines).catch((error: unknown) => {
      instance = undefined;
      throw error;
    });
    return instance;
  };

  const enterSchema = async (schema: SchemaRef, signal: AbortSignal): Promise<Line> => {
    const line = new Line(await (await ready()).connect());
    lines.add(line);
    try {
      if (!(await line.call((connection) => enter(connection, schema), signal)) || shut) throw unavailable('verification');
      return line;
    } catch (error) {
      await closeLine(line, lines);
      throw AccessError.is(error) && error.code !== 'ENGINE_REJECTED' ? error : unavailable('verification', error);
    }
  };

  return {
    engine: 'duckdb',
    dialect: 'duckdb',
    schemas: settled.schemas,
    address: settled.path,
    async check(signal: AbortSignal): Promise<void> {
      for (const schema of settled.schemas) await closeLine(await enterSchema(schema, signal), lines);
    },
    async open(grant: Grant, signal: AbortSignal): Promise<EngineSession> {
      const { database, schema } = grant.scope;
      if (!settled.schemas.some((each) => each.database === database && each.schema === schema)) throw unavailable('schema');
      return sessionOf(await enterSchema({ database, schema }, signal), grant.scope, lines, shared);
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

function sessionOf(line: Line, scope: Scope, lines: Set<Line>, shared: Shared): EngineSession {
  const session = new DuckDBSession(line, scope, shared);
  return {
    id: session.id,
    run: (statement, signal) => session.run(statement, signal),
    describe: (asking, signal) => session.describe(asking, signal),
    close: () => session.close().finally(() => lines.delete(line)),
  };
}
