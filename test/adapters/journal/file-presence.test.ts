import { cpSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { FilePresence } from '../../../src/adapters/journal/file-presence.js';
import { place } from './test-directory.js';

const gone = { code: 'ENOENT' };

async function opened(): Promise<{ readonly path: string; readonly file: FileHandle }> {
  const path = join(place(), 'deep', 'journal.jsonl');
  mkdirSync(dirname(path), { recursive: true });
  const file = await open(path, 'a');
  onTestFinished(() => file.close());
  return { path, file };
}

/** As it is where the system tells the names of open files, and where it does not. */
describe.each([
  ['by the name of the open file', 0],
  ['by what stands in its place', 1_000_000],
])('a file is known to be gone %s', (_how, off) => {
  const presence = async (): Promise<{ readonly path: string; readonly presence: FilePresence }> => {
    const { path, file } = await opened();
    const of = new FilePresence(path, file.fd + off, (await file.stat()).ino);
    await of.check();
    return { path, presence: of };
  };

  it.each<[string, (path: string) => void]>([
    ['deleted', (path) => rmSync(path)],
    ['renamed', (path) => renameSync(path, `${path}.1`)],
    [
      'replaced by another one',
      (path) => {
        writeFileSync(`${path}.new`, 'x');
        renameSync(`${path}.new`, path);
      },
    ],
    ['with its directory', (path) => rmSync(dirname(path), { recursive: true })],
    [
      'with its directory, of which a copy is left',
      (path) => {
        renameSync(dirname(path), `${dirname(path)}.away`);
        cpSync(`${dirname(path)}.away`, dirname(path), { recursive: true });
      },
    ],
  ])('at once when it was %s', async (_what, change) => {
    const { path, presence: of } = await presence();
    change(path);
    await expect(of.check()).rejects.toMatchObject(gone);
    expect(await of.isInPlace()).toBe(false);
  });

  it('and there again when its directory is', async () => {
    const { path, presence: of } = await presence();
    renameSync(dirname(path), `${dirname(path)}.away`);
    await expect(of.check()).rejects.toMatchObject(gone);
    renameSync(`${dirname(path)}.away`, dirname(path));
    await of.check();
    expect(await of.isInPlace()).toBe(true);
  });
});

it('a path with a link in it holds, however the link comes to the file', async () => {
  const home = place();
  mkdirSync(join(home, 'one'), { recursive: true });
  symlinkSync(join(home, 'one'), join(home, 'link'));
  const path = join(home, 'link', 'journal.jsonl');
  const file = await open(path, 'a');
  onTestFinished(() => file.close());
  const of = new FilePresence(path, file.fd, (await file.stat()).ino);
  await of.check();
  renameSync(join(home, 'one'), join(home, 'two'));
  await expect(of.check()).rejects.toMatchObject(gone);
  rmSync(join(home, 'link'));
  symlinkSync(join(home, 'two'), join(home, 'link'));
  await of.check();
  rmSync(join(home, 'two', 'journal.jsonl'));
  await expect(of.check()).rejects.toMatchObject(gone);
});
