import { appendFileSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { sampleEvent } from '../../../src/core/contract/index.js';
import type { AuditLog, AuditSink, Parcel } from '../../../src/core/index.js';
import { journal as sealed } from '../../../src/journal.js';
import { journal } from './plain.js';
import { allIn, eventsIn, place, segmentsIn } from './place.js';

const handle = await open(import.meta.filename);
const files = Object.getPrototypeOf(handle) as FileHandle;
await handle.close();

interface Receiver extends AuditSink {
  readonly got: Parcel[];
  /** What the next deliveries do instead of taking what they are given. */
  down: (() => Promise<void>) | undefined;
  calls: number;
}

function receiver(name = 'siem'): Receiver {
  const made: Receiver = {
    name, got: [], down: undefined, calls: 0,
    async deliver(parcels) {
      made.calls += 1;
      if (made.down !== undefined) await made.down();
      made.got.push(...parcels);
    },
  };
  return made;
}

const refuses = (): Promise<void> => Promise.reject(new Error('down'));
const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 20_000, interval: 10 });
const ids = (parcels: readonly Parcel[]): string[] => parcels.filter((each) => each.kind === 'event').map((each) => each.id);
const fill = async (log: AuditLog, count: number, session = 's'): Promise<void> => {
  await Promise.all(Array.from({ length: count }, (_, index) => log.append(sampleEvent('statement.delivered', { session, statement: `${session}-${index}` }))));
};

describe('shipping', () => {
  it('brings everything, in the order of the record', async () => {
    const directory = place();
    const siem = receiver();
    const log = await journal({ directory, ship: siem, segmentBytes: 20_000 });
    for (let round = 0; round < 5; round += 1) await fill(log, 300, `s${round}`);
    await log.close?.();
    expect(ids(siem.got)).toEqual(eventsIn(directory).map((event) => event.id));
    expect(siem.got).toHaveLength(1_500);
  });

  it('goes on where the last run was, twice rather than never', async () => {
    const directory = place();
    const siem = receiver();
    for (let run = 0; run < 4; run += 1) {
      const log = await journal({ directory, ship: siem });
      await fill(log, 100, `run-${run}`);
      await log.close?.();
    }
    expect(new Set(ids(siem.got)).size).toBe(400);
    expect(siem.got).toHaveLength(400);
  });

  it.each([['garbage', 'xx'], ['another shape', '{"segment":-1}'], ['nothing', '']])('begins anew where the cursor holds %s', async (_name, text) => {
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
    const end = statSync(join(directory, segmentsIn(directory).at(-1) ?? '')).size;
    await until(() => expect(JSON.parse(readFileSync(cursor, 'utf8'))).toMatchObject({ offset: end }));
    const before = written();
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(written(), 'it rests when there is nothing more').toBe(before);
    await again.close?.();
    expect(ids(siem.got)).toHaveLength(20);
    expect(new Set(ids(siem.got)).size).toBe(10);
  });

  it('waits for a receiver that is away, loses nothing, and keeps the order', async () => {
    const directory = place();
    const siem = receiver();
    siem.down = refuses;
    const log = await journal({ directory, ship: siem, segmentBytes: 10_000 });
    await fill(log, 700);
    await until(() => expect(siem.calls).toBeGreaterThan(1));
    siem.down = undefined;
    await fill(log, 700, 't');
    await until(() => expect(siem.got).toHaveLength(1_400));
    await log.close?.();
    expect(ids(siem.got)).toEqual(eventsIn(directory).map((event) => event.id));
  });

  it('one receiver that is away does not hold up another', async () => {
    const directory = place();
    const [up, down] = [receiver('up'), receiver('down')];
    down.down = refuses;
    const log = await journal({ directory, ship: [up, down] });
    await fill(log, 100);
    await until(() => expect(up.got).toHaveLength(100));
    await log.close?.();
    expect(down.got).toHaveLength(0);
  });

  it('never delivers twice at once, also to a receiver that does not obey', async () => {
    const directory = place();
    let [now, most] = [0, 0];
    const slow: AuditSink = {
      name: 'slow',
      async deliver() {
        now += 1;
        most = Math.max(most, now);
        await new Promise((resolve) => setTimeout(resolve, 5));
        now -= 1;
      },
    };
    const log = await journal({ directory, ship: slow });
    for (let round = 0; round < 20; round += 1) await fill(log, 10, `s${round}`);
    await log.close?.();
    expect(most).toBe(1);
  });

  it('closes although a receiver never answers', async () => {
    const directory = place();
    const hung: AuditSink = { name: 'hung', deliver: (_parcels, signal) => new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('gone')))) };
    const log = await journal({ directory, ship: hung });
    await fill(log, 10);
    await log.close?.();
    const siem = receiver('hung');
    await (await journal({ directory, ship: siem })).close?.();
    expect(ids(siem.got)).toHaveLength(10);
  });

  it('never skips a line that it cannot read', async () => {
    const directory = place();
    const siem = receiver();
    siem.down = refuses;
    const log = await journal({ directory, ship: siem });
    await fill(log, 3);
    const path = join(directory, segmentsIn(directory)[0] ?? '');
    const lines = readFileSync(path, 'utf8').split('\n');
    writeFileSync(path, [lines[0], 'x'.repeat((lines[1] ?? '').length), ...lines.slice(2)].join('\n'));
    siem.down = undefined;
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(siem.got).toEqual([]);
    await log.close?.();
  });
});

describe('what stays on disk', () => {
  const kept = { segmentBytes: 4_000, keepMs: 0, checkpointEvents: 5 } as const;

  it('only what a receiver still needs', async () => {
    const directory = place();
    const siem = receiver();
    const log = await sealed({ directory, ship: siem, ...kept });
    for (let round = 0; round < 30; round += 1) await fill(log, 5, `s${round}`);
    await until(() => expect(segmentsIn(directory).length).toBeLessThan(8));
    await log.close?.();
    expect(new Set(ids(siem.got)).size).toBe(150);
    const again = await sealed({ directory, ship: siem, ...kept });
    await again.append(sampleEvent('session.opened', { session: 'later' }));
    expect(await again.record('later')).toHaveLength(1);
    expect(await again.record('s0')).toEqual([]);
    await again.close?.();
  });

  it('everything, while a receiver is away or there is none', async () => {
    for (const ship of [undefined, [receiver('up'), { ...receiver('down'), deliver: refuses }]]) {
      const directory = place();
      const log = await sealed({ directory, ...(ship === undefined ? {} : { ship }), ...kept });
      for (let round = 0; round < 10; round += 1) await fill(log, 5, `s${round}`);
      await log.close?.();
      expect(segmentsIn(directory)[0]).toBe('journal-00000001.jsonl');
    }
  });

  it('what is younger than it must be kept', async () => {
    const directory = place();
    const log = await sealed({ directory, ship: receiver(), ...kept, keepMs: 3_600_000 });
    for (let round = 0; round < 10; round += 1) await fill(log, 5, `s${round}`);
    await log.close?.();
    expect(segmentsIn(directory)[0]).toBe('journal-00000001.jsonl');
  });

  it('what an unanswered intent of an earlier run lies in', async () => {
    const directory = place();
    const first = await sealed({ directory, ...kept });
    await first.append(sampleEvent('statement.authorized', { session: 'open', statement: 'open' }));
    await first.close?.();
    const siem = receiver();
    const log = await sealed({ directory, ship: siem, ...kept });
    for (let round = 0; round < 10; round += 1) await fill(log, 5, `s${round}`);
    await until(() => expect(ids(siem.got).length).toBeGreaterThan(45));
    await new Promise((resolve) => setTimeout(resolve, 100));
    expect(segmentsIn(directory)[0]).toBe('journal-00000001.jsonl');
    await log.append(sampleEvent('statement.unresolved', { session: 'open', statement: 'open' }));
    for (let round = 0; round < 10; round += 1) await fill(log, 5, `t${round}`);
    await until(() => expect(segmentsIn(directory)[0]).not.toBe('journal-00000001.jsonl'));
    await log.close?.();
  });
});

const told = (directory: string): unknown[] => allIn(directory).filter((event) => event.code.startsWith('audit.')).map(({ code, data }) => [code, data['cause'], data['sink']]);

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
    const failing = vi.spyOn(files, 'write').mockImplementation(async function take(this: FileHandle, ...given: unknown[]) {
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
    const takes = async (code: Parameters<typeof sampleEvent>[0]): Promise<boolean> => log.append(sampleEvent(code, { session: 's', statement: 't' })).then(() => true, () => false);
    const used = (): number => allIn(directory).reduce((sum, event) => sum + JSON.stringify(event).length + 3, 0);
    while (used() < 72_000) await fill(log, 20);
    await until(() => expect(told(directory)[0]).toEqual(['audit.degraded', 'room', undefined]));
    expect(await takes('session.requested')).toBe(true);
    while (used() < 90_500) await fill(log, 5);
    expect([await takes('session.requested'), await takes('statement.authorized')]).toEqual([false, true]);
    while (used() < 100_500) await fill(log, 2);
    expect([await takes('statement.authorized'), await takes('statement.executed'), await takes('session.closed')]).toEqual([false, true, true]);
    await log.close?.();
  });

  it('a torn end', async () => {
    const directory = place();
    const log = await journal({ directory });
    await fill(log, 2);
    await log.close?.();
    appendFileSync(join(directory, segmentsIn(directory)[0] ?? ''), '{"id":"half');
    await (await journal({ directory })).close?.();
    expect(allIn(directory).at(-1)).toMatchObject({ code: 'audit.gap', data: { cause: 'torn', segment: 1, bytes: 11 } });
  });

  it('a disk that failed, once it works again', async () => {
    const directory = place();
    const log = await journal({ directory });
    await fill(log, 1);
    rmSync(directory, { recursive: true });
    await expect(fill(log, 1)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    const { mkdirSync } = await import('node:fs');
    mkdirSync(directory);
    await fill(log, 1, 'back');
    await until(() => expect(told(directory)).toEqual([['audit.degraded', 'disk', undefined], ['audit.recovered', 'disk', undefined]]));
    await log.close?.();
  });
});

describe('what a journal is given to ship to', () => {
  it.each<[string, unknown]>([['nothing to deliver to', { name: 'x' }], ['a name for no file', { name: '../x', deliver: refuses }], ['no name', { deliver: refuses }], ['two of one name', [receiver(), receiver()]], ['null', null]])('%s is refused', async (_name, ship) => {
    await expect(journal({ directory: place(), ship: ship as AuditSink })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
