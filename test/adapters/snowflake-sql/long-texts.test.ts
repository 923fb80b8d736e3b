import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { expect, it } from 'vitest';

it('texts of a megabyte that are all different do not use up the memory', { timeout: 180_000 }, () => {
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ['--max-old-space-size=160', '--import', 'tsx', join(import.meta.dirname, 'long-texts.ts')],
    { encoding: 'utf8' },
  );
  expect([status, stdout], stderr.slice(0, 500)).toEqual([0, '600\n']);
});
