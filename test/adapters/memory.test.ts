import { expect, it } from 'vitest';
import { memoryEngine } from '../../src/adapters/memory/index.js';
import { sqlForAll } from './sql.js';
import { engineContract } from '../../src/core/contract/engine.js';
import { AccessError, type Grant } from '../../src/core/index.js';

const sql = sqlForAll();
const value = 'canary-4410';
const grant = { scope: { connection: 'warehouse', database: 'ACME', schema: 'OPS', access: 'write' } } as unknown as Grant;

/** Answers one text, which only a statement that names its table in full is rendered as. */
const connector = () => memoryEngine([{ database: 'ACME', schema: 'OPS' }], ({ text }) => {
  if (text !== 'SELECT S FROM "ACME"."OPS"."SECRETS"') throw new AccessError('ENGINE_REJECTED');
  return { columns: ['S'], rows: [[value]] };
});

const cases = engineContract({
  connector, grant, few: { sql: 'SELECT S FROM "ACME"."OPS"."SECRETS"', columns: ['S'], rows: [[value]] }, failing: { sql: 'SELECT nothing' },
  names: { analyzer: () => sql, table: { name: 'SECRETS', column: 'S', value } },
}).filter(({ name }) => / nothing else: /.test(name));

it.each(cases)('the memory engine, which names no dialect: $name', (each) => each.run(), 30_000);
it('has cases on names', () => expect(cases.length).toBeGreaterThan(15));
