import { sample } from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  rewriteForPolyglot,
  rewriteForSqlparser,
} from '../../../../src/adapters/snowflake-sql/parsers/rewrite/index.js';
import { splitPieces, isKeyword } from '../../../../src/adapters/snowflake-sql/parsers/rewrite/pieces.js';
import { renameCalls } from '../../../../src/adapters/snowflake-sql/parsers/polyglot/rename-calls.js';
import { query } from './generated.js';
import { canonicalish, rows } from './support.js';

describe('what a parser is asked instead', () => {
  it.each<readonly [rewrite: (text: string) => string, text: string, instead: string]>([
    [
      rewriteForPolyglot,
      'select x::object(a int, b number(3, 1)), cast(y as array(int)) from t',
      'select x::object, cast(y as array) from t',
    ],
    [
      rewriteForPolyglot,
      'select a:b::array[0], c::variant:d::object:e::int, f[0]:g from t',
      'select a:b[0], c:d:e::int, f[0].g from t',
    ],
    [rewriteForPolyglot, "select * ilike 'a%', t.* ilike 'b' from t", 'select * , t.*  from t'],
    [
      rewriteForPolyglot,
      'select f(a, (x int, y number(3, 1)) -> x + y, z int -> z) from t',
      'select f(a, (x, y) -> x + y, z  -> z) from t',
    ],
    [
      rewriteForSqlparser,
      'select 1 from a inner directed join b left outer directed join c',
      'select 1 from a inner  join b left outer  join c',
    ],
    [
      rewriteForSqlparser,
      'select 1 from s.t window w as (order by x)',
      'select 1 from s.t AS w__ window w as (order by x)',
    ],
    [
      rewriteForSqlparser,
      'select 1 from (select 1) window w as (order by x)',
      'select 1 from (select 1) AS w__ window w as (order by x)',
    ],
    [
      rewriteForSqlparser,
      'select * from (select 1) match_recognize (measures final last(x) as l pattern (a b+ {- c -})) m',
      'select * from ((select 1) CROSS JOIN mr__ match_recognize (measures  last(x) as l pattern (p))) m',
    ],
    [
      rewriteForPolyglot,
      'select a, format, old.x from t old, u where old.y = 1 order by b nulls first',
      'select a, "FORMAT", "OLD".x from t "OLD", u where "OLD".y = 1 order by b nulls first',
    ],
    [rewriteForPolyglot, 'select (a):b.c, (d):"e\'f" from t', "select (a)['b'].c, (d)['ef'] from t"],
    [rewriteForSqlparser, "select {*}, { t.* exclude (a) }, {'k': 1} from t", "select $1, $1, {'k': 1} from t"],
    [
      rewriteForSqlparser,
      'create view v (a) copy grants as select 1 from copy',
      'create view v (a)   as select 1 from copy',
    ],
    [
      rewriteForPolyglot,
      "select not a like 'b', c not like 'd' from t where not e or not (f) and not not g",
      "select  a like 'b', c not like 'd' from t where  e or  (f) and   g",
    ],
    [
      rewriteForPolyglot,
      'select array_agg(a) within group (order by b)[0], (c)[0] from t',
      'select array_agg(a) within group (order by b), (c)[0] from t',
    ],
    [
      rewriteForPolyglot,
      'select v:a.b[n - 1]:c, v:a[0].b[f(x)], v:a[0] from t',
      'select v[n - 1].c, v[f(x)], v:a[0] from t',
    ],
    [
      rewriteForSqlparser,
      'select nth_value(a, 2) from first ignore nulls over (order by b) from t',
      'select nth_value(a, 2)   ignore nulls over (order by b) from t',
    ],
    [
      rewriteForSqlparser,
      "select f(**a), [**b, 1], {'c': 1, **d} from t",
      "select f(a), [b, 1], {'c': 1, 'k': d} from t",
    ],
    [
      rewriteForPolyglot,
      'select * from t match_recognize (all rows per match omit empty matches after match skip to first x pattern (x))',
      'select * from t match_recognize (all rows per match   pattern (x))',
    ],
    [
      rewriteForSqlparser,
      'select * from t match_recognize (after match skip to next row pattern (x))',
      'select * from t match_recognize ( pattern (p))',
    ],
  ])('%o %s', (rewrite, text, instead) => {
    expect(rewrite(text)).toBe(instead);
  });

  it.each([
    ['a query among types', rewriteForPolyglot, 'select x::object((select max(a) from u)) from t'],
    ['a query before an arrow', rewriteForPolyglot, 'select (select 1 from u) -> x from t'],
    ['a product', rewriteForPolyglot, 'select a * b ilike c from t'],
    [
      'a literal that looks like SQL',
      rewriteForPolyglot,
      "select '* ilike ''x''', 'a::object(b)', \"x::array(y)\", $$a::object(b)$$ from t",
    ],
    ['a table named directed', rewriteForSqlparser, 'select 1 from directed join u'],
    ['an alias directed', rewriteForSqlparser, 'select 1 from t directed join u on true'],
    ['a window behind a condition', rewriteForSqlparser, 'select 1 from t where (a) window w as (order by x)'],
    ['a window behind an alias', rewriteForSqlparser, 'select 1 from t a window w as (order by x)'],
    ['a column named window', rewriteForSqlparser, 'select window, w from t'],
    ['a query in a pattern', rewriteForSqlparser, 'select * from t match_recognize (pattern (a (select 1 from u)))'],
    ['a call named pattern elsewhere', rewriteForSqlparser, 'select pattern (a, b) from t'],
    ['a query in braces', rewriteForSqlparser, 'select {* exclude (select 1 from u)} from t'],
    ['a relation named copy', rewriteForSqlparser, 'create view v as select 1 from copy grants'],
    ['a table named first', rewriteForSqlparser, 'select nth_value(a, 2) from first over (b)'],
    ['the first of another call', rewriteForSqlparser, 'select count(a) from first over (order by b)'],
    [
      'an index that is a query',
      rewriteForPolyglot,
      'select array_agg(a) within group (order by b)[(select 1 from u)] from t',
    ],
    ['a product of products', rewriteForSqlparser, 'select count(**), a ** b from t'],
    [
      'a skip to a query',
      rewriteForPolyglot,
      'select * from t match_recognize (after match skip to (select 1 from u))',
    ],
    ['a negation behind a value', rewriteForPolyglot, "select a not like 'b', c is not null from t"],
  ])('leaves %s alone', (_what, rewrite, text) => {
    expect(rewrite(text)).toBe(text);
  });
});

/**
 * Every word or quoted name that stands right behind FROM, JOIN, INTO, UPDATE or USING, but for `NTH_VALUE (...) FROM
 * FIRST OVER`.
 */
function named(text: string): string[] {
  const pieces = splitPieces(text).filter((piece) => piece.trim() !== '');
  const end = (at: number): boolean =>
    isKeyword(pieces[at], 'FIRST', 'LAST') &&
    pieces[at - 2] === ')' &&
    isKeyword(pieces[at + 1], 'OVER', 'IGNORE', 'RESPECT');
  return pieces
    .filter(
      (piece, at) =>
        isKeyword(pieces[at - 1], 'FROM', 'JOIN', 'INTO', 'UPDATE', 'USING') && /^["A-Za-z_]/.test(piece) && !end(at),
    )
    .map((piece) => piece.toUpperCase());
}

describe('no rewrite loses a name', () => {
  const texts = [
    ...sample(query, { numRuns: 100, seed: 1 }).map((each) => each.sql),
    ...(rows('test/adapters/snowflake-sql/corpus/benign.jsonl') ?? []).map((row) => canonicalish(row.sql)),
    ...(rows('../shared/data/snowflake-sqlfluff.jsonl') ?? []).map((row) => canonicalish(row.sql)),
  ];

  it.each([
    ['polyglot', rewriteForPolyglot],
    ['sqlparser', rewriteForSqlparser],
    ['calls', renameCalls],
  ] as const)('for %s', (_name, rewrite) => {
    for (const text of texts) {
      const kept = named(rewrite(text)).filter((name) => name !== 'MR__');
      expect(kept, text).toEqual(
        named(text).map((name) => [name, `"${name}"`, `FN__${name}`].find((each) => kept.includes(each))),
      );
    }
  });

  it('and cutting a text loses nothing', () => {
    for (const text of [...texts, 'a\u2028b', "'unclosed", '"unclosed', '$$unclosed', '', '\\', '(('])
      expect(splitPieces(text).join('')).toBe(text);
  });
});
