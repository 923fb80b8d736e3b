import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { shipped } from '../support/built.js';
import { quoted, read, table } from './page.js';

const page = read('docs/cli.md');
const commands = [
  'analyze',
  'approvals',
  'sessions',
  'actors',
  'mcp',
  'audit verify',
  'audit show',
  'audit tail',
  'audit reconcile',
  'audit repair',
  'audit quarantine',
  'audit schema',
  'snowflake setup',
  'snowflake doctor',
];
const ask = (...args: string[]) =>
  spawnSync(process.execPath, [shipped, ...args], { encoding: 'utf8', env: { ...process.env, SALLYPORT_TOKEN: '' } });
const flagsIn = (text: string): readonly string[] =>
  [...text.matchAll(/(?<![\w-])--?[a-z][a-z-]*/g)].map(([flag]) => flag);
const common = new Set(['-h', '--help']);

describe.each(commands)('sallyport %s', (command) => {
  const { stdout: help } = ask(...command.split(' '), '--help');
  // The list of options: flags at the start of a line, before two blanks.
  const offered = new Set(
    [...help.matchAll(/^ {2}(-.*)$/gm)]
      .flatMap(([, line]) => flagsIn(String(line).split(/ {2,}/)[0] ?? ''))
      .filter((flag) => !common.has(flag)),
  );

  it('has each flag of its help in docs/cli.md, and no other', () => {
    const header = `| flag of \`${command}\` | means |`;
    const told = new Set(
      table(page, header)
        .flatMap(([flag = '']) => quoted(flag))
        .flatMap((each) => flagsIn(each)),
    );
    expect(offered.size).toBeGreaterThan(0);
    expect([...told].toSorted(), `the table "${header}" of docs/cli.md and the help must have the same flags`).toEqual(
      [...offered].toSorted(),
    );
  });

  it('points to its own help where it is used wrongly', () => {
    const wrong = ask(...command.split(' '), '--no-such-flag');
    expect([wrong.status, wrong.stdout]).toEqual([command.startsWith('audit') ? 3 : 2, '']);
    expect(wrong.stderr).toMatch(new RegExp(`^Try sallyport ${command} --help\\.$`, 'm'));
  });

  it('sends to no page that the package does not hold', () => {
    const { files } = JSON.parse(read('package.json')) as { readonly files: readonly string[] };
    const named = [...help.matchAll(/docs\/[\w/.-]+\.md/g)].map(([path]) => path);
    expect(named.filter((path) => !files.includes(path) && !files.includes('docs'))).toEqual([]);
  });
});

it('docs/cli.md has each command, and no other', () => {
  const told = table(page, '| command | does | more |').flatMap(([command = '']) => quoted(command));
  expect(told.toSorted()).toEqual(commands.toSorted());
});

it('docs/cli.md has each variable of the environment that the command reads, and no other', () => {
  const source = readdirSync(new URL('../../src/cli/', import.meta.url), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => read(`src/cli/${name}`))
    .join('\n');
  const readByCode = new Set(
    [...source.matchAll(/\bSALLYPORT_TOKEN\b|\bSNOWFLAKE_[A-Z_]*[A-Z]\b/g)].map(([name]) => name),
  );
  const told = table(page, '| variable | means |').flatMap(([name = '']) => quoted(name));
  expect(told.toSorted(), 'the table "| variable | means |" of docs/cli.md').toEqual([...readByCode].toSorted());
});

describe('the command lines that the pages show', () => {
  const pages = [
    'README.md',
    ...['docs', 'docs/siem', 'examples/siem'].flatMap((place) =>
      readdirSync(new URL(`../../${place}/`, import.meta.url))
        .filter((name) => name.endsWith('.md'))
        .map((name) => `${place}/${name}`),
    ),
  ];
  const blocks = pages.flatMap((path) =>
    [...read(path).matchAll(/^```(?:sh|console|bash)?\n([\s\S]*?)^```/gm)].map(([, block]) => ({
      path,
      block: String(block).replaceAll(/\\\n\s*/g, ' '),
    })),
  );
  const lines = blocks.flatMap(({ path, block }) =>
    [...block.matchAll(/\bsallyport ((?:analyze|approvals|sessions|actors|mcp|audit|snowflake)\b[^|>#\n]*)/g)].map(
      ([, line]) => ({ path, line: String(line).trim() }),
    ),
  );

  it.each(lines)('$path: sallyport $line has flags that there are', ({ line }) => {
    const command = commands.find((each) => line.startsWith(each)) ?? line;
    const header = `| flag of \`${command}\` | means |`;
    const known = new Set(
      table(page, header)
        .flatMap(([flag = '']) => quoted(flag))
        .flatMap((each) => flagsIn(each)),
    );
    const bare = line.replaceAll(/"[^"]*"|'[^']*'/g, '');
    expect(flagsIn(bare).filter((flag) => !known.has(flag))).toEqual([]);
  });

  it('are there', () => {
    expect(lines.length).toBeGreaterThan(8);
  });
});
