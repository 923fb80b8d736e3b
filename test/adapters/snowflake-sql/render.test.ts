import { describe, expect, it } from 'vitest';
import { analyze } from '../../../src/adapters/snowflake-sql/analyze.js';
import { formatLiteral, parseLiteral } from '../../../src/adapters/snowflake-sql/render/string-literals.js';
import type { Analysis } from '../../../src/core/index.js';
import { readers } from './test-analyzer.js';

const { signal } = new AbortController();
const scope = { database: 'W', schema: 'OPS' };

const analysed = (sql: string, dialect?: string, functions: readonly string[] = []): Promise<Analysis> =>
  analyze(sql, { parsers: readers, scope, functions: new Set(functions), signal, dialect });
const rendered = async (sql: string, dialect = 'duckdb', functions: readonly string[] = []): Promise<string> => {
  const { rendered: text, refusal } = await analysed(sql, dialect, functions);
  return text?.text ?? `${refusal?.reason}`;
};

describe('names', () => {
  it.each([
    ['select * from orders', 'select * from "W"."OPS"."ORDERS"'],
    ['select * from "orders" o, ops.Items', 'select * from "W"."OPS"."orders" o, "W"."OPS"."ITEMS"'],
    ['select 1 from (a join b using (x))', 'select 1 from ("W"."OPS"."A" join "W"."OPS"."B" using (x))'],
    [
      'select orders from orders where exists (select 1 from orders orders)',
      'select orders from "W"."OPS"."ORDERS" where exists (select 1 from "W"."OPS"."ORDERS" orders)',
    ],
    ["select 'é\n𝄞', a from orders", `select 'é\n𝄞', a from "W"."OPS"."ORDERS"`],
    ["select 1 from identifier('ops.orders')", 'select 1 from "W"."OPS"."ORDERS"'],
    ['insert into orders (id) select id from "x"', 'insert into "W"."OPS"."ORDERS" (id) select id from "W"."OPS"."x"'],
    [
      'update orders o set n = i.n from items i where i.id = o.id',
      'update "W"."OPS"."ORDERS" o set n = i.n from "W"."OPS"."ITEMS" i where i.id = o.id',
    ],
    [
      'delete from orders using items where orders.id = items.id',
      'delete from "W"."OPS"."ORDERS" using "W"."OPS"."ITEMS" where orders.id = items.id',
    ],
    [
      'merge into orders using items on orders.id = items.id when matched then delete',
      'merge into "W"."OPS"."ORDERS" using "W"."OPS"."ITEMS" on orders.id = items.id when matched then delete',
    ],
    ['truncate table orders', 'truncate table "W"."OPS"."ORDERS"'],
    [
      'create or replace view v as select * from orders',
      'create or replace view "W"."OPS"."V" as select * from "W"."OPS"."ORDERS"',
    ],
    [
      'create table t (a int references orders (id))',
      'create table "W"."OPS"."T" (a int references "W"."OPS"."ORDERS" (id))',
    ],
    ['drop table if exists orders', 'drop table if exists "W"."OPS"."ORDERS"'],
    ['explain using text select * from orders', 'explain using text select * from "W"."OPS"."ORDERS"'],
    ['desc view ops."v"', 'DESCRIBE TABLE "W"."OPS"."v"'],
  ])('are in full and in stored case, in each place: %s', async (sql, text) => {
    expect(await rendered(sql)).toBe(text);
  });

  it('of what is renamed keep their schema, or are refused', async () => {
    expect(await rendered('alter table orders rename to ops."Old"')).toBe(
      'alter table "W"."OPS"."ORDERS" rename to "Old"',
    );
    expect(await rendered('alter table orders rename to ops."Old"', 'snowflake')).toBe(
      'alter table "W"."OPS"."ORDERS" rename to "W"."OPS"."Old"',
    );
    expect(await rendered('alter table orders rename to hr.old')).toBe('sql.dialect');
  });

  it("of functions of the connection's own are in full, and of built-ins as they are", async () => {
    expect(await rendered('select rebate(n), max(n) from orders', 'duckdb', ['W.OPS.REBATE'])).toBe(
      'select W.OPS.REBATE(n), max(n) from "W"."OPS"."ORDERS"',
    );
  });

  it("are the same in Snowflake's own dialect, where nothing else changes", async () => {
    const sql = String.raw`with t as (select a:b::int x, 'it\'s' s from orders) select $1, t.* from t where x = :1`;
    expect(await rendered(sql, 'snowflake')).toBe(sql.replace('orders', '"W"."OPS"."ORDERS"'));
  });
});

describe('what another dialect reads otherwise, names aside', () => {
  it("bytes are bytes: DuckDB reads X'4F50' as the text x4F50", async () => {
    expect(await rendered(`select x'4F50', X'' from orders`, 'duckdb')).toBe(
      String.raw`select '\x4F\x50'::BLOB, ''::BLOB from "W"."OPS"."ORDERS"`,
    );
    expect(await rendered(`select x'4F50' from orders`, 'snowflake')).toBe(`select x'4F50' from "W"."OPS"."ORDERS"`);
    expect(await rendered(`select x'4F50' from orders`, 'portable')).toBe('sql.dialect');
  });

  it('an alias that is a kind of join elsewhere is refused', async () => {
    expect(await rendered('select * from orders positional join t', 'duckdb')).toBe('sql.dialect');
    expect(await rendered('select * from orders positional join t', 'portable')).toBe('sql.dialect');
    expect(await rendered('select * from orders positional join t', 'snowflake')).toBe(
      'select * from "W"."OPS"."ORDERS" positional join "W"."OPS"."T"',
    );
  });
});

describe('CTEs', () => {
  it.each([
    [
      'with t as (select 1 x) select t.x from T, t u',
      'with "sallyport cte 0 T" as (select 1 x) select t.x from "sallyport cte 0 T" AS "T", "sallyport cte 0 T" u',
    ],
    [
      'with "t" as (select 1), t as (select 2) select * from "t", t',
      'with "sallyport cte 0 t" as (select 1), "sallyport cte 1 T" as (select 2) select * from "sallyport cte 0 t" AS "t", "sallyport cte 1 T" AS "T"',
    ],
    [
      'with orders as (select * from orders) select * from orders',
      'with "sallyport cte 0 ORDERS" as (select * from "W"."OPS"."ORDERS") select * from "sallyport cte 0 ORDERS" AS "ORDERS"',
    ],
    [
      'with t as (select * from u), u as (select 1) select * from t',
      'with "sallyport cte 0 T" as (select * from "W"."OPS"."U"), "sallyport cte 1 U" as (select 1) select * from "sallyport cte 0 T" AS "T"',
    ],
    [
      'with recursive t as (select * from t) select * from t',
      'with recursive "sallyport cte 0 T" as (select * from "W"."OPS"."T") select * from "sallyport cte 0 T" AS "T"',
    ],
    [
      'with t as (select 1 from t union all select 2) select * from t',
      'with "sallyport cte 0 T" as (select 1 from "W"."OPS"."T" union all select 2) select * from "sallyport cte 0 T" AS "T"',
    ],
    [
      'with t as (select 1) select * from (with t as (select 2 from t) select * from t), ops.t',
      'with "sallyport cte 0 T" as (select 1) select * from (with "sallyport cte 1 T" as (select 2 from "sallyport cte 0 T" AS "T") select * from "sallyport cte 1 T" AS "T"), "W"."OPS"."T"',
    ],
  ])('stay what they are, under names no table has: %s', async (sql, text) => {
    expect(await rendered(sql)).toBe(text);
  });

  const recursion =
    "with secrets as (select 'x' s, 1 n union all select s, n from secrets where n > 1) select * from secrets";
  const recursive = `with RECURSIVE "sallyport cte 0 SECRETS" as (select 'x' s, 1 n union all select s, n from "sallyport cte 0 SECRETS" AS "SECRETS" where n > 1) select * from "sallyport cte 0 SECRETS" AS "SECRETS"`;

  it.each(['', 'insert into orders ', 'create table t as ', 'create view v as '])(
    'recurse where Snowflake does, said out loud: %s',
    async (before) => {
      const head = before.replace(/\b(orders|t|v) /, (name) => `"W"."OPS"."${name.trim().toUpperCase()}" `);
      expect(await rendered(`${before}${recursion}`)).toBe(`${head}${recursive}`);
      expect((await analysed(`${before}${recursion}`, 'duckdb')).reads).toEqual([]);
    },
  );

  it('whose reserved names a statement has itself are refused', async () => {
    expect(await rendered('select * from "Sallyport CTE 0 T"')).toBe('sql.dialect');
  });
});

describe('strings', () => {
  it.each([
    [String.raw`'x\' AS a UNION ALL SELECT s FROM secrets --'`, "x' AS a UNION ALL SELECT s FROM secrets --"],
    [`'it''s'`, "it's"],
    [`''`, ''],
    [String.raw`'\\'`, '\\'],
    [String.raw`'\\\''`, "\\'"],
    [String.raw`'\n\t\r\b\f\q\z'`, '\n\t\r\b\fqz'],
    [String.raw`'\x41\u00e9\101'`, 'AéA'],
    ["$$it's\\n$$", "it's\\n"],
    [String.raw`'''\''''`, "'''"],
    [String.raw`'\ud83d\ude00'`, '😀'],
  ])('%s is the same value for DuckDB', async (literal, value) => {
    expect(parseLiteral(literal)).toBe(value);
    expect(await rendered(`select ${literal} from t`)).toBe(`select ${formatLiteral(value)} from "W"."OPS"."T"`);
  });

  it.each([
    String.raw`'\0'`,
    String.raw`'\x4'`,
    String.raw`'\u12'`,
    String.raw`'\18'`,
    String.raw`'\ud83d'`,
    String.raw`'\000'`,
  ])('%s is certain to nobody, or cannot be sent', async (literal) => {
    expect(await rendered(`select ${literal} from t`)).toBe('sql.dialect');
  });

  it('with an escape are refused for an engine that names no dialect', async () => {
    for (const literal of [String.raw`'a\'b'`, String.raw`'a\\b'`, String.raw`$$a\b$$`])
      expect(await rendered(`select ${literal} from t`, 'portable')).toBe('sql.dialect');
    expect(await rendered(`select 'a''b', $$c'd$$ from t`, 'portable')).toBe(
      `select 'a''b', 'c''d' from "W"."OPS"."T"`,
    );
  });
});

describe('what another engine would read otherwise', () => {
  it.each([
    'select a:b from t',
    'select $1 from t',
    'select filter(a, x -> x > 1) from t',
    'select 1 ->> select * from $1',
    'show tables in schema ops',
    'select a[1:2] from t',
  ])('is refused: %s', async (sql) => {
    for (const dialect of ['duckdb', 'portable', 'unheard', 'constructor'])
      expect(['sql.dialect', 'sql.unparsed', 'sql.parsers_disagree'], `${sql} ${dialect}`).toContain(
        await rendered(sql, dialect),
      );
  });

  it('is refused with what it would have touched', async () => {
    expect(await analysed('select a:b from orders', 'duckdb')).toMatchObject({
      kind: 'read',
      reads: [{ name: 'ORDERS' }],
      refusal: { code: 'NOT_UNDERSTOOD', reason: 'sql.dialect' },
    });
  });

  it("binds are the engine's own", async () => {
    expect(await rendered('select :1::int, :2 from t where a = :1 limit :3')).toBe(
      'select $1::int, $2 from "W"."OPS"."T" where a = $1 limit $3',
    );
    expect(await rendered('select ? from t where a = ?')).toBe('select ? from "W"."OPS"."T" where a = ?');
    expect(await rendered('select ? from t', 'portable')).toBe('select ? from "W"."OPS"."T"');
    expect(await rendered('select :1 from t', 'portable')).toBe('sql.dialect');
  });

  it('signs do not run together', async () => {
    expect(await rendered('select a%-1, b<-1 from t')).toBe('select a% -1, b< -1 from "W"."OPS"."T"');
  });
});

it('the canonical text, its digest and its objects are the same for every dialect, and without one nothing is rendered', async () => {
  const sql = 'with t as (select * from orders) select * from t';
  const { rendered: none, ...plain } = await analysed(sql);
  for (const dialect of ['snowflake', 'duckdb', 'portable']) {
    const { rendered: _text, ...same } = await analysed(sql, dialect);
    expect(same).toEqual(plain);
  }
  expect(none).toBeUndefined();
});
