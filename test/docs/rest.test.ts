import { expect, it } from 'vitest';
import { routes } from '../../src/adapters/express/routes.js';
import { quoted, read, table } from './page.js';

const rows = table(read('docs/rest.md'), '| request | answer |');
const told = new Set(
  rows
    .flatMap(([request = '']) => quoted(request))
    .map((each) => /^([A-Z]+) (\/[^\s?]*)/.exec(each))
    .filter((each) => each !== null)
    .map(([, method, path]) => `${String(method)} ${String(path)}`),
);
const served = new Set(
  Object.entries(routes).flatMap(([path, route]) => Object.keys(route).map((method) => `${method} ${path}`)),
);

it('rest.md has each request that is served, and no other', () => {
  expect(
    [...told].toSorted(),
    'the table "| request | answer |" of docs/rest.md and the routes of src/adapters/express/routes.ts',
  ).toEqual([...served].toSorted());
});
