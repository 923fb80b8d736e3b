import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { sampleEvent } from '../../../src/core/contract/index.js';
import { journal } from './plain.js';
import { allIn, place, segmentsIn } from './test-directory.js';
import { fill, receiver, refuses, until } from './receiver.js';

const handle = await open(import.meta.filename);
const files = Object.getPrototypeOf(handle) as FileHandle;
await handle.close();

const told = (directory: string): unknown[] =>
  allIn(directory)
    .filter((event) => event.code.startsWith('audit.'))
    .map(({ code, data }) => [code, data['cause'], data['sink']]);

describe('the record says when it is in trouble', () => {
  it('a receiver that is away for long, and its return', async () => {
    const directory = place();
    const siem = receiver();
    siem.down = refuses;
    const log = await journal({ directory, ship: siem, degradedAfterMs: 100 });
    await fill(log, 1);
    await until(() => expect(told(directory)).toEqual([['audit.degraded', 'receiver', 'siem']]));
    siem.down = undefined;
    await until(() => expect(told(directory)).toHaveLength(2));
    await log.close?.();
    expect(told(directory)[1]).toEqual(['audit.recovered', 'receiver', 'siem']);
  });

  it('a return that the disk did not take at first', async () => {
    const directory = place();
    const siem = receiver();
    siem.down = refuses;
    const log = await journal({ directory, ship: siem, degradedAfterMs: 100 });
    await fill(log, 1);
    await until(() => expect(told(directory)).toContainEqual(['audit.degraded', 'receiver', 'siem']));
    const real = Reflect.get(files, 'write') as (...all: unknown[]) => Promise<never>;
    let failed = 0;
    const failing = vi.spyOn(files, 'write').mockImplementation(async function take(
      this: FileHandle,
      ...given: unknown[]
    ) {
      if (failed > 0 || !(given[0] as Buffer).includes('audit.recovered')) return real.apply(this, given);
      failed += 1;
      throw Object.assign(new Error('ENOSPC'), { code: 'ENOSPC' });
    });
    siem.down = undefined;
    await until(() => expect(failed).toBe(1));
    await until(() => expect(told(directory)).toContainEqual(['audit.recovered', 'receiver', 'siem']));
    failing.mockRestore();
    await log.close?.();
  }, 60_000);

  it('room: told at 70 %, no session at 90 %, no statement at 100 %, outcomes and ends still', async () => {
    const directory = place();
    const siem = receiver();
    siem.down = refuses;
    const log = await journal({ directory, ship: siem, maxBytes: 110_000, reserveBytes: 10_000, segmentBytes: 5_000 });
    const takes = async (code: Parameters<typeof sampleEvent>[0]): Promise<boolean> =>
      log.append(sampleEvent(code, { session: 's', statement: 't' })).then(
        () => true,
        () => false,
      );
    const used = (): number => allIn(directory).reduce((sum, event) => sum + JSON.stringify(event).length + 3, 0);
    while (used() < 72_000) await fill(log, 20);
    await until(() => expect(told(directory)[0]).toEqual(['audit.degraded', 'room', undefined]));
    expect(await takes('session.requested')).toBe(true);
    while (used() < 90_500) await fill(log, 5);
    expect([await takes('session.requested'), await takes('statement.authorized')]).toEqual([false, true]);
    while (used() < 100_500) await fill(log, 2);
    expect([
      await takes('statement.authorized'),
      await takes('statement.executed'),
      await takes('session.closed'),
    ]).toEqual([false, true, true]);
    await log.close?.();
  });

  it('a torn end', async () => {
    const directory = place();
    const log = await journal({ directory });
    await fill(log, 2);
    await log.close?.();
    appendFileSync(join(directory, segmentsIn(directory)[0] ?? ''), '{"id":"half');
    await (await journal({ directory })).close?.();
    expect(allIn(directory).at(-1)).toMatchObject({
      code: 'audit.gap',
      data: { cause: 'torn', segment: 1, bytes: 11 },
    });
  });

  it('a disk that failed, once it works again', async () => {
    const directory = place();
    const log = await journal({ directory });
    await fill(log, 1);
    rmSync(directory, { recursive: true });
    await expect(fill(log, 1)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    mkdirSync(directory);
    await fill(log, 1, 'back');
    await until(() =>
      expect(told(directory)).toEqual([
        ['audit.degraded', 'disk', undefined],
        ['audit.recovered', 'disk', undefined],
      ]),
    );
    await log.close?.();
  });
});
