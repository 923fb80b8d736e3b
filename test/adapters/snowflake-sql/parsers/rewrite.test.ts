import { sample } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { forPolyglot, forSqlparser } from '../../../../src/adapters/snowflake-sql/parsers/rewrite/index.js';
import { cut, says } from '../../../../src/adapters/snowflake-sql/parsers/rewrite/tokens.js';
import { renameCalls } from '../../../../src/adapters/snowflake-sql/parsers/polyglot/calls.js';
import { query } from './generated.js';
import { canonicalish, rows } from './support.js';

describe('what a parser is asked instead', () => {
  it.each<readonly [rewrite: (text: string) => string, text: string, instead: string]>([
    [forPolyglot, 'select x::object(a int, b number(3, 1)), cast(y as array(int)) from t', 'select x::object, cast(y as array) from t'],
    [forPolyglot, "select a:b::array[0], c::variant:d::object:e::int, f[0]:g from t", 'select a:b[0], c:d:e::int, f[0].g from t'],
    [forPolyglot, "select * ilike 'a%', t.* ilike 'b' from t", 'select * , t.*  from t'],
    [forPolyglot, 'select f(a, (x int, y number(3, 1)) -> x + y, z int -> z) from t', 'select f(a, (x, y) -> x + y, z  -> z) from t'],
    [forSqlparser, 'select 1 from a inner directed join b left outer directed join c', 'select 1 from a inner  join b left outer  join c'],
    [forSqlparser, 'select 1 from s.t window w as (order by x)', 'select 1 from s.t AS w__ window w as (order by x)'],
    [forSqlparser, 'select 1 from (select 1) window w as (order by x)', 'select 1 from (select 1) AS w__ window w as (order by x)'],
    [forSqlparser, 'select * from (select 1) match_recognize (measures final last(x) as l pattern (a b+ {- c -})) m', 'select * from ((select 1) CROSS JOIN mr__ match_recognize (measures  last(x) as l pattern (p))) m'],
    [forPolyglot, 'select a, format, old.x from t old, u where old.y = 1 order by b nulls first', 'select a, "FORMAT", "OLD".x from t "OLD", u where "OLD".y = 1 order by b nulls first'],
    [forPolyglot, 'select (a):b.c, (d):"e\'f" from t', "select (a)['b'].c, (d)['ef'] from t"],
    [forSqlparser, 'select {*}, { t.* exclude (a) }, {\'k\': 1} from t', "select $1, $1, {'k': 1} from t"],
    [forSqlparser, 'create view v (a) copy grants as select 1 from copy', 'create view v (a)   as select 1 from copy'],
    [forPolyglot, "select not a like 'b', c not like 'd' from t where not e or not (f) and not not g", "select  a like 'b', c not like 'd' from t where  e or  (f) and   g"],
    [forPolyglot, 'select array_agg(a) within group (order by b)[0], (c)[0] from t', 'select array_agg(a) within group (order by b), (c)[0] from t'],
    [forPolyglot, 'select v:a.b[n - 1]:c, v:a[0].b[f(x)], v:a[0] from t', 'select v[n - 1].c, v[f(x)], v:a[0] from t'],
    [forSqlparser, 'select nth_value(a, 2) from first ignore nulls over (order by b) from t', 'select nth_value(a, 2)   ignore nulls over (order by b) from t'],
    [forSqlparser, "select f(**a), [**b, 1], {'c': 1, **d} from t", "select f(a), [b, 1], {'c': 1, 'k': d} from t"],
    [forPolyglot, 'select * from t match_recognize (all rows per match omit empty matches after match skip to first x pattern (x))', 'select * from t match_recognize (all rows per match   pattern (x))'],
    [forSqlparser, 'select * from t match_recognize (after match skip to next row pattern (x))', 'select * from t match_recognize ( pattern (p))'],
  ])('%o %s', (rewrite, text, instead) => {
    expect(rewrite(text)).toBe(instead);
  });

  it.each([
    ['a query among types', forPolyglot, 'select x::object((select max(a) from u)) from t'], ['a query before an arrow', forPolyglot, 'select (select 1 from u) -> x from t'],
    ['a product', forPolyglot, 'select a * b ilike c from t'], ['a literal that looks like SQL', forPolyglot, "select '* ilike ''x''', 'a::object(b)', \"x::array(y)\", $$a::object(b)$$ from t"],
    ['a table named directed', forSqlparser, 'select 1 from directed join u'], ['an alias directed', forSqlparser, 'select 1 from t directed join u on true'],
    ['a window behind a condition', forSqlparser, 'select 1 from t where (a) window w as (order by x)'], ['a window behind an alias', forSqlparser, 'select 1 from t a window w as (order by x)'],
    ['a column named window', forSqlparser, 'select window, w from t'], ['a query in a pattern', forSqlparser, 'select * from t match_recognize (pattern (a (select 1 from u)))'],
    ['a call named pattern elsewhere', forSqlparser, 'select pattern (a, b) from t'], ['a query in braces', forSqlparser, 'select {* exclude (select 1 from u)} from t'], ['a relation named copy', forSqlparser, 'create view v as select 1 from copy grants'],
    ['a table named first', forSqlparser, 'select nth_value(a, 2) from first over (b)'], ['the first of another call', forSqlparser, 'select count(a) from first over (order by b)'],
    ['an index that is a query', forPolyglot, 'select array_agg(a) within group (order by b)[(select 1 from u)] from t'], ['a product of products', forSqlparser, 'select count(**), a ** b from t'],
    ['a skip to a query', forPolyglot, 'select * from t match_recognize (after match skip to (select 1 from u))'], ['a negation behind a value', forPolyglot, "select a not like 'b', c is not null from t"],
  ])('leaves %s alone', (_what, rewrite, text) => {
    expect(rewrite(text)).toBe(text);
  });
});

/** Every word or quoted name that stands right behind FROM, JOIN, INTO, UPDATE or USING, but for `NTH_VALUE (...) FROM FIRST OVER`. */
function named(text: string): string[] {
  const pieces = cut(text).filter((piece) => piece.trim() !== '');
  const end = (at: number): boolean => says(pieces[at], 'FIRST', 'LAST') && pieces[at - 2] === ')' && says(pieces[at + 1], 'OVER', 'IGNORE', 'RESPECT');
  return pieces.filter((piece, at) => says(pieces[at - 1], 'FROM', 'JOIN', 'INTO', 'UPDATE', 'USING') && /^["A-Za-z_]/.test(piece) && !end(at)).map((piece) => piece.toUpperCase());
}

describe('no rewrite loses a name', () => {
  const texts = [
    ...sample(query, { numRuns: 100, seed: 1 }).map((each) => each.sql),
    ...(rows('test/adapters/snowflake-sql/corpus/benign.jsonl') ?? []).map((row) => canonicalish(row.sql)),
    ...(rows('../shared/data/snowflake-sqlfluff.jsonl') ?? []).map((row) => canonicalish(row.sql)),
  ];

  it.each([['polyglot', forPolyglot], ['sqlparser', forSqlparser], ['calls', renameCalls]] as const)('for %s', (_name, rewrite) => {
    for (const text of texts) {
      const kept = named(rewrite(text)).filter((name) => name !== 'MR__');
      expect(kept, text).toEqual(named(text).map((name) => [name, `"${name}"`, `FN__${name}`].find((each) => kept.includes(each))));
    }
  });

  it('and cutting a text loses nothing', () => {
    for (const text of [...texts, 'a\u2028b', "'unclosed", '"unclosed', '$$unclosed', '', '\\', '((']) expect(cut(text).join('')).toBe(text);
  });
});
