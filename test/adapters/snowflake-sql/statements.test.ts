import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { refusals, type RefusalReason } from '../../../src/adapters/snowflake-sql/checks/refusal.js';
import { judge } from './test-analyzer.js';

const text = readFileSync(join(import.meta.dirname, '../../../docs/statements.md'), 'utf8');
const documented = [...text.matchAll(/^\| `(sql\.\w+)` \| `(\w+)` \|/gm)].map(
  ([, reason, code]) => `${reason} ${code}`,
);

describe('docs/statements.md', () => {
  it('has every reason once, with its code, and no other', () => {
    const known = Object.entries(refusals).map(([reason, [code]]) => `${reason} ${code}`);
    expect([...documented].sort()).toEqual(known.sort());
  });
});

/** What IDENTIFIER names could be a table or what the statement itself defines. */
const ambiguous = [
  "with x as (select 1 as a) select a from identifier('x')",
  "with x (a) as (select 1) select a from identifier('X')",
  `with "x" as (select 1 as a) select a from identifier('"x"')`,
  'with x as (select 1 as a) select a from identifier($$x$$)',
  "select * from (with x as (select 1 as a) select a from identifier('x')) q",
  "with y as (select a from identifier('x')), x as (select 1 as a) select a from y",
  "insert into t with x as (select 1 as a) select a from identifier('x')",
  "with x as (select 1 as a) select a from table(identifier('x'))",
  "with x as materialized (select 1 as a) select a from identifier('x')",
];

/** One statement for each reason: what the tables promise is what an agent is told. */
const samples: Readonly<
  Record<
    Exclude<
      RefusalReason,
      'sql.dialect' | 'sql.too_slow' | 'sql.parser_failed' | 'sql.parsers_disagree' | 'sql.relation_unclear'
    >,
    readonly string[]
  >
> = {
  'sql.empty': ['', ' -- nothing', ';'],
  'sql.multiple_statements': ['select 1; select 2', 'select 1;;'],
  'sql.unknown_statement': ['vacuum', '(delete from t)', '1', '"select" 1'],
  'sql.too_long': [`select '${'x'.repeat(65_536)}'`, `select ${'a,'.repeat(3_001)}a`],
  'sql.too_deep': [
    `select ${'('.repeat(30)}1${')'.repeat(30)}`,
    `select a${'::int'.repeat(251)}`,
    `select 1${' or a'.repeat(251)}`,
  ],
  'sql.flow': ['select 1 ->> delete from t', 'select 1 ->> show tables'],
  'sql.character': [
    'select a # b',
    'select `a`',
    'select\u00a01',
    'select ä',
    'select\u200b1',
    "select '\ud800'",
    'select $ )',
    'select f($)',
  ],
  'sql.unterminated': ["select 'a", 'select "a', 'select /* a', 'select $$a'],
  'sql.comment': ['select 1 /* /* */', 'select /*+ x */ 1', 'select /*! x */ 1', 'select 1 -- a\rb'],
  'sql.quoted_name': ['select "a""b"', 'select "a\\b"', 'select "a\nb"', 'select ""'],
  'sql.string': ["select e'a'", "select r'a'", "select 'a' 'b'"],
  'sql.number': ['select 1abc', 'select 1_000'],
  'sql.template': ['select {{ a }}', 'select &a'],
  'sql.unparsed': ['select from where', 'select a::other.kind from t', 'select cast(a as kind) from t'],
  'sql.dynamic_name': [
    'select * from identifier($x)',
    "select * from t at (stream => 's')",
    "select * from table('t')",
    'select * from table(?)',
    'select * from table(:1)',
    'select * from table($$t$$)',
    ...ambiguous,
  ],
  'sql.variable': ['select $name', 'select * from t where a = $name'],
  'sql.function': [
    'select f(1)',
    'select system$wait(1)',
    'select * from table(result_scan(1))',
    "select get_ddl('table', 't')",
  ],
  'sql.function_name': ['select "SUM"(a) from t', 'select a.f(1)'],
  'sql.sequence': ['select s.nextval', 'select a.b.s.NEXTVAL', 'select s."NEXTVAL"'],
  'sql.procedure': ['call p()', "with p as procedure () returns int language sql as 'x' call p()"],
  'sql.script': [
    'begin select 1; end',
    "execute immediate 'x'",
    'select a into b from t',
    'declare x int; begin return 1; end',
  ],
  'sql.rights': ['grant role a to role b', 'create role r', 'alter user u set password = x'],
  'sql.session_state': ['use role r', 'set a = 1', 'alter session set a = 1'],
  'sql.transaction': ['begin', 'commit', 'rollback'],
  'sql.stage': [
    'select * from @s',
    'select * from @s/p$$;$$ $$',
    'list @s',
    'select * from directory(@s)',
    'select * from semantic_view(v metrics m)',
  ],
  'sql.moves_data': ['copy into t from @s', 'put file://a @s', 'get @s file://a'],
  'sql.metadata': [
    'show tables',
    'show users',
    'describe user u',
    'show tables in schema other',
    'explain delete from t',
  ],
  'sql.ddl_kind': [
    'create schema s',
    'create dynamic table t as select 1',
    'drop stage s',
    "comment on table t is 'x'",
  ],
  'sql.ddl_option': [
    'create table t (a int) copy grants',
    'alter table t swap with u',
    "alter table t set tag a = 'b'",
  ],
  'sql.locks_rows': ['select * from t for update'],
  'sql.too_costly': [
    'select * from a, b, c, d',
    'select 1 from table(generator(rowcount => 100000001))',
    'select 1 from table(generator(rowcount => 1e9))',
    "select 1 from table(generator(rowcount => '1000000000'))",
    'select 1 from table(generator(rowcount => 10 * 1000000000))',
    'select 1 from table(generator(rowcount => ?))',
    'select 1 from table(generator(timelimit => 61))',
    'select 1 from table(generator(rowcount => 1000000)) a, table(generator(rowcount => 1000000)) b',
    'select * from a, b, c, d where 1 = 1',
    'select * from a join b on true join c on true join d on true',
    'select * from (select * from a) p, (select * from b) q, (select * from c) r, (select * from d) s',
    'with x as (select * from a, b) select * from x p, x q',
    'select * from a, b, c, d where a.x > 0 and a.y = 1',
    'select * from (a cross join b) cross join (c cross join d)',
    'select * from a, lateral (select * from b) p, lateral (select * from c) q, lateral (select * from d) r',
    'with recursive r as (select 1 n union all select n + 1 from r) select n from r',
    'with r as (select 1 n union all select n from r where true) select n from r',
    `with d as (select * from (values ${'(0),'.repeat(9)}(0)) v (n)) select 1 from ${Array.from({ length: 9 }, (_, at) => `d d${at}`).join()}`,
  ],
};

describe.each(Object.entries(samples))('%s', (reason, texts) => {
  it.each(texts.map((sql) => [sql.slice(0, 60), sql]))('%s', async (_shown, sql) => {
    expect(await judge(sql)).toMatchObject({ decision: 'deny', reason, code: refusals[reason as RefusalReason][0] });
  });
});

describe('names that stand for something else', () => {
  it.each([
    ["with y as (select 1 as a) select x.a from y, identifier('x') x", ['SHOP.MART.X']],
    ["with x as (select 1 as a) select a from identifier('mart.x')", ['SHOP.MART.X']],
    ['with "x" as (select 1 as a) select a from identifier(\'x\')', ['SHOP.MART.X']],
    ['select * from "sallyport earlier result"', ['SHOP.MART."sallyport earlier result"']],
    [
      'select a from t ->> select * from "sallyport earlier result"',
      ['SHOP.MART."sallyport earlier result"', 'SHOP.MART.T'],
    ],
    ['select a from t ->> select * from "earlier result" cross join $1', ['SHOP.MART."earlier result"', 'SHOP.MART.T']],
    ['select * from "@stage/file"', ['SHOP.MART."@stage/file"']],
    ['select * from "$1", "?"', ['SHOP.MART."$1"', 'SHOP.MART."?"']],
  ])('%s reads %j', async (sql, reads) => {
    expect(await judge(sql)).toMatchObject({ decision: 'allow', objects_read: reads });
  });

  it('no text can hold the name by which an earlier result is judged', async () => {
    for (const sql of [
      'select * from "\u001Fearlier result"',
      'select 1 ->> select * from "\u001Fearlier result"',
      `select * from identifier('"\u001Fearlier result"')`,
    ])
      expect((await judge(sql)).decision).toBe('deny');
  });

  it('nor is that name told as an object of what is refused', async () => {
    expect(await judge('select 1 as a ->> select f(a) from $1')).toMatchObject({
      decision: 'deny',
      reason: 'sql.function',
      objects_read: [],
    });
  });
});
