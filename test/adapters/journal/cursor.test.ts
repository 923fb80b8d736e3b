import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { journal } from './plain.js';
import { place, segmentsIn } from './test-directory.js';
import { fill, ids, receiver, refuses, until } from './receiver.js';

const handle = await open(import.meta.filename);
const files = Object.getPrototypeOf(handle) as FileHandle;
await handle.close();

const cursorIn = (directory: string): unknown => JSON.parse(readFileSync(join(directory, 'cursor-siem.json'), 'utf8'));
const endOf = (directory: string): number => statSync(join(directory, segmentsIn(directory).at(-1) ?? '')).size;
/** Where so many lines of the first segment end. */
function behind(directory: string, lines: number): number {
  const text = readFileSync(join(directory, segmentsIn(directory)[0] ?? ''), 'utf8');
  return text
    .split('\n')
    .slice(0, lines)
    .reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0);
}

/** As many events as fit a batch: there is no telling whether more follow. */
const wholeBatch = 500;

/** A record of so many events that nobody was brought yet. */
async function filled(count: number): Promise<string> {
  const directory = place();
  const log = await journal({ directory });
  await fill(log, count);
  await log.close?.();
  return directory;
}

describe('how far a receiver has the record', () => {
  it.each([
    ['garbage', 'xx'],
    ['another shape', '{"segment":-1}'],
    ['nothing', ''],
  ])('begins anew where the cursor holds %s', async (_name, text) => {
    const directory = place();
    const siem = receiver();
    const first = await journal({ directory, ship: siem });
    await fill(first, 10);
    await first.close?.();
    writeFileSync(join(directory, 'cursor-siem.json'), text);
    const again = await journal({ directory, ship: siem });
    await until(() => expect(ids(siem.got)).toHaveLength(20));
    const cursor = join(directory, 'cursor-siem.json');
    const written = (): number => statSync(cursor).mtimeMs;
    await until(() => expect(cursorIn(directory)).toMatchObject({ offset: endOf(directory) }));
    const before = written();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(written(), 'it rests when there is nothing more').toBe(before);
    await again.close?.();
    expect(ids(siem.got)).toHaveLength(20);
    expect(new Set(ids(siem.got)).size).toBe(10);
  });

  it.each([1, 2, 3])('is kept to the end, also where %i whole batches are all there is', async (batches) => {
    const directory = await filled(batches * wholeBatch);
    const end = endOf(directory);
    const siem = receiver();
    const log = await journal({ directory, ship: siem });
    onTestFinished(() => log.close?.());
    await until(() => expect(cursorIn(directory)).toMatchObject({ segment: 1, offset: end }));
    expect(siem.got).toHaveLength(batches * wholeBatch);
  });

  it('is kept up to what failed, however little time there was', async () => {
    const directory = await filled(4 * wholeBatch);
    const siem = receiver();
    siem.down = async () => {
      if (siem.got.length >= 3 * wholeBatch) await refuses();
    };
    const log = await journal({ directory, ship: siem });
    await until(() => expect(siem.got).toHaveLength(3 * wholeBatch));
    await until(() =>
      expect(cursorIn(directory)).toMatchObject({ segment: 1, offset: behind(directory, 3 * wholeBatch) }),
    );
    await log.close?.();
    siem.down = undefined;
    await (await journal({ directory, ship: siem })).close?.();
    expect(new Set(ids(siem.got)).size).toBe(4 * wholeBatch);
    expect(siem.got).toHaveLength(4 * wholeBatch);
  });

  it('is kept while the next batch takes its time', async () => {
    const directory = await filled(2 * wholeBatch);
    const siem = receiver();
    const held: { go?: () => void } = {};
    siem.down = () =>
      siem.got.length === 0
        ? Promise.resolve()
        : new Promise((resolve) => {
            held.go = resolve;
          });
    const log = await journal({ directory, ship: siem });
    await until(() => expect(cursorIn(directory)).toMatchObject({ segment: 1, offset: behind(directory, wholeBatch) }));
    expect(siem.calls).toBe(2);
    held.go?.();
    await log.close?.();
    expect(siem.got).toHaveLength(2 * wholeBatch);
  });

  it('does not keep a journal from closing, nor a receiver that fails from being left alone then', async () => {
    const directory = await filled(2 * wholeBatch);
    const siem = receiver();
    siem.down = () => (siem.got.length === 0 ? Promise.resolve() : refuses());
    const held: { go?: () => void } = {};
    const syncing = vi.spyOn(files, 'datasync').mockImplementation(
      () =>
        new Promise((resolve) => {
          held.go = resolve;
        }),
    );
    onTestFinished(() => syncing.mockRestore());
    const log = await journal({ directory, ship: siem });
    await until(() => expect([siem.calls, syncing.mock.calls.length]).toEqual([2, 1]));
    const closing = log.close?.();
    syncing.mockRestore();
    held.go?.();
    await closing;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(siem.calls).toBe(2);
    expect(cursorIn(directory)).toMatchObject({ segment: 1, offset: behind(directory, wholeBatch) });
  });
});
