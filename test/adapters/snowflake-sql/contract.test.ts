import { afterAll, describe, expect, it } from 'vitest';
import { snowflakeSql } from '../../../src/adapters/snowflake-sql/index.js';
import { analyzerContract } from '../../../src/core/contract/index.js';
import { AccessError } from '../../../src/core/index.js';

const whole = snowflakeSql({ timeoutMs: 5_000 });
afterAll(() => whole.close?.());

const contract = analyzerContract({
  // One for all cases: each start of the threads from source takes a second.
  analyzer: () => ({ analyze: (...asked) => whole.analyze(...asked) }),
  understood: [
    {
      sql: 'select o.id from orders o join "Odd" on true',
      kind: 'read',
      reads: ['ACME.OPS.ORDERS', 'ACME.OPS."Odd"'],
      writes: [],
    },
    { sql: 'select * from hr.pay.wages', kind: 'read', reads: ['HR.PAY.WAGES'], writes: [] },
    {
      sql: 'insert into orders select * from staging',
      kind: 'write',
      reads: ['ACME.OPS.STAGING'],
      writes: ['ACME.OPS.ORDERS'],
    },
    { sql: 'drop view v', kind: 'ddl', reads: [], writes: ['ACME.OPS.V'] },
  ],
  same: ['select a,b -- c\nfrom /* d */ t', 'select  a,b\n\tfrom t;'],
  refused: [
    { sql: "select 'hunter2'; select 1", secret: 'hunter2' },
    { sql: "nonsense 'hunter2'", secret: 'hunter2' },
    { sql: 'select * from identifier($x)' },
    { sql: "select * from t where 'hunter2' from", secret: 'hunter2' },
  ],
  literal: { sql: "update orders set card = 'hunter2' where pin = 8421 and x = $$hunter2$$", text: 'hunter2' },
  bound: [
    { sql: 'select * from orders', placeholders: [] },
    {
      sql: 'select ?, v:a, \'? :1\', $$ :2 $$, "?" -- ?\nfrom t /* :3 */ where a in (?, ?) limit ?',
      placeholders: ['?', '?', '?', '?'],
    },
    {
      sql: "select :2, t.v:first.x::int, {'k':1} as o, :1 + :2 from t where d > :3",
      placeholders: [':2', ':1', ':2', ':3'],
    },
    {
      sql: 'update t set a = :name, b = v:when where c between :low and :high',
      placeholders: [':name', ':low', ':high'],
    },
    { sql: 'insert into t values (?, :1)', placeholders: ['?', ':1'] },
    {
      sql: 'select * from t match_recognize (order by a measures last(b) as m pattern (x? y*?) define x as c > ?)',
      placeholders: ['?'],
    },
    { sql: 'select a from t ->> select ? from $1', placeholders: ['?'] },
  ],
});

describe('the analyzer', () => {
  it.each(contract)('$name', (each) => each.run());
});

const scope = { database: 'ACME', schema: 'OPS' };
const { signal } = new AbortController();

describe('what it remembers', () => {
  it('an analysis, but not under another scope', async () => {
    const analyzer = snowflakeSql({ timeoutMs: 5_000 });
    const first = await analyzer.analyze('select * from t', scope, signal);
    expect(await analyzer.analyze('select * from t', scope, signal)).toBe(first);
    expect((await analyzer.analyze('select * from t', { database: 'ACME', schema: 'HR' }, signal)).reads).toMatchObject(
      [{ schema: 'HR' }],
    );
    await analyzer.close?.();
  });

  it('no more than it may, the least recently used forgotten first', async () => {
    const analyzer = snowflakeSql({ cached: 2, timeoutMs: 5_000 });
    const ask = (sql: string) => analyzer.analyze(sql, scope, signal);
    const [one, two] = [await ask('select 1'), await ask('select 2')];
    expect(await ask('select 1')).toBe(one);
    await ask('select 3');
    expect(await ask('select 1')).toBe(one);
    expect(await ask('select 2')).not.toBe(two);
    await analyzer.close?.();
  });

  it('nothing of a statement whose caller left', async () => {
    const analyzer = snowflakeSql({ timeoutMs: 5_000 });
    await expect(analyzer.analyze('select * from t', scope, AbortSignal.abort())).rejects.toThrow(/abort/i);
    expect(await analyzer.analyze('select * from t', scope, signal)).toMatchObject({
      kind: 'read',
      reads: [{ name: 'T' }],
    });
    await analyzer.close?.();
  });
});

describe("the connection's own functions", () => {
  it('are called by any spelling of their name, and are objects a policy decides on', async () => {
    const analyzer = snowflakeSql({ functions: ['ACME.OPS.REBATE'], timeoutMs: 5_000 });
    for (const call of ['rebate(1)', 'ops.rebate(1)', 'Acme.OPS.Rebate(1)']) {
      const { refusal, reads } = await analyzer.analyze(`select ${call} from t`, scope, signal);
      expect([refusal, reads.map(({ kind, name }) => `${kind} ${name}`)], call).toEqual([
        undefined,
        ['function REBATE', 'relation T'],
      ]);
    }
    for (const call of ['"rebate"(1)', 'hr.rebate(1)', 'other(1)'])
      expect((await analyzer.analyze(`select ${call} from t`, scope, signal)).refusal?.reason, call).toMatch(
        /^sql\.function/,
      );
    await analyzer.close?.();
  });

  it.each(['f', 'A.F', 'a.b.f', 'A.B."f"', 'A.B.C.F', 'A.B.'])('cannot be configured as %s', (name) => {
    expect(() => snowflakeSql({ functions: [name] })).toThrow(AccessError);
  });

  it.each([{ timeoutMs: 0 }, { threads: 1.5 }, { cached: -1 }])('%j is no configuration', (options) => {
    expect(() => snowflakeSql(options)).toThrow(AccessError);
  });
});
