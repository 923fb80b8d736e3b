import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '../..');

interface Listed {
  readonly file: string;
  readonly projectName: string;
}

function list(...more: readonly string[]): readonly Listed[] {
  const json = execFileSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'list', '--filesOnly', '--json', ...more],
    { cwd: root, encoding: 'utf8', maxBuffer: 1 << 24 },
  );
  return JSON.parse(json.slice(json.indexOf('['))) as readonly Listed[];
}

const there = readdirSync(join(root, 'test'), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.test.ts'))
  .map((name) => join('test', name))
  .toSorted();

describe('test projects', () => {
  it('each test file is in exactly one project', () => {
    expect(
      list()
        .map(({ file }) => relative(root, file))
        .toSorted(),
    ).toEqual(there);
  });

  it('the smoke tests have the whole unit project and name only files that are there', () => {
    const unit = new Set(list('--project', 'unit').map(({ file }) => file));
    const smoke = list('--config', 'vitest.smoke.config.ts');
    const own = smoke.filter(({ projectName }) => projectName === 'smoke').map(({ file }) => file);
    expect(own.filter((file) => unit.has(file))).toEqual([]);
    expect(smoke.length - own.length).toBe(unit.size);
    expect(own.length).toBeGreaterThan(20);
  });
});
