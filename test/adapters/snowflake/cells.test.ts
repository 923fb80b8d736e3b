import { describe, expect, it } from 'vitest';
import { convertColumns, createRowConverter } from '../../../src/adapters/snowflake/cells.js';
import type { DriverColumn } from '../../../src/adapters/snowflake/driver/api.js';

const column = (type: string, scale = 0, name = 'C', precision = 38): DriverColumn => ({
  getName: () => name,
  getType: () => type,
  getScale: () => scale,
  getPrecision: () => precision,
  isNullable: () => true,
});
const read = (type: string, raw: unknown, scale = 0): unknown =>
  createRowConverter([column(type, scale)])([[raw as string]])[0]?.[0];

describe('a cell', () => {
  it.each<[type: string, scale: number, raw: unknown, cell: unknown]>([
    ['fixed', 0, '42', 42],
    ['fixed', 0, '-7', -7],
    ['fixed', 0, '9007199254740991', 9007199254740991],
    ['fixed', 0, '9007199254740992', '9007199254740992'],
    ['fixed', 0, '99999999999999999999999999999999999999', '99999999999999999999999999999999999999'],
    ['fixed', 2, '1.10', '1.10'],
    ['fixed', 37, '0.1234567890123456789012345678901234567', '0.1234567890123456789012345678901234567'],
    ['real', 0, '1.5', 1.5],
    ['real', 0, '1e308', 1e308],
    ['real', 0, 'NaN', 'NaN'],
    ['real', 0, 'inf', 'inf'],
    ['real', 0, '-inf', '-inf'],
    ['boolean', 0, '1', true],
    ['boolean', 0, '0', false],
    ['boolean', 0, 'true', true],
    ['boolean', 0, 'FALSE', false],
    ['text', 0, '', ''],
    ['text', 0, 'null', 'null'],
    ['text', 0, '\u0000\u202e', '\u0000\u202e'],
    ['date', 0, '0', '1970-01-01'],
    ['date', 0, '-1', '1969-12-31'],
    ['date', 0, '19782', '2024-02-29'],
    ['date', 0, '2932896', '9999-12-31'],
    ['time', 0, '3661', '01:01:01'],
    ['time', 9, '0.000000001', '00:00:00.000000001'],
    ['time', 3, '86399.999000000', '23:59:59.999'],
    ['timestamp_ntz', 9, '1700000000.123456789', '2023-11-14T22:13:20.123456789'],
    ['timestamp_ntz', 0, '-1', '1969-12-31T23:59:59'],
    ['timestamp_ntz', 3, '-0.5', '1969-12-31T23:59:59.500'],
    ['timestamp_ltz', 3, '1700000000.120000000', '2023-11-14T22:13:20.120Z'],
    ['timestamp_tz', 0, '1700000000 1440', '2023-11-14T22:13:20Z'],
    ['timestamp_tz', 0, '1700000000 1500', '2023-11-14T23:13:20+01:00'],
    ['timestamp_tz', 0, '1700000000 1110', '2023-11-14T16:43:20-05:30'],
    ['binary', 0, '00FF', 'AP8='],
    ['variant', 0, '{"a":[1,null]}', { a: [1, null] }],
    ['variant', 0, '"text"', 'text'],
    ['array', 0, '[1,undefined]', '[1,undefined]'],
    ['variant', 0, '12345678901234567890', '12345678901234567890'],
    ['variant', 0, '"12345678901234567890"', '12345678901234567890'],
    ['object', 0, '{"n":0.12345678901234567}', '{"n":0.12345678901234567}'],
    ['variant', 0, '(() => { globalThis.pwned = true })()', '(() => { globalThis.pwned = true })()'],
    ['geography', 0, 'POINT(1 2)', 'POINT(1 2)'],
  ])('of type %s(%i) is read: %j', (type, scale, raw, cell) => {
    expect(read(type, raw, scale)).toEqual(cell);
    expect((globalThis as { pwned?: unknown }).pwned).toBeUndefined();
  });

  it.each([
    'fixed',
    'real',
    'boolean',
    'text',
    'date',
    'time',
    'timestamp_ntz',
    'timestamp_ltz',
    'timestamp_tz',
    'binary',
    'variant',
    'array',
    'object',
    'map',
    'vector',
    'unheard of',
  ])('that is NULL is null: %s', (type) => {
    expect(read(type, null)).toBeNull();
  });

  it.each([
    ['boolean', 'maybe'],
    ['date', ''],
    ['date', '1.5'],
    ['date', '99999999999'],
    ['time', 'x'],
    ['timestamp_ntz', '1e9'],
    ['timestamp_tz', '1700000000'],
    ['timestamp_tz', '0 99999'],
  ])('of type %s that is none is refused, not guessed: %j', (type, raw) => {
    expect(() => read(type, raw)).toThrow(expect.objectContaining({ code: 'ENGINE_REJECTED' }) as Error);
  });

  it('keeps its place among columns of the same name', () => {
    const columns = [column('fixed', 0, 'ID'), column('text', 0, 'ID'), column('fixed', 2, 'ID', 12)];
    expect(convertColumns(columns)).toEqual([
      { name: 'ID', type: 'NUMBER(38,0)', nullable: true },
      { name: 'ID', type: 'VARCHAR', nullable: true },
      { name: 'ID', type: 'NUMBER(12,2)', nullable: true },
    ]);
    expect(createRowConverter(columns)([['1', '2', '3.00']])).toEqual([[1, '2', '3.00']]);
  });
});
