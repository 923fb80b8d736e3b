import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly scripts: Readonly<Record<string, string>>;
  readonly exports: Readonly<Record<string, unknown>>;
  readonly version: string;
};
// Inside the package, so that its own name resolves as it does for a user.
const folder = join(root, 'reports/readme');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('README', () => {
  it('has two commands that exist', () => {
    expect(readme).toMatch(/^npm ci && npm start\b/m);
    expect(readme).toMatch(/^npm ci && npm test\b/m);
    expect(manifest.scripts).toMatchObject({
      prestart: expect.stringContaining('build'),
      start: 'tsx examples/quickstart/main.ts',
      test: 'vitest run',
    });
  });

  it('shows TypeScript that compiles', () => {
    const blocks = [...readme.matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
    expect(blocks.length).toBeGreaterThanOrEqual(2);
    mkdirSync(folder, { recursive: true });
    blocks.forEach((block, index) => writeFileSync(join(folder, `block-${index}.ts`), block));
    writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ extends: '../../tsconfig.json', include: ['*.ts'] }));
    const compiled = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
      encoding: 'utf8',
    });
    expect([compiled.status, compiled.stdout]).toEqual([0, '']);
  });

  it('lists exactly the subpaths that are exported', () => {
    const listed = [...readme.matchAll(/^\| `(sallyport[\w/-]*)` \|/gm)].map((match) => match[1]);
    const exported = Object.keys(manifest.exports)
      .filter((path) => path !== './package.json')
      .map((path) => path.replace(/^\./, 'sallyport'));
    expect(new Set(listed)).toEqual(new Set(exported));
    expect(listed).toHaveLength(exported.length);
  });

  it('links only to what is there', () => {
    const links = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1] ?? '');
    expect(links.length).toBeGreaterThan(2);
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
  });
});

describe('CHANGELOG', () => {
  it('says what is coming, or has an entry for this version', () => {
    const changelog = readFileSync(join(root, 'CHANGELOG.md'), 'utf8');
    expect(changelog).toMatch(
      new RegExp(`^## \\[(Unreleased|${manifest.version.replaceAll('.', String.raw`\.`)})\\]`, 'm'),
    );
  });
});
