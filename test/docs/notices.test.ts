import { expect, it } from 'vitest';
import { members, quoted, read, table } from './page.js';

const page = read('docs/notifying.md');
const source = read('src/core/approvals/notice.ts');
const rows = table(page, '| `type` | told when | beside what each has |');
const types = [...(/readonly type:\s([^;]+);/.exec(source)?.[1] ?? '').matchAll(/'([\w.]+)'/g)].map(([, type]) =>
  String(type),
);

it('notifying.md has each type of notice, and no other', () => {
  expect(types.length).toBeGreaterThan(3);
  expect(
    rows.flatMap(([type = '']) => quoted(type)).toSorted(),
    'the table "| `type` | told when |" of docs/notifying.md',
  ).toEqual(types.toSorted());
});

it('notifying.md has each member of a notice and of its statement, and no other', () => {
  const each = quoted(/^Each notice has[\s\S]*?\n\n/m.exec(page)?.[0] ?? '');
  const told = new Set([...each, ...rows.flatMap(([, , more = '']) => quoted(more))]);
  const known = new Set([...members(source, 'Notice'), ...members(source, 'NoticeStatement')]);
  expect(
    [...known].filter((name) => !told.has(name)),
    'write these into docs/notifying.md, below the table of types',
  ).toEqual([]);
  expect([...told].filter((name) => !known.has(name) && name !== 'name')).toEqual([]);
});
