import { expect, it } from 'vitest';
import { memoryEngine } from '../../src/adapters/memory/index.js';
import { sqlForAll } from './sql.js';
import { engineContract } from '../../src/core/contract/engine.js';
import { AccessError, type Grant } from '../../src/core/index.js';

const sql = sqlForAll();
const value = 'canary-4410';
const grant = {
  scope: { connection: 'warehouse', database: 'ACME', schema: 'OPS', access: 'write' },
} as unknown as Grant;

/** Answers one text, which only a statement that names its table in full is rendered as. */
const connector = () =>
  memoryEngine([{ database: 'ACME', schema: 'OPS' }], ({ text }) => {
    if (text !== 'SELECT S FROM "ACME"."OPS"."SECRETS"') throw new AccessError('ENGINE_REJECTED');
    return { columns: ['S'], rows: [[value]] };
  });

const cases = engineContract({
  connector,
  grant,
  few: { sql: 'SELECT S FROM "ACME"."OPS"."SECRETS"', columns: ['S'], rows: [[value]] },
  failing: { sql: 'SELECT nothing' },
  names: { analyzer: () => sql, table: { name: 'SECRETS', column: 'S', value } },
}).filter(({ name }) => / nothing else: /.test(name));

it.each(cases)('the memory engine, which names no dialect: $name', (each) => each.run(), 30_000);
it('has cases on names', () => expect(cases.length).toBeGreaterThan(15));

/** A hundred rows in ten batches, one a turn of the event loop. */
async function* days(signal: AbortSignal, ends: 'told' | 'quietly') {
  for (let batch = 0; batch < 10; batch += 1) {
    await new Promise((resolve) => setTimeout(resolve, 2));
    if (ends === 'quietly' && signal.aborted) return;
    signal.throwIfAborted();
    yield Array.from({ length: 10 }, (_, row) => [batch * 10 + row]);
  }
}

const cut = (ends: 'told' | 'quietly') =>
  engineContract({
    connector: () =>
      memoryEngine([{ database: 'ACME', schema: 'OPS' }], ({ text }, signal) => ({
        columns: ['N'],
        rows: text === 'many' ? days(signal, ends) : [[1]],
      })),
    grant,
    few: { sql: 'few', columns: ['N'], rows: [[1]] },
    failing: { sql: 'SELECT nothing' },
    many: { sql: 'many', count: 100 },
  }).filter(({ name }) => name.startsWith('never ends a cut result as whole: '));

it.each(cut('told'))('the memory engine: $name', (each) => each.run(), 30_000);
it.each(['deadline, round 1', 'deadline, round 6', 'deadline between two batches'])(
  'an engine that ends its rows quietly fails the case: %s',
  async (name) => {
    const found = cut('quietly').find((each) => each.name.endsWith(`: ${name}`));
    await expect(found?.run()).rejects.toThrow(/of 100 rows came, and the result ended as if it were whole/);
  },
);
