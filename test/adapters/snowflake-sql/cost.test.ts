import { describe, expect, it } from 'vitest';
import { judge } from './test-analyzer.js';

/** What multiplies nothing that the data could make large, and so is no cost to refuse. */
const bounded: readonly string[] = [
  'select * from a, b, c',
  'select * from a, b, c, d where 1 = 1 and a.x = b.x and b.y = c.y and c.z = d.z',
  'select * from a, b, c, d where a_key = b_key and b_key = c_key',
  'select * from a join b using (x) natural join c join d on d.z = a.z and d.flag',
  'select * from a asof join b match_condition (a.t >= b.t), c, d',
  'with p as (select 0 as n union all select 1) select 1 from p a cross join p b cross join p c cross join p d cross join p e cross join p f',
  'with total as (select sum(x) as s from big), day as (select max(d) as d from big), one as (select 1 as k) select * from a cross join total cross join day cross join one',
  'with top_one as (select * from big order by x limit 1) select * from a, b, c, top_one',
  'select * from a, (select 1) p, (select 2) q, (select 3) r, (values (1), (2)) s',
  'select * from a, lateral flatten(a.v) f, lateral flatten(f.value) g, table(flatten(g.value)) h, lateral flatten(h.value) i',
  'select * from a, lateral (select * from b where b.x = a.x) p, lateral (select * from c where c.x = a.x) q, lateral (select * from d where d.x = a.x) r',
  'with recursive r as (select 1 as n union all select n + 1 from r where n < 10) select n from r',
  'with r as (select id from t where p is null union all select t.id from t join r on t.p = r.id) select id from r',
  'select a is distinct from b, c, d, e, f from t',
  'select nth_value(a, 2) from first over (partition by b order by c), d, e, f, g from t',
  'select extract(year from d), e, f, g, h from t',
  'select a, b, c, d from t group by a, b, c, d order by a, b, c, d',
  'select 1 from table(generator(rowcount => (1000)))',
];

describe('what tables multiply', () => {
  it.each(bounded)('%s', async (sql) => {
    expect(await judge(sql)).toMatchObject({ decision: 'allow', reason: null });
  });

  it.each(['select 1 from a) , b', ')', 'select * from a, b) where (c, d', '(select 1 from t'])(
    'a bracket too many or too few is no surprise: %s',
    async (sql) => {
      expect(await judge(sql)).toMatchObject({ decision: 'deny' });
    },
  );
});
