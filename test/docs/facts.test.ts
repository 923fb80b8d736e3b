import { expect, it } from 'vitest';
import { eventDataSchemas } from '../../src/adapters/ocsf/event-data-schemas.js';
import { eventCodes } from '../../src/core/index.js';
import { quoted, read, table } from './page.js';

const page = read('docs/record.md');
const header = '| code | when | facts in `data`, besides the common ones |';
const names = (text: string): readonly string[] =>
  quoted(text)
    .map((each) => each.replace(/: .*/, ''))
    .filter((each) => /^[A-Za-z_]+$/.test(each));
const common: ReadonlySet<string> = new Set(names(/The common facts:[\s\S]*?\n\n/.exec(page)?.[0] ?? ''));
const rows = new Map(
  table(page, header).flatMap(([codes = '', , told = '']) =>
    quoted(codes).map((code) => [code, new Set(names(told))] as const),
  ),
);
/** Per code the events of a gateway are compared in siem.test.ts; a schema has what its codes share. */
const anywhere = new Set([...rows.values()].flatMap((told) => [...told]));
const shape = (code: string): readonly string[] =>
  Object.keys(eventDataSchemas[code as keyof typeof eventDataSchemas].shape);

it.each(eventCodes)('record.md has each fact of the schema of %s', (code) => {
  const missing = shape(code).filter((fact) => !common.has(fact) && !anywhere.has(fact));
  expect(
    missing,
    `write these into the row of ${code} in docs/record.md under "${header}", or into "The common facts"`,
  ).toEqual([]);
});

it('record.md has no common fact that no schema has', () => {
  const known = new Set(eventCodes.flatMap(shape));
  const memoryOnly = new Set(['digest', 'renderedDigest', 'sql']);
  const inside = new Set([
    'ticket',
    'reviewers',
    'binding',
    'plugin',
    'obligation',
    'rule',
    'omitted',
    'bytes',
    'sha256',
    'metadata',
    'redacted',
    'full',
    'memoryAudit',
    'src_endpoint',
    'query_info',
  ]);
  expect([...common].filter((fact) => !known.has(fact) && !memoryOnly.has(fact) && !inside.has(fact))).toEqual([]);
});
