import { describe, expect, it } from 'vitest';
import { agreed } from './support.js';

describe('CTE names', () => {
  it.each<readonly [rule: string, sql: string, reads: readonly string[]]>([
    ['cover what follows them', 'with c as (select 1 from t) select * from c', ['T']],
    ['do not cover their own body', 'with c as (select * from c) select * from c', ['C']],
    [
      'do not cover what stands before them',
      'with a as (select * from b), b as (select 1 from t) select * from a, b',
      ['B', 'T'],
    ],
    ['cover later ones', 'with a as (select 1 from t), b as (select * from a) select * from b', ['T']],
    [
      'cover their own body with RECURSIVE',
      'with recursive c as (select 1 x union all select x from c) select * from c',
      [],
    ],
    [
      'do not cover the anchor with RECURSIVE either',
      'with recursive c as (select * from c union all select * from u) select * from c',
      ['C', 'U'],
    ],
    [
      'do not cover a body that does not recur, RECURSIVE or not',
      'with recursive c as (select * from c) select * from c',
      ['C'],
    ],
    [
      'do not cover later ones with RECURSIVE either',
      'with recursive a as (select * from b), b as (select 1) select * from a',
      ['B'],
    ],
    [
      'cover the recursive term without the keyword',
      'with c (n) as (select 1 union all select n + 1 from c where n < 9) select * from c',
      [],
    ],
    [
      'do not cover the anchor without the keyword',
      'with c as (select * from c union all select * from u) select * from c',
      ['C', 'U'],
    ],
    ['do not cover a UNION that is not ALL', 'with c as (select 1 union select * from c) select * from c', ['C']],
    [
      'do not reach out of their subquery',
      'select * from (with c as (select 1 from t) select * from c) x, c',
      ['C', 'T'],
    ],
    [
      'reach into subqueries',
      'with c as (select 1 x from t) select (select max(x) from c) from u where x in (select x from c)',
      ['T', 'U'],
    ],
    [
      'reach into a nested WITH',
      'with c as (select 1 from t) select * from (with d as (select * from c) select * from d, c) x',
      ['T'],
    ],
    [
      'are shadowed within, and seen again after',
      'with c as (select 1 from t) select * from (with c as (select * from c, u) select * from c) x, c',
      ['T', 'U'],
    ],
    [
      'a nested one does not cover its outer sibling',
      'with a as (with b as (select 1 from t) select * from b), c as (select * from b) select * from a, c',
      ['B', 'T'],
    ],
    ['have one part only', 'with c as (select 1) select * from s.c, db.s.c', ['DB.S.C', 'S.C']],
    ['fold when unquoted', 'with Orders as (select 1 from t) select * from ORDERS, "ORDERS", orders', ['T']],
    ['keep their case when quoted', 'with "c" as (select 1 from t) select * from "c", c', ['C', 'T']],
    ['a quoted lower-case reference is another name', 'with c as (select 1) select * from "c"', ['"c"']],
    ['fold ASCII only', 'with "\u00e4" as (select 1) select * from "\u00c4"', ['"\u00c4"']],
    [
      'cover both sides of a set operation',
      'with c as (select 1 from t) select * from c union all select * from c',
      ['T'],
    ],
    [
      'of one side do not cover the other',
      '(with c as (select 1 from t) select * from c) union all select * from c',
      ['C', 'T'],
    ],
    ['cover a bracketed body', 'with c as (select 1 from t) (select * from c)', ['T']],
    [
      'cover lateral, pivot and joins',
      'with c as (select 1 x from t) select * from c join c d on true, lateral (select * from c) l, (select * from c) pivot (max(x) for x in (1)) p',
      ['T'],
    ],
    ['do not cover an alias', 'with c as (select 1 from t) select c.x from u as c', ['T', 'U']],
    [
      'with column lists',
      'with c (a, b) as (select 1, 2 from t), "d" (a) as (select a from c) select * from "d"',
      ['T'],
    ],
    ['named like a function', 'with rank as (select 1 from t) select * from rank', ['T']],
    [
      'twice the same: the later wins, the earlier stays read',
      'with c as (select 1 from t), c as (select * from c, u) select * from c',
      ['T', 'U'],
    ],
    [
      'in a deep chain',
      `with c0 as (select 1 from t)${Array.from({ length: 60 }, (_, n) => `, c${n + 1} as (select * from c${n})`).join('')} select * from c60`,
      ['T'],
    ],
  ])('%s', (_rule, sql, reads) => {
    expect(agreed(sql)).toMatchObject({ reads });
  });

  it('do not cover a target', () => {
    expect(agreed('insert into c with c as (select 1 x from t) select * from c')).toMatchObject({
      writes: ['C'],
      reads: ['T'],
    });
    expect(agreed('create view c as with c as (select 1 from t) select * from c')).toMatchObject({
      writes: ['C'],
      reads: ['T'],
    });
    expect(
      agreed('merge into c using (with c as (select 1 x from t) select * from c) s on true when matched then delete'),
    ).toMatchObject({ writes: ['C'], reads: ['T'] });
  });
});
