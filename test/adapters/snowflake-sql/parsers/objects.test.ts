import { describe, expect, it } from 'vitest';
import { agreed, parsers, summary } from './support.js';

const reads = (sql: string): string[] | string => {
  const found = agreed(sql);
  return typeof found === 'string' ? found : found.reads;
};

describe('relations of a query, as both parsers read them', () => {
  it.each<readonly [clause: string, sql: string, reads: readonly string[]]>([
    ['FROM, three parts', 'select 1 from db.s.t', ['DB.S.T']],
    ['quoting and folding', 'select 1 from "db".S."T", t', ['"db".S.T', 'T']],
    [
      'joins of every kind',
      'select 1 from a left join b on a.x = b.x cross join c natural join d full outer join e using (x)',
      ['A', 'B', 'C', 'D', 'E'],
    ],
    ['nested joins', 'select 1 from (a join (b left join c on true) on true) join d on true', ['A', 'B', 'C', 'D']],
    ['ASOF', 'select 1 from a asof join b match_condition (a.t >= b.t) on a.k = b.k', ['A', 'B']],
    ['DIRECTED', 'select 1 from a inner directed join b on a.k = b.k', ['A', 'B']],
    ['comma and derived', 'select 1 from a, (select 1 from b) x, lateral (select 1 from c) y', ['A', 'B', 'C']],
    ['scalar in the list', 'select (select max(x) from a), (select 1 from b) + 1', ['A', 'B']],
    ['function argument', 'select coalesce((select x from a), nvl((select y from b), 1))', ['A', 'B']],
    ['index of a path', 'select a:b[(select 1 from u)], c[(select 1 from v)].d from t', ['T', 'U', 'V']],
    [
      'CASE',
      'select case when exists (select 1 from a) then (select 1 from b) else (select 1 from c) end',
      ['A', 'B', 'C'],
    ],
    [
      'WHERE IN, ANY, EXISTS',
      'select 1 from t where x in (select 1 from a) and y = any (select 1 from b) and not exists (select 1 from c)',
      ['A', 'B', 'C', 'T'],
    ],
    [
      'GROUP, HAVING, QUALIFY, ORDER',
      'select 1 from t group by (select 1 from a) having (select 1 from b) > 1 qualify row_number() over (order by (select 1 from c)) = 1 order by (select 1 from d)',
      ['A', 'B', 'C', 'D', 'T'],
    ],
    ['LIMIT and OFFSET by literal', 'select 1 from t order by 1 limit 3 offset 2', ['T']],
    ['window frame and partition', 'select sum(x) over (partition by (select 1 from a) order by y) from t', ['A', 'T']],
    ['WINDOW clause', 'select sum(x) over w from t window w as (partition by (select 1 from a))', ['A', 'T']],
    ['WITHIN GROUP', 'select listagg(x) within group (order by (select 1 from a)) from t', ['A', 'T']],
    ['JOIN ON', 'select 1 from t join u on t.x = (select max(x) from a)', ['A', 'T', 'U']],
    [
      'set operations',
      'select 1 from a union all select 1 from b intersect (select 1 from c) minus select 1 from d',
      ['A', 'B', 'C', 'D'],
    ],
    ['PIVOT', 'select * from t pivot (sum(x) for y in (select z from a order by z)) p', ['A', 'T']],
    ['UNPIVOT', 'select * from t unpivot (x for y in (p, q))', ['T']],
    ['PIVOT of a subquery', 'select * from (select * from a) pivot (max(x) for y in (any))', ['A']],
    [
      'MATCH_RECOGNIZE',
      'select * from t match_recognize (partition by a order by b measures final last(c) as d, (select 1 from m) as e one row per match after match skip past last row pattern (x+ y{2,3} {- z -}) define x as c > (select 1 from n))',
      ['M', 'N', 'T'],
    ],
    [
      'MATCH_RECOGNIZE of a subquery',
      'select * from (select * from a) match_recognize (order by b measures match_number() as m pattern (x) define x as c > 1)',
      ['A'],
    ],
    ['FLATTEN', 'select f.value from t, lateral flatten(input => (select v from a)) f', ['A', 'T']],
    ['TABLE()', 'select 1 from table(generator(rowcount => (select 1 from a))) g', ['A']],
    ['VALUES', 'select 1 from (values (1, (select 1 from a))) v', ['A']],
    ['SAMPLE', 'select 1 from t sample bernoulli (10) seed (3)', ['T']],
    [
      'AT and BEFORE',
      "select 1 from t at (timestamp => (select max(x) from a)) x join u before (statement => '1') y on true",
      ['A', 'T', 'U'],
    ],
    [
      'CHANGES',
      'select 1 from t changes (information => default) at (offset => -60) end (offset => (select 1 from a))',
      ['A', 'T'],
    ],
    [
      'CONNECT BY',
      'select 1 from t start with x = (select 1 from a) connect by prior y = (select 1 from b)',
      ['A', 'B', 'T'],
    ],
    ['GROUPING SETS', 'select 1 from t group by grouping sets ((x), ((select 1 from a)))', ['A', 'T']],
    ['object and array literals', "select {'k': (select 1 from a)}, [1, (select 1 from b)]", ['A', 'B']],
    ['an index in a path', 'select v[(select 1 from a)] from t', ['A', 'T']],
    ['REPLACE after a star', 'select * replace ((select 1 from a) as x) from t', ['A', 'T']],
    ['lambda body', 'select transform(v, (x int, y) -> x + (select 1 from a)) from t', ['A', 'T']],
    ['structured type', 'select x::object(a varchar, b number(3, 1)), cast(y as array(number)) from t', ['T']],
    ['casts in a path', 'select p::variant::object:name::text, q:w::array[0]::string, r[0]:s from t', ['T']],
    ['LIKE ALL', "select 1 from t where x like all ('a', (select 1 from a))", ['A', 'T']],
    ['star ILIKE', "select * ilike 'x%' from t", ['T']],
    ['a table named like a function', 'select 1 from rank join count on rank.x = count.x', ['COUNT', 'RANK']],
    ['a star with less inside a call', 'select object_construct(* exclude (x)) from t', ['T']],
    [
      'ROLLUP inside GROUPING SETS',
      'select 1 from t group by grouping sets (x, rollup (y), cube (z, (select 1 from a)))',
      ['A', 'T'],
    ],
    ['a star in braces', 'select {*}, {t.*}, {* exclude (x)} from t', ['T']],
    ['a path behind a bracket', 'select (parse_json((select 1 from a))):x.y[0]::int, f(v):"k l" from t', ['A', 'T']],
    [
      'words that are names here',
      'select old.x, new.y, first.z from t old join u new on old.k = new.k left join (select 1 as z) first on true',
      ['T', 'U'],
    ],
    ['a list with such words', 'select a, format, settings from t', ['T']],
    ['a relation with such a name', 'select date.x from date, time where date.x = time.x', ['DATE', 'TIME']],
    ['old outer join', 'select 1 from a, b where a.x = b.x (+)', ['A', 'B']],
  ])('%s', (_clause, sql, expected) => {
    expect(reads(sql)).toEqual(expected);
  });
});

describe('targets and sources', () => {
  it.each<readonly [sql: string, root: string, writes: readonly string[], reads: readonly string[]]>([
    ['insert into a (x) select x from b', 'INSERT', ['A'], ['B']],
    ['insert overwrite into d.s.a values (1, (select 1 from b))', 'INSERT', ['D.S.A'], ['B']],
    ['insert into a with c as (select 1 x from b) select x from c', 'INSERT', ['A'], ['B']],
    ['insert all into a values (x) into b (y) select x, y from c', 'INSERT', ['A', 'B'], ['C']],
    [
      'insert first when x > (select 1 from d) then into a else into b select x from c',
      'INSERT',
      ['A', 'B'],
      ['C', 'D'],
    ],
    ['update a x set x.y = (select 1 from b) from c where x.z = c.z', 'UPDATE', ['A'], ['B', 'C']],
    ['delete from a using b, c where a.x in (select x from d)', 'DELETE', ['A'], ['B', 'C', 'D']],
    [
      'merge into a using (select * from b) s on a.x = s.x when matched and s.y > (select 1 from c) then update set z = (select 1 from d) when not matched then insert (x) values ((select 1 from e))',
      'MERGE',
      ['A'],
      ['B', 'C', 'D', 'E'],
    ],
    ['merge into a x using b on x.k = b.k when matched then delete', 'MERGE', ['A'], ['B']],
    ['truncate table if exists a', 'TRUNCATE TABLE', ['A'], []],
    [
      'create or replace transient table a as with c as (select * from b) select * from c',
      'CREATE TABLE',
      ['A'],
      ['B'],
    ],
    ['create table a clone s.b', 'CREATE TABLE', ['A'], ['S.B']],
    ['create table a like b', 'CREATE TABLE', ['A'], ['B']],
    [
      'create table if not exists a (x int primary key references b (y), z varchar(3) default (select 1 from d), constraint k foreign key (x) references c (y))',
      'CREATE TABLE',
      ['A'],
      ['B', 'C', 'D'],
    ],
    ['create or replace view v copy grants as select x from a union select x from b', 'CREATE VIEW', ['V'], ['A', 'B']],
    ['create or replace view v (x) copy grants as (select x from a)', 'CREATE VIEW', ['V'], ['A']],
    ['create table t as (select x from a)', 'CREATE TABLE', ['T'], ['A']],
    ['update a set x = 1 from b join c on true', 'UPDATE', ['A'], ['B', 'C']],
    ['alter table a rename to s.b', 'ALTER TABLE', ['A', 'S.B'], []],
    ['alter table a swap with b', 'ALTER TABLE', ['A', 'B'], []],
    ['alter table a add column x int default (select 1 from b)', 'ALTER TABLE', ['A'], ['B']],
    ['alter table a drop column x', 'ALTER TABLE', ['A'], []],
    ['drop table if exists a, b', 'DROP TABLE', ['A', 'B'], []],
    ['drop view v', 'DROP VIEW', ['V'], []],
  ])('%s', (sql, root, writes, expected) => {
    expect(agreed(sql)).toMatchObject({ root, writes, reads: expected });
  });
});

describe('functions, as both parsers read them', () => {
  it.each<readonly [sql: string, functions: readonly string[]]>([
    [
      'select nvl(a, 1), ifnull(b, 2), coalesce(c, 3), Substr(d, 1), substring(d from 2), ceil(e) from t',
      ['CEIL', 'COALESCE', 'IFNULL', 'NVL', 'SUBSTR', 'SUBSTRING'],
    ],
    [
      'select count(*), count(distinct x), sum(y) over (order by z), lead(x) ignore nulls over (order by z) from t',
      ['COUNT', 'LEAD', 'SUM'],
    ],
    [
      'select current_date, current_user, localtimestamp, sysdate()',
      ['CURRENT_DATE', 'CURRENT_USER', 'LOCALTIMESTAMP', 'SYSDATE'],
    ],
    ['select s.f(1), db.s.f(2), f(3)', ['DB.S.F', 'F', 'S.F']],
    ['select seq.nextval, s.seq.nextval from t', ['S.SEQ.NEXTVAL', 'SEQ.NEXTVAL']],
    [
      "select * from table(flatten(input => parse_json('{}'))) f, table(s.udtf(1)) g",
      ['FLATTEN', 'PARSE_JSON', 'S.UDTF'],
    ],
    [
      "select system$typeof(x), extract(year from d), position('a' in b), trim(c) from t",
      ['EXTRACT', 'POSITION', 'SYSTEM$TYPEOF', 'TRIM'],
    ],
    ["select x::int, cast(y as date), try_cast(z as number(3)), interval '1 day' from t", []],
  ])('%s', (sql, functions) => {
    expect(agreed(sql)).toMatchObject({ functions });
  });

  it('keeps the quotes of a quoted name, which is never a built-in', () => {
    for (const parser of parsers)
      expect(parser.read('select "F"(1), "f"(1)').functions).toEqual([
        [{ text: 'F', quoted: true }],
        [{ text: 'f', quoted: true }],
      ]);
    expect(agreed('select "COUNT"(1)')).toBe('disagree: the parsers differ in the functions called');
  });
});

describe('each parser alone', () => {
  it.each(parsers.map((parser) => [parser.name, parser] as const))(
    '%s reads the whole of a long query',
    (_name, parser) => {
      const sql =
        'with a as (select * from t1), b as (select x from a join t2 using (x) where y in (select y from t3)) select count(*) from b, lateral flatten(input => b.v) f where exists (select 1 from db.s."t4")';
      expect(summary(parser.read(sql))).toEqual({
        root: 'SELECT',
        reads: ['DB.S."t4"', 'T1', 'T2', 'T3'],
        writes: [],
        functions: ['COUNT', 'FLATTEN'],
      });
    },
  );
});
