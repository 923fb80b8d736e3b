import { afterAll, describe, expect, it } from 'vitest';
import { createParserPool } from '../../../../src/adapters/snowflake-sql/parsers/parser-pool.js';

const never = (): AbortSignal => new AbortController().signal;
const pool = createParserPool({ size: 1, timeoutMs: 250 });
const times = (count: number, piece: string): string => piece.repeat(count);

afterAll(() => pool.close());

/**
 * Every text is about as large as the lexer lets through, or larger: a parser may refuse, trap or be too slow, but must
 * end.
 */
const bombs: readonly (readonly [name: string, sql: string])[] = [
  ['brackets', `select ${times(5_000, '(')}1${times(5_000, ')')}`],
  ['open brackets', `select ${times(60_000, '(')}`],
  ['subqueries', `${times(1_000, 'select * from (')}select 1${times(1_000, ')')}`],
  ['AND', `select 1 from t where a = 1${times(5_000, ' and a = 1')}`],
  ['plus', `select 1${times(30_000, '+1')}`],
  ['NOT', `select ${times(10_000, 'not ')}true`],
  ['minus', `select ${times(10_000, '- ')}1`],
  ['casts', `select x${times(5_000, '::int')}`],
  ['path steps', `select x${times(5_000, ':b')}`],
  ['indices', `select x${times(10_000, '[0]')}`],
  ['IN list', `select 1 from t where x in (1${times(10_000, ',1')})`],
  ['CASE', `select case ${times(4_000, 'when 1 then 1 ')} end`],
  ['nested CASE', `select ${times(2_000, 'case when 1 then ')}1${times(2_000, ' end')}`],
  ['nested calls', `select ${times(3_000, 'f(')}1${times(3_000, ')')}`],
  ['UNION', `select 1${times(3_000, ' union select 1')}`],
  ['joins', `select 1 from t${times(3_000, ' cross join t')}`],
  [
    'CTEs',
    `with c as (select 1)${Array.from({ length: 1_500 }, (_, n) => `, c${n} as (select * from c)`).join('')} select 1`,
  ],
  ['columns', `select a${times(3_000, '.a')} from t`],
  ['dots', `select a${times(3_000, '.a')} from t`],
  ['arrays', `select ${times(5_000, '[')}1${times(5_000, ']')}`],
  ['lambdas', `select f(${times(3_000, 'x -> ')}x)`],
  ['a long word', `select ${times(60_000, 'a')}`],
  ['a long literal', `select '${times(60_000, 'a')}'`],
  ['commas', `select ${times(20_000, ',')}`],
  ['window frames', `select f(x)${times(800, ' over (order by x)')} from t`],
  ['quotes', times(30_000, '""')],
];

describe('parser bombs', () => {
  it.each(bombs)('%s: it ends, and what follows is read', async (_name, sql) => {
    const readings = await pool.read(sql, never());
    expect(readings.ok || ['unparsed', 'timeout', 'crashed', 'disagree'].includes(readings.why)).toBe(true);
    expect(await pool.read('select 1 from t', never())).toMatchObject({ ok: true });
  });
});
