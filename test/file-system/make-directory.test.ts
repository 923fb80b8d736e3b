import { chmod, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { makeDirectory } from '../../src/file-system/make-directory.js';

const home = await mkdtemp(join(tmpdir(), 'make-directory-'));
afterAll(() => rm(home, { recursive: true, force: true }));

describe('makeDirectory', () => {
  it('makes a directory and those above it, for their owner alone', async () => {
    await makeDirectory(join(home, 'a/b/c'), 'journal: directory');
    for (const made of ['a', 'a/b', 'a/b/c']) expect((await stat(join(home, made))).mode & 0o777).toBe(0o700);
  });

  it('leaves a directory that exists as it is', async () => {
    await makeDirectory(join(home, 'there'), 'journal: directory');
    await chmod(join(home, 'there'), 0o750);
    await makeDirectory(join(home, 'there'), 'journal: directory');
    expect((await stat(join(home, 'there'))).mode & 0o777).toBe(0o750);
  });

  it('makes one directory for many who ask at the same time', async () => {
    await Promise.all(
      Array.from({ length: 20 }, () => makeDirectory(join(home, 'many/of/them'), 'journal: directory')),
    );
    expect((await stat(join(home, 'many/of/them'))).isDirectory()).toBe(true);
  });

  it('throws CONFIG_INVALID with the cause where a file stands in the way', async () => {
    await writeFile(join(home, 'file'), '');
    await expect(makeDirectory(join(home, 'file/below'), 'localKeys: directory')).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'localKeys: directory cannot be made',
      cause: { code: 'ENOTDIR' },
    });
  });
});
