import { existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { read } from './page.js';

const root = join(import.meta.dirname, '../..');
const pages = ['docs', 'docs/adr', 'docs/contributing', 'docs/siem'].flatMap((place) =>
  readdirSync(join(root, place))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${place}/${name}`),
);
const linksOf = (page: string): readonly string[] =>
  [...read(page).matchAll(/\]\((?!https?:)([^)\s]+)\)/g)].map(([, link]) => String(link));

/** The anchors of a page, as GitHub makes them of its headings. */
function anchorsOf(page: string): ReadonlySet<string> {
  return new Set(
    [...read(page).matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
      String(heading)
        .toLowerCase()
        .replaceAll(/[^\w\s-]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

it('docs/README.md names each page', () => {
  const linked = new Set([
    ...linksOf('docs/README.md').map((link) => join('docs', link)),
    ...linksOf('docs/adr/README.md').map((link) => join('docs/adr', link)),
  ]);
  expect(
    pages.filter((page) => page !== 'docs/README.md' && !linked.has(page)),
    'write a row for each into docs/README.md',
  ).toEqual([]);
});

it.each(['README.md', 'CHANGELOG.md', 'CONTRIBUTING.md', ...pages])(
  '%s holds no mark of a merge that was left undone',
  (page) => {
    expect([...read(page).matchAll(/^(?:<{7}|={7}$|>{7})/gm)]).toEqual([]);
  },
);

it.each(['README.md', 'SECURITY.md', 'CONTRIBUTING.md', ...pages])('%s links to what is there', (page) => {
  const broken = linksOf(page).filter((link) => {
    const [path = '', anchor] = link.split('#');
    const target = path === '' ? page : join(dirname(page), path);
    if (!existsSync(join(root, target))) return true;
    return anchor !== undefined && target.endsWith('.md') && !anchorsOf(target).has(anchor);
  });
  expect(broken).toEqual([]);
});
