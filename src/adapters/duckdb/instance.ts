import { DuckDBInstance, type DuckDBConnection } from '@duckdb/node-api';
import type { SchemaRef } from '../../core/index.js';
import { createUnavailableError } from './errors.js';
import { closeConnection, SerialConnection } from './serial-connection.js';
import { checkMacros } from './stored-names.js';
import type { DuckDBSettings } from './options.js';

/** Settings of every session's engine, read back at each open. */
const lockedSettings: Readonly<Record<string, string>> = {
  enable_external_access: 'false',
  lock_configuration: 'true',
  autoinstall_known_extensions: 'false',
  autoload_known_extensions: 'false',
  allow_community_extensions: 'false',
  allow_unsigned_extensions: 'false',
  temp_directory: '',
};

/**
 * Opens the engine, attaches the database under its granted name, runs the setup, and locks everything. Its connection
 * is among `lines` for as
 * long as that takes, so that closing ends it. Throws ENGINE_UNAVAILABLE with DuckDB's own error as the cause.
 */
export async function createInstance(settled: DuckDBSettings, lines: Set<SerialConnection>): Promise<DuckDBInstance> {
  const instance = await DuckDBInstance.create(':memory:', {
    autoinstall_known_extensions: 'false',
    autoload_known_extensions: 'false',
    allow_community_extensions: 'false',
    temp_directory: '',
    threads: String(settled.threads),
    memory_limit: settled.memoryLimit,
  }).catch((error: unknown) => Promise.reject(createUnavailableError('attach', error)));
  try {
    const line = new SerialConnection(await instance.connect());
    lines.add(line);
    try {
      await line.run((connection) => prepareInstance(connection, settled));
    } finally {
      await closeConnection(line, lines);
    }
    return instance;
  } catch (error) {
    instance.closeSync();
    throw error;
  }
}

async function prepareInstance(connection: DuckDBConnection, settled: DuckDBSettings): Promise<void> {
  await attachDatabase(connection, settled).catch((error: unknown) =>
    Promise.reject(createUnavailableError('attach', error)),
  );
  for (const [index, sql] of settled.setup.entries()) {
    await connection
      .run(sql)
      .catch((error: unknown) => Promise.reject(createUnavailableError('setup', error, { statement: index + 1 })));
  }
  await checkMacros(connection).catch((error: unknown) => Promise.reject(createUnavailableError('setup', error)));
  await lockDown(connection).catch((error: unknown) => Promise.reject(createUnavailableError('setup', error)));
}

async function lockDown(connection: DuckDBConnection): Promise<void> {
  await connection.run('SET GLOBAL enable_external_access = false');
  await connection.run('SET GLOBAL lock_configuration = true');
}

async function attachDatabase(connection: DuckDBConnection, { path, schemas }: DuckDBSettings): Promise<void> {
  for (const database of new Set(schemas.map((each) => each.database))) {
    await connection.run(`ATTACH '${path.replaceAll("'", "''")}' AS ${quoteName(database)}`);
  }
  for (const each of schemas) await connection.run(`CREATE SCHEMA IF NOT EXISTS ${quoteSchema(each)}`);
  const [home] = schemas;
  if (home !== undefined) await connection.run(`USE ${quoteSchema(home)}`);
}

/** Enters the schema, and reads back that it did and that every lock holds. */
export async function activateSchema(connection: DuckDBConnection, schema: SchemaRef): Promise<boolean> {
  await connection.run(`USE ${quoteSchema(schema)}`);
  const where = await connection.run('SELECT current_database(), current_schema()');
  const [[database, name] = []] = await where.getRows();
  if (database !== schema.database || name !== schema.schema) return false;
  // DuckDB enters a schema under its name in any case, and says the name it was asked for.
  const stored = await connection.runAndReadAll(
    'SELECT 1 FROM duckdb_schemas() WHERE database_name = $1 AND schema_name = $2',
    [database, name],
  );
  if (stored.currentRowCount !== 1) return false;
  const settings = await connection.run('SELECT name, value FROM duckdb_settings()');
  const values = new Map((await settings.getRows()).map(([key, value]) => [key, value]));
  return Object.entries(lockedSettings).every(([key, value]) => values.get(key) === value);
}

function quoteSchema({ database, schema }: SchemaRef): string {
  return `${quoteName(database)}.${quoteName(schema)}`;
}

function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
