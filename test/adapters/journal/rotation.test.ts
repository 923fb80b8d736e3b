import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { jwkSigner, localKeys, newSigningKey, ocsf } from '../../../src/adapters/ocsf/index.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import type { AuditLog } from '../../../src/core/index.js';
import { journal } from '../../../src/adapters/journal/journal.js';
import { place } from './test-directory.js';
import { linesIn, verdictOf } from './verified-journal.js';

const handle = await open(import.meta.filename);
const files = Object.getPrototypeOf(handle) as FileHandle;
await handle.close();

async function opened(): Promise<{ readonly directory: string; readonly first: string; readonly log: AuditLog }> {
  const directory = place();
  const keys = await localKeys({ directory, rotateMs: 1 });
  const first = join(directory, 'first.json');
  copyFileSync(join(directory, 'jwks.json'), first);
  return { directory, first, log: await journal({ directory, format: ocsf(keys), checkpointEvents: 2 }) };
}

const write = async (log: AuditLog, session: string): Promise<void> => {
  for (let turn = 0; turn < 2; turn += 1)
    await log.append(sampleEvent('statement.delivered', { session, statement: `${session}-${turn}` }));
  await new Promise((resolve) => setTimeout(resolve, 20));
};

it('a signer that fails is told in the record, which goes on; so is its return, and all is sealed then', async () => {
  const directory = place();
  const signer = jwkSigner(newSigningKey());
  let away = true;
  const format = ocsf({
    authority: 'gate-1',
    signer: () => (away ? Promise.reject(new Error('the key service is away')) : signer),
  });
  const log = await journal({ directory, format, checkpointEvents: 2 });
  await write(log, 'a');
  const causes = (): string[] =>
    linesIn(directory).flatMap((line) =>
      line.includes('"event_code":"audit.')
        ? [`${/audit\.(\w+)/.exec(line)?.[1]} ${/"cause":"(\w+)"/.exec(line)?.[1]}`]
        : [],
    );
  await expect.poll(causes, { timeout: 20_000 }).toEqual(['degraded signer']);
  await write(log, 'b');
  expect(linesIn(directory).some((line) => line.startsWith('{"checkpoint"'))).toBe(false);
  away = false;
  await write(log, 'c');
  await expect.poll(causes, { timeout: 20_000 }).toEqual(['degraded signer', 'recovered signer']);
  await log.close?.();
  const keys = join(directory, 'public.json');
  writeFileSync(keys, JSON.stringify({ keys: [signer.publicKey] }));
  expect(await verdictOf(directory, keys)).toEqual(['ok']);
});

describe('a key that is replaced', () => {
  it('is announced under the one before, each time, and all of them are published', async () => {
    const { directory, first, log } = await opened();
    const seals = (): number => linesIn(directory).filter((line) => line.startsWith('{"checkpoint"')).length;
    for (const session of ['a', 'b', 'c']) {
      const before = seals();
      await write(log, session);
      // Each is sealed before the next begins, however slow the disk.
      await expect.poll(seals).toBeGreaterThan(before);
    }
    await log.close?.();
    const kids = new Set(
      linesIn(directory)
        .map((line) => JSON.parse(line) as { readonly checkpoint?: string })
        .flatMap(({ checkpoint }) =>
          checkpoint === undefined
            ? []
            : [JSON.parse(Buffer.from(checkpoint.split('.')[0] ?? '', 'base64url').toString()) as { kid: string }],
        )
        .map(({ kid }) => kid),
    );
    expect(kids.size).toBeGreaterThan(2);
    const published = (
      JSON.parse(readFileSync(join(directory, 'jwks.json'), 'utf8')) as { keys: { kid: string }[] }
    ).keys.map(({ kid }) => kid);
    expect([...kids].filter((kid) => !published.includes(kid))).toEqual([]);
    expect(await verdictOf(directory, first)).toEqual(['ok']);
  });

  it.each([0, 1])(
    'is announced again where the disk did not take the announcement: write %i of it fails',
    async (skipped) => {
      const { directory, first, log } = await opened();
      await write(log, 'a');
      const real = Reflect.get(files, 'write') as (...all: unknown[]) => Promise<never>;
      let left = skipped;
      const refused: unknown[] = [];
      const failing = vi.spyOn(files, 'write').mockImplementation(async function take(
        this: FileHandle,
        ...given: unknown[]
      ) {
        if (!(given[0] as Buffer).includes('{"checkpoint"') || left-- > 0) return real.apply(this, given);
        refused.push(given[0]);
        throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
      });
      onTestFinished(() => failing.mockRestore());
      // An event that shares the group of the announcement is refused with it.
      for (let turn = 0; refused.length === 0 && turn < 200; turn += 1)
        await write(log, `b${turn}`).catch(() => undefined);
      expect(refused.length).toBeGreaterThan(0);
      failing.mockRestore();
      await write(log, 'c');
      await log.close?.();
      expect(await verdictOf(directory, first)).toEqual(['ok']);
    },
  );
});
