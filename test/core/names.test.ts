import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatObject, formatSchema, parseSchema } from '../../src/core/index.js';
import { formatName } from '../../src/core/data/names.js';

describe('names', () => {
  it.each([
    ['ORDERS', 'ORDERS'],
    ['_A$1', '_A$1'],
    ['orders', '"orders"'],
    ['1A', '"1A"'],
    ['A B', '"A B"'],
    ['A"B', '"A""B"'],
    ['A.B', '"A.B"'],
    ['É', '"É"'],
    ['', '""'],
  ])('%j is written %s', (stored, written) => {
    expect(formatName(stored)).toBe(written);
  });

  it.each([
    ['acme.ops', 'ACME', 'OPS'],
    ['"acme".ops', 'acme', 'OPS'],
    ['A."b.c"', 'A', 'b.c'],
    ['A."b""c"', 'A', 'b"c'],
    ['_x.y$1', '_X', 'Y$1'],
  ])('%s is read', (text, database, schema) => {
    expect(parseSchema(text)).toEqual({ database, schema });
  });

  it.each(['', 'A', 'A.', '.B', 'A.B.C', 'A..B', 'A."B', '"".B', 'A.B;', 'A B.C', '1A.B', 'A."B"C', 'é.B', 'A. B'])(
    '%j is no schema',
    (text) => {
      expect(() => parseSchema(text)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    },
  );

  it('are read back as they were written', () => {
    const name = fc.string({ minLength: 1, unit: 'binary' });
    fc.assert(
      fc.property(name, name, (database, schema) => {
        expect(parseSchema(formatSchema({ database, schema }))).toEqual({ database, schema });
      }),
    );
  });

  it('of objects have three parts', () => {
    expect(formatObject({ database: 'A', schema: 'b', name: 'C', kind: 'table' })).toBe('A."b".C');
  });
});
