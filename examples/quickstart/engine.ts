import { duckdb } from 'sallyport/duckdb';
import type { Arguments } from './arguments.js';
import { schemas, setup } from './database.js';
import { localSnowflake, ownSnowflake } from './snowflake.js';
import type { Warehouse } from './warehouse.js';

/** The embedded database, or Snowflake; `home` is the address of the host application. */
export async function openWarehouse(kind: Arguments['engine'], home: string): Promise<Warehouse> {
  if (kind === 'snowflake-local') return localSnowflake(`${home}/snowflake-keys`);
  return kind === 'snowflake' ? ownSnowflake() : { connector: duckdb({ schemas, setup }) };
}
