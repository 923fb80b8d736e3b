import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { read } from './page.js';

const root = join(import.meta.dirname, '../..');
// Inside the package, so that its own name resolves as it does for a user.
const folder = join(root, 'reports/docs');
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const pages = ['docs', 'docs/siem', 'examples/siem'].flatMap((place) =>
  readdirSync(join(root, place))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${place}/${name}`),
);
const blocks = new Map(
  pages.flatMap((page) =>
    [...read(page).matchAll(/^```ts\n([\s\S]*?)^```$/gm)].map((match, index) => [
      `${page.replaceAll('/', '-').replace('.md', '')}-${index}.ts`,
      match[1] ?? '',
    ]),
  ),
);

/** Every value that the package exports, and where from. */
async function exported(): Promise<ReadonlyMap<string, string>> {
  const { exports } = JSON.parse(read('package.json')) as { readonly exports: Readonly<Record<string, unknown>> };
  const paths = Object.keys(exports)
    .filter((path) => path !== './package.json')
    .map((path) => path.replace(/^\./, 'sallyport'));
  const names = await Promise.all(
    paths.map(async (path) => Object.keys((await import(path)) as object).map((name) => [name, path] as const)),
  );
  return new Map(names.flat().toReversed());
}

function compiled(files: ReadonlyMap<string, string>): readonly string[] {
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of files) writeFileSync(join(folder, name), `${text}export {};\n`);
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions: { noUnusedLocals: false }, include: ['*.ts'] }),
  );
  const { stdout } = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
    cwd: folder,
    encoding: 'utf8',
  });
  return stdout.split('\n').filter((line) => line !== '');
}

/** A name that a block does not declare is one of ours, or the reader's own. */
function completed(
  files: ReadonlyMap<string, string>,
  complaints: readonly string[],
  ours: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const missing = complaints.flatMap((line) => {
    const found = /^(\S+\.ts)\(.*error TS(?:2304|18004|2593): [^']*'(\w+)'/.exec(line);
    return found === null ? [] : [{ file: found[1] as string, name: found[2] as string }];
  });
  return new Map(
    [...files].map(([file, text]) => {
      const names = [...new Set(missing.filter((each) => each.file === file).map(({ name }) => name))];
      const lines = names.map((name) =>
        ours.has(name) ? `import { ${name} } from '${ours.get(name) as string}';` : `declare const ${name}: any;`,
      );
      return [file, `${lines.join('\n')}\n${text}`];
    }),
  );
}

describe('the TypeScript in the docs', () => {
  it('compiles against what the package exports', async () => {
    expect(blocks.size).toBeGreaterThan(15);
    const whole = completed(blocks, compiled(blocks), await exported());
    expect(compiled(whole)).toEqual([]);
  }, 120_000);
});
