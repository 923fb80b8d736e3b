import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { tokenRefusals } from '../../../src/adapters/oidc/index.js';

const read = (path: string): string => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const page = read('docs/identity.md');

it('docs/identity.md has every reason, and none but those', () => {
  const rows = [...page.matchAll(/^\| `(token\.\w+)` \| (.+) \|$/gm)].map((match) => [match[1], match[2]]);
  expect(Object.fromEntries(rows)).toEqual(tokenRefusals);
  expect(rows).toHaveLength(Object.keys(tokenRefusals).length);
});

it('docs/identity.md has every option, and none but those', () => {
  const source = /interface OidcOptions \{(.*?)\n\}/s.exec(read('src/adapters/oidc/options.ts'))?.[1] ?? '';
  const options = [...source.matchAll(/^ {2}readonly (\w+)\??:/gm)].map((match) => match[1]);
  const table = page.slice(page.indexOf('| option |'), page.indexOf('Wrong options'));
  const rows = [...table.matchAll(/^\| `(\w+)` \|/gm)].map((match) => match[1]);
  expect(new Set(rows)).toEqual(new Set(options));
  expect(options.length).toBeGreaterThan(5);
});
