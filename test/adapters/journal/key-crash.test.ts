import { copyFileSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type * as Files from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { localKeys, newSigningKey, ocsf } from '../../../src/adapters/ocsf/index.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import type { AuditLog } from '../../../src/core/index.js';
import { journal } from '../../../src/adapters/journal/journal.js';
import { place } from './test-directory.js';
import { verdictOf } from './verified-journal.js';

const moments = await vi.hoisted(async () => new (await import('./directory-snapshots.js')).Moments());

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof Files>();
  return { ...real, open: moments.open(real.open), rename: moments.rename(real.rename) };
});

const open = async (directory: string, rotateMs: number): Promise<AuditLog> =>
  journal({
    directory,
    format: ocsf({ ...(await localKeys({ directory, rotateMs })), authority: 'gate-1' }),
    checkpointEvents: 1,
    checkpointMs: 3_600_000,
  });
const write = (log: AuditLog, statement: string): Promise<void> =>
  log.append(sampleEvent('statement.delivered', { session: 'a', statement }));
const never = 86_400_000;

it('a crash while keys are replaced is taken up by the next start, at whatever step it came', async () => {
  const [directory, elsewhere] = [place(), place()];
  await (await open(directory, never)).close?.();
  // Of before the first replacement: all that a careful verifier has.
  const first = join(elsewhere, 'first.json');
  copyFileSync(join(directory, 'jwks.json'), first);
  let log = await open(directory, never);
  await write(log, 'one');
  await log.close?.();
  log = await open(directory, 0);
  moments.watch(directory, elsewhere);
  for (const statement of ['two', 'three']) await write(log, statement);
  await log.close?.();
  moments.end();
  expect(moments.kept.length).toBeGreaterThan(20);
  const told: Record<string, readonly string[]> = {};
  for (const [index, { step, directory: copy }] of moments.kept.entries()) {
    const left = await verdictOf(copy, first);
    if (left[0] === 'tampered') told[`${index} ${step}, as it was left`] = left;
    for (const rotateMs of [never, 0]) {
      const next = await open(copy, rotateMs);
      await write(next, 'after');
      await next.close?.();
      if (existsSync(join(copy, 'keys.json.new'))) told[`${index} ${step}, its draft`] = ['is still there'];
    }
    const verdict = await verdictOf(copy, first);
    if (verdict[0] !== 'ok') told[`${index} ${step}`] = verdict;
  }
  expect(told).toEqual({});
});

it('keeps no key that is of no use any more', async () => {
  const directory = place();
  await (await open(directory, never)).close?.();
  const secret = (): unknown => JSON.parse(readFileSync(join(directory, 'keys.json'), 'utf8'));
  const old = (secret() as { readonly signing: { readonly d: string } }).signing.d;
  const log = await open(directory, 0);
  await write(log, 'one');
  await log.close?.();
  const later = await open(directory, never);
  await write(later, 'two');
  await later.close?.();
  expect(JSON.stringify(secret())).not.toContain(old);
  expect(secret()).not.toHaveProperty('predecessor');
});

it.each(['alone', 'with a predecessor'])(
  'a key that somebody put in its place is not taken for its successor: %s',
  async (how) => {
    const directory = place();
    await (await open(directory, never)).close?.();
    const first = join(place(), 'first.json');
    copyFileSync(join(directory, 'jwks.json'), first);
    const log = await open(directory, never);
    await write(log, 'one');
    await log.close?.();
    const path = join(directory, 'keys.json');
    const stored = JSON.parse(readFileSync(path, 'utf8')) as object;
    writeFileSync(
      path,
      JSON.stringify({
        ...stored,
        signing: newSigningKey(),
        ...(how === 'alone' ? {} : { predecessor: newSigningKey() }),
      }),
    );
    const later = await open(directory, never);
    await write(later, 'two');
    await later.close?.();
    expect(await verdictOf(directory, first)).toContain('key: the checkpoint over 1: its key is unknown');
  },
);
