import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { denialAdvice } from '../../src/adapters/mcp/denial-advice.js';
import { agentsGuide } from '../../src/adapters/mcp/agents-guide.js';
import { resolveSettings } from '../../src/adapters/mcp/options.js';
import { tools } from '../../src/adapters/mcp/server.js';
import { denials, faults, type Gateway } from '../../src/core/index.js';
import { quoted, read, table } from './page.js';

describe('docs/mcp.md', () => {
  const page = read('docs/mcp.md');

  it('names every tool and no other', () => {
    expect(table(page, '| tool | does |').flatMap(([tool = '']) => quoted(tool))).toEqual(
      tools.map(({ name }) => name),
    );
  });

  it('names every reason that this adapter gives', () => {
    const folder = new URL('../../src/adapters/mcp/', import.meta.url);
    const source = readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => readFileSync(new URL(name, folder), 'utf8'))
      .join('\n');
    const given = [...source.matchAll(/reason: '([\w.]+)'/g)].map(([, reason]) => reason);
    expect(given.length).toBeGreaterThan(5);
    for (const reason of [...given, 'describe.unavailable']) expect(page).toContain(`\`${String(reason)}\``);
  });

  it('tells the defaults as they are', () => {
    const { pageRows, pageBytes, heldRows, heldBytes, heldMs, approvalWaitMs, progressMs, stallMs } = resolveSettings(
      { run: () => undefined } as unknown as Gateway,
      {},
    );
    expect({ pageRows, pageBytes, heldRows, heldBytes, heldMs, approvalWaitMs, progressMs, stallMs }).toEqual({
      pageRows: 200,
      pageBytes: 64 * 1_024,
      heldRows: 10_000,
      heldBytes: 64 * 1_048_576,
      heldMs: 300_000,
      approvalWaitMs: 45_000,
      progressMs: 2_000,
      stallMs: 60_000,
    });
    for (const said of ['200 rows, 64 KiB', '10,000 rows', '64 MiB', '300,000', '45,000', '2,000', '60,000'])
      expect(page).toContain(said);
  });
});

describe('docs/agents.md', () => {
  it('is what the gateway serves, comes with the package, and names tools and codes that there are', () => {
    const page = read('docs/agents.md');
    expect(agentsGuide.text()).toBe(page);
    expect((JSON.parse(read('package.json')) as { files: string[] }).files).toContain('docs/agents.md');
    const known: ReadonlySet<string> = new Set(tools.map(({ name }) => name));
    for (const word of page.match(/\b(?:list|open|close|run|explain|describe|more|session)_[a-z]+\b/g) ?? [])
      expect(known).toContain(word);
    const told = table(page, '| code | do this |').flatMap(([code = '']) => quoted(code));
    expect(told.toSorted(), 'the table "| code | do this |" of docs/agents.md has each code of a denial, once').toEqual(
      Object.keys(denials).toSorted(),
    );
    for (const code of page.match(/\b[A-Z]+_[A-Z_]+\b/g) ?? [])
      expect(Object.keys({ ...denials, ...faults })).toContain(code);
  });

  it('has advice for every denial', () => {
    expect(Object.keys(denialAdvice).toSorted()).toEqual(Object.keys(denials).toSorted());
  });
});
