import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Connector, EngineSession } from '../../../src/core/index.js';
import { batchesOf, opened, rowsOf, run } from './subject.js';

let connector: Connector;
let session: EngineSession;
beforeAll(async () => ({ connector, session } = await opened()));
afterAll(() => connector.close?.());

describe('cells', () => {
  it.each([
    ['9007199254740991::BIGINT', 9007199254740991, 'BIGINT'],
    ['9007199254740993::BIGINT', '9007199254740993', 'BIGINT'],
    ['(-9007199254740992)::BIGINT', '-9007199254740992', 'BIGINT'],
    ['18446744073709551615::UBIGINT', '18446744073709551615', 'UBIGINT'],
    ['42::HUGEINT', '42', 'HUGEINT'],
    ['(-128)::TINYINT', -128, 'TINYINT'],
    ['1.50::DECIMAL(12,2)', '1.50', 'DECIMAL(12,2)'],
    ['(-0.05)::DECIMAL(4,2)', '-0.05', 'DECIMAL(4,2)'],
    [
      '12345678901234567890123456789012345.678::DECIMAL(38,3)',
      '12345678901234567890123456789012345.678',
      'DECIMAL(38,3)',
    ],
    [`'nan'::DOUBLE`, 'NaN', 'DOUBLE'],
    [`'-inf'::DOUBLE`, '-Infinity', 'DOUBLE'],
    ['1.5::FLOAT', 1.5, 'FLOAT'],
    ['true', true, 'BOOLEAN'],
    [`DATE '2026-11-23'`, '2026-11-23', 'DATE'],
    [`DATE '0001-03-01'`, '0001-03-01', 'DATE'],
    [`'infinity'::DATE`, 'infinity', 'DATE'],
    [`DATE '1600-02-29'`, '1600-02-29', 'DATE'],
    [`DATE '12026-01-01'`, '+012026-01-01', 'DATE'],
    [`TIMESTAMP '2026-11-23 13:05:06'`, '2026-11-23T13:05:06', 'TIMESTAMP'],
    [`TIMESTAMP '1969-12-31 23:59:59.000001'`, '1969-12-31T23:59:59.000001', 'TIMESTAMP'],
    [`TIMESTAMP '1000-01-01 00:00:00.5'`, '1000-01-01T00:00:00.500000', 'TIMESTAMP'],
    [`'-infinity'::TIMESTAMP`, '-infinity', 'TIMESTAMP'],
    [`TIMESTAMPTZ '2026-11-23 13:00:00+02'`, '2026-11-23T11:00:00Z', 'TIMESTAMP WITH TIME ZONE'],
    [`'2026-11-23 13:00:00.123456789'::TIMESTAMP_NS`, '2026-11-23T13:00:00.123456789', 'TIMESTAMP_NS'],
    [`'2026-11-23 13:00:00'::TIMESTAMP_S`, '2026-11-23T13:00:00', 'TIMESTAMP_S'],
    [`'2026-11-23 13:00:00.123'::TIMESTAMP_MS`, '2026-11-23T13:00:00.123000', 'TIMESTAMP_MS'],
    [`TIME '13:05:00.25'`, '13:05:00.250000', 'TIME'],
    [`'13:05:00+05:30'::TIMETZ`, '13:05:00+05:30', 'TIME WITH TIME ZONE'],
    [`INTERVAL '1 month 2 days'`, '1 month 2 days', 'INTERVAL'],
    [`'\\xFF\\x00a'::BLOB`, '/wBh', 'BLOB'],
    [`'101'::BIT`, '101', 'BIT'],
    [`'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'::UUID`, 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11', 'UUID'],
    [`'b'::ENUM('a', 'b')`, 'b', 'ENUM'],
    ['NULL::INTEGER', null, 'INTEGER'],
    [`'Zoë 😀'`, 'Zoë 😀', 'VARCHAR'],
    ['[1, NULL, 9007199254740993]', [1, null, '9007199254740993'], 'BIGINT[]'],
    [
      `{'a': 1.5::DECIMAL(3,1), 'b': [DATE '2026-01-02']}`,
      { a: '1.5', b: ['2026-01-02'] },
      'STRUCT("a" DECIMAL(3,1), "b" DATE[])',
    ],
    [`MAP {'k': 7::HUGEINT}`, [{ key: 'k', value: '7' }], 'MAP(VARCHAR, HUGEINT)'],
    ['[1, 2]::INTEGER[2]', [1, 2], 'INTEGER[2]'],
    ['union_value(k := 3)', { tag: 'k', value: 3 }, 'UNION("k" INTEGER)'],
  ])('%s', async (sql, cell, type) => {
    const execution = await run(session, `SELECT ${sql} AS X`);
    expect(execution.columns).toEqual([{ name: 'X', type }]);
    expect(await batchesOf(execution)).toEqual([[[cell]]]);
    expect(JSON.parse(JSON.stringify(cell))).toEqual(cell);
  });

  it('keeps duplicate column names', async () => {
    const execution = await run(session, 'SELECT 1 AS A, 2 AS A');
    expect(execution.columns.map((each) => each.name)).toEqual(['A', 'A']);
    expect(await batchesOf(execution)).toEqual([[[1, 2]]]);
  });

  it.each(['row(1, 2)', '[row(1, 2)]', `{'__proto__': 1}`])('refuses what would lose fields: %s', async (sql) => {
    await expect(rowsOf(session, `SELECT ${sql}`)).rejects.toMatchObject({ code: 'ENGINE_REJECTED' });
    expect(await rowsOf(session, 'SELECT 1')).toEqual([[1]]);
  });

  it('brings binds through whole', async () => {
    const huge = 'é'.repeat(3_000_000);
    const binds = [huge, null, true, -0, 1.5, 9007199254740991, `'; DROP TABLE ORDERS; --`];
    expect(await rowsOf(session, 'SELECT ?, ?, ?, ?, ?, ?, ?', binds)).toEqual([binds]);
    expect(await rowsOf(session, 'SELECT ?::INTEGER + ID FROM ORDERS WHERE ID = ?', [1, 1])).toEqual([[2]]);
  });

  it('answers an empty result with its columns', async () => {
    const execution = await run(session, 'SELECT * FROM ORDERS WHERE ID > 99');
    expect(execution.columns).toHaveLength(2);
    expect(await batchesOf(execution)).toEqual([]);
  });
});
