import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatRedacted } from '../../src/adapters/snowflake-sql/lex/canonical.js';
import { tokenize } from '../../src/adapters/snowflake-sql/lex/lexer.js';
import { ocsf } from '../../src/adapters/ocsf/index.js';

/** Stands in every literal and every comment, and nowhere else. */
const marker = fc.integer({ min: 0, max: 9_999 }).map((number) => `7731${String(number).padStart(4, '0')}`);
const around = fc.string({
  unit: fc.constantFrom('a', ' ', '"', 'ü', '😀', '%', '--', '/*', '*/', ';', '?', ')', '\n', '@', '$', ':'),
  maxLength: 6,
});

const inside = fc.tuple(around, marker, around).map((parts) => parts.join(''));
const literal = fc.oneof(
  inside.map((text) => `'${text}'`),
  fc.tuple(inside, inside).map(([one, other]) => `'${one}''${other}'`),
  inside.map((text) => `'${text}\\''`),
  inside.map((text) => `'\\\\${text}'`),
  inside.filter((text) => !text.includes('$')).map((text) => `$$${text}$$`),
  marker.map((digits) => `X'${digits}'`),
  marker.map((digits) => `x'${digits}'`),
  marker,
  marker.map((digits) => `${digits}.${digits}`),
  marker.map((digits) => `.${digits}`),
  marker.map((digits) => `${digits}e-${digits.slice(0, 4)}7731`),
  marker.map((digits) => `-${digits}`),
  marker.map((digits) => `DATE '${digits}'`),
  marker.map((digits) => `INTERVAL '${digits} days'`),
  marker.map((digits) => `{'key': '${digits}'}`),
  marker.map((digits) => `[${digits}, '${digits}']`),
  marker.map((digits) => `col['${digits}']`),
);
const comment = fc.oneof(
  inside.map((text) => `--${text.replaceAll('\n', ' ')}\n`),
  inside.map((text) => `/*${text.replaceAll('*/', '').replaceAll('/*', '')}*/`),
  marker.map((digits) => `//${digits}\n`),
);
const other = fc.constantFrom(
  'select',
  'from',
  'where',
  'name',
  '"Quoted name"',
  'ops.orders',
  '(',
  ')',
  ',',
  '=',
  '<>',
  '||',
  '::',
  'in',
  'like',
  'and',
  'as',
  '*',
  '+',
  'cast',
  '?',
  '->',
  ':key',
  '$1',
  'x',
  'X',
);
const statement = fc.array(
  fc.oneof({ weight: 3, arbitrary: other }, { weight: 2, arbitrary: literal }, { weight: 1, arbitrary: comment }),
  { minLength: 1, maxLength: 24 },
);

/** Undefined for what is refused: of that nothing is recorded. */
function redacted(sql: string): string | undefined {
  try {
    return formatRedacted(tokenize(sql));
  } catch {
    return undefined;
  }
}

it('no literal and no comment survives where the text is redacted, however they are written and put together', () => {
  let read = 0;
  fc.assert(
    fc.property(statement, fc.constantFrom(' ', '  ', '\n'), (parts, blank) => {
      const text = redacted(parts.join(blank));
      if (text === undefined) return;
      read += 1;
      expect(text).not.toMatch(/7731/);
      const format = ocsf({ authority: 'gate-1' });
      const event = {
        id: 'i',
        code: 'statement.authorized',
        at: 1,
        instance: 'x',
        session: 's',
        statement: 't',
        data: { sql: text, recorded: 'redacted', digest: 'd'.repeat(64) },
      } as const;
      // Digests, ids and seals have digits of their own, now and then these.
      for (const line of format.write(event, format.begin()).lines)
        expect(line.replaceAll(/"[\w.:=-]{32,}"/g, '')).not.toMatch(/7731\d{4}/);
    }),
    { numRuns: 3_000 },
  );
  expect(read).toBeGreaterThan(1_000);
});
