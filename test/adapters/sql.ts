import { beforeAll } from 'vitest';
import { snowflakeSql } from '../../src/adapters/snowflake-sql/index.js';
import type { Analyzer } from '../../src/core/index.js';

/**
 * One reader of Snowflake's SQL for a whole file, warm before its tests begin: on a busy machine the parsers take their
 * time to load.
 */
export function sqlForAll(): Analyzer {
  const sql = snowflakeSql({ timeoutMs: 10_000 });
  const { signal } = new AbortController();
  beforeAll(async () => {
    for (let tries = 0; tries < 10; tries += 1)
      if ((await sql.analyze('DELETE FROM orders', { database: 'ACME', schema: 'OPS' }, signal)).refusal === undefined)
        return;
  }, 180_000);
  return { dialects: sql.dialects ?? [], analyze: (...given) => sql.analyze(...given) };
}
