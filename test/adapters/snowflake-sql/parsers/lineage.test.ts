import { describe, expect, it } from 'vitest';
import { both, shown } from './support.js';

/** `NAME <- sources` for each output column. */
function lineage(sql: string): string[] | string {
  const readings = both(sql);
  if (!readings.ok) return readings.detail;
  return (readings.reading.lineage ?? []).map(
    ({ column, sources }) => `${column} <- ${sources === 'unknown' ? 'unknown' : sources.map(shown).sort().join(', ')}`,
  );
}

describe('lineage that is certain', () => {
  it.each<readonly [sql: string, columns: readonly string[]]>([
    ['select a, t.b, upper(c) as d from s.t', ['A <- S.T.A', 'B <- S.T.B', 'D <- S.T.C']],
    ['select x.a, y.b from t x join db.s.u y on x.k = y.k', ['A <- T.A', 'B <- DB.S.U.B']],
    [
      'select x.a || y.b || x.a as ab, 1 as one, count(*) as n from t x cross join u y',
      ['AB <- T.A, U.B', 'ONE <- ', 'N <- '],
    ],
    [
      'select coalesce(a, case when b > c then d else 0 end), a::int, v:p.q[0] from t',
      ['$1 <- T.A, T.B, T.C, T.D', '$2 <- T.A', '$3 <- T.V'],
    ],
    [
      'select sum(a) over (partition by b order by c) s, listagg(d) within group (order by e) l from t',
      ['S <- T.A, T.B, T.C', 'L <- T.D, T.E'],
    ],
    ['with c as (select a as b, 1 as n from t) select b, n, b + n as m from c', ['B <- T.A', 'N <- ', 'M <- T.A']],
    ['with c as (select a from t), d as (select a as x from c) select d.x from d join c on true', ['X <- T.A']],
    ['select q.b from (select "a" as b from t) q', ['B <- T."a"']],
    ['select b, c from (select a as b from t) q, (select a as c from u) r', ['B <- T.A', 'C <- U.A']],
    ['select upper(a) as a from t', ['A <- T.A']],
    ['select a from t union all select b from u', ['A <- T.A, U.B']],
    ['(select a from t)', ['A <- T.A']],
    ['select a from t at (offset => -60) where b = 1 qualify row_number() over (order by c) = 1', ['A <- T.A']],
    ['with t as (select a from u) select a from t', ['A <- U.A']],
    ['with t as (select a from t) select a from t', ['A <- T.A']],
    ['with t as (select a from u) select t.a from s.t', ['A <- S.T.A']],
    ['select ? as bound, :1 as other from t', ['BOUND <- ', 'OTHER <- ']],
    ['select q from (select a as q, b from t) q', ['Q <- T.A']],
    ['select d from (select a as x, count(*), b as d from t group by all) r', ['D <- T.B']],
    ['select count(*) as n, count(a) as m from t', ['N <- ', 'M <- T.A']],
  ])('%s', (sql, columns) => {
    expect(lineage(sql)).toEqual(columns);
  });
});

describe('lineage that is not certain is unknown', () => {
  it.each([
    ['a star', 'select * from t'],
    ['a star of one relation', 'select t.* from t'],
    ['a star without a column', 'select * exclude (a) from t'],
    ['a star with a column replaced', 'select * replace (1 as a) from t'],
    ['a star renamed', 'select * rename (secret as a) from t'],
    ['a star inside a call', 'select object_construct(*) as a from t'],
    ['a star with less inside a call', 'select object_construct(* exclude b) as a from t'],
    ['a star in braces', 'select {*} as a from t'],
    ['a star hashed', 'select hash(*) as a from t'],
    ["a relation's star inside a call", 'select object_construct(t.*) as a from t'],
    ['a place', 'select $1 as a from (select secret from t)'],
    ['a place of a relation', 'select q.$1 as a from (select secret from t) q'],
    ['columns renamed by an alias', 'select a from (select secret from t) q (a)'],
    ['columns of a table renamed by an alias', 'select q.a from t q (a)'],
    ['columns of a CTE renamed', 'with c (a) as (select secret from t) select a from c'],
    ['four parts', 'select db.s.t.col as a from db.s.t'],
    ['three parts', 'select s.t.col as a from s.t'],
    ['flattened values', 'select f.value as a from t, lateral flatten(input => t.secret) f'],
    ['flattened values without a name', 'select value as a from t, lateral flatten(input => t.secret)'],
    ['split values', "select s.value as a from t, lateral split_to_table(t.secret, ',') s"],
    ['a column of two relations', 'select a from t join u on true'],
    ['a column of a table and a query', 'select a from t, (select a from u) q'],
    ['a joined column', 'select k as a from t join u using (k)'],
    ['an alias of the same list', 'select secret as x, x as a from t'],
    ['an alias given twice', 'select secret as a, upper(a) as a from t'],
    ['a scalar subquery', 'select (select secret from t) as a'],
    ['an inner subquery', 'select coalesce((select max(secret) from u), a) as a from t'],
    ['EXISTS', 'select exists (select 1 from u where u.secret = t.a) as a from t'],
    ['PIVOT', "select a from t pivot (max(secret) for k in ('a'))"],
    ['UNPIVOT', 'select v as a from t unpivot (v for k in (x, secret))'],
    [
      'MATCH_RECOGNIZE',
      'select a from t match_recognize (order by b measures last(secret) as a pattern (x) define x as true)',
    ],
    ['a function of somebody', 'select f(x) as a from t'],
    ['a function elsewhere', 'select s.f(x) as a from t'],
    ['a recursive CTE', 'with recursive c as (select secret as a from t union all select a from c) select a from c'],
    [
      'a recursive CTE without the keyword',
      'with c as (select secret as a from t union all select a from c) select a from c',
    ],
    ['a column through a star', 'select a from (select * from t) q'],
    ['a column through a star of a CTE', 'with c as (select * from t) select c.a from c'],
    ['an unknown relation', 'select z.a from t'],
    ['the name behind an alias', 'select t.a from t x'],
    ['a lateral query', 'select q.a from t, lateral (select t.secret as a) q'],
    ['VALUES', 'select a from (values (1)) v (a)'],
    ['a column a query does not have', 'select a from (select b from t) q'],
    ['a column a query has twice', 'select a from (select x as a, secret as a from t) q'],
    ['CONNECT BY', 'select connect_by_root secret as a from t connect by prior x = y'],
    ['a named window', 'select sum(x) over w as a from t q window w as (partition by secret)'],
    ['a sequence', 'select seq.nextval as a from t'],
    ['a whole row', 'select t as a from t'],
    ['a whole row of an alias', 'select o as a from orders o'],
    ['a whole row of a table with a schema', 'select t as a from s.t'],
    ['a whole row in quotes', 'select "T" as a from t'],
    ['a whole row in other quotes', 'select "t" as a from t'],
    ['a whole row cast', 'select cast(t as varchar) as a from t'],
    ['a whole row cast shortly', 'select t::variant as a from t'],
    ['a whole row in a call', 'select to_json(t) as a from t'],
    ['a whole row in a list', 'select [t] as a from t'],
    ['a whole row in an object', "select {'k': t} as a from t"],
    ['a whole row spread', 'select {**t} as a from t'],
    ['a path into a whole row', 'select t:secret as a from t'],
    ['a whole row compared', 'select t = 1 as a from t'],
    ['a whole row aggregated', 'select max(t) over () as a from t'],
    ['a whole row of a query through a name it has not', 'select q as a from (select secret from t) q'],
    ['a place of a table', 'select t.$2 as a from t'],
    ['a place of its own', 'select $2 as a from t'],
    ['a place in a call', 'select upper(t.$2) as a from t'],
    ['a place behind a path', 'select t.$1:secret as a from t'],
    ['rows that differ', 'select count(distinct *) as a from t'],
    ['rows of a relation that differ', 'select count(distinct t.*) as a from t'],
    ['a name in brackets that a query has too', 'select b as a from (select (b), c as b from t) q'],
    [
      'a word of the language as a name',
      'select "CURRENT_DATE" as a from (select current_date, secret as "CURRENT_DATE" from t) q',
    ],
    ['a made-up name', 'select "COUNT(*)" as a from (select count(*), max(secret) as "COUNT(*)" from t) q'],
    ['names that differ in case only', 'select b as a from (select secret as "b", c as B from t) q'],
    ['relations that differ in case only', 'select x.b as a from t as "x", u as x'],
    ['an alias that differs in case only', 'select secret as "B", c as "b", b as a from t'],
    [
      'a set in brackets, that may be recursion',
      'with c as ((select secret as a, b from t union all select b, a from c)) select a from c',
    ],
  ])('%s', (_what, sql) => {
    expect(lineage(sql).at(-1)).toMatch(/^[A*] <- unknown$/);
  });

  it.each([
    ['a set with a star', 'select a from t union all select * from u'],
    ['a set of unequal length', 'select a from t union all select b, c from u'],
    ['a set by name', 'select a, b from t union all by name select b, a from u'],
  ])('for all columns of %s', (_what, sql) => {
    expect(lineage(sql)).toEqual(['* <- unknown']);
  });

  it('and only queries have it', () => {
    const readings = both('insert into t select a from u');
    expect(readings.ok && readings.reading.lineage).toBeUndefined();
  });
});
