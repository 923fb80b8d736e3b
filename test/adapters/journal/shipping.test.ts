import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleEvent } from '../../../src/core/contract/index.js';
import type { AuditSink } from '../../../src/core/index.js';
import { Cursor } from '../../../src/adapters/journal/cursor.js';
import { resolveSettings } from '../../../src/adapters/journal/options.js';
import { Shipper } from '../../../src/adapters/journal/shipper.js';
import { journal as sealed } from '../../../src/adapters/journal/journal.js';
import { journal, plain } from './plain.js';
import { eventsIn, place, segmentsIn } from './test-directory.js';
import { fill, ids, receiver, refuses, until } from './receiver.js';

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

  it('brings what became durable while it looked for more and found nothing, also where the journal closes then', async () => {
    const directory = place();
    const siem = receiver();
    const log = await journal({ directory });
    await fill(log, 20);
    await log.close?.();
    const [segment] = segmentsIn(directory);
    const whole = { segment: 1, offset: readFileSync(join(directory, segment as string)).length };
    let durable = { segment: 1, offset: 0 };
    const settings = resolveSettings({ directory, format: plain });
    const shipper = new Shipper(
      siem,
      await Cursor.load(directory, 'late'),
      { ...settings, format: plain },
      () => durable,
      () => undefined,
    );
    shipper.start();
    durable = whole;
    shipper.wake();
    await shipper.close(5_000);
    expect(siem.got).toHaveLength(20);
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
    const hung: AuditSink = {
      name: 'hung',
      deliver: (_parcels, signal) =>
        new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(new Error('gone')))),
    };
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
    const codes = siem.got.filter(({ kind }) => kind === 'event').map(({ headers }) => headers['ce_type']);
    expect(new Set(ids(siem.got)).size).toBe(
      150 + codes.filter((code) => code === 'dev.sallyport.audit.removed.v1').length,
    );
    expect(codes).toContain('dev.sallyport.audit.removed.v1');
    const again = await sealed({ directory, ship: siem, ...kept });
    await again.append(sampleEvent('session.opened', { session: 'later' }));
    expect((await again.record('later')).events).toHaveLength(1);
    expect(await again.record('s0')).toEqual({ events: [] });
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

  it('nothing for good of a journal in which little happens: a segment ends by its age too', async () => {
    const directory = place();
    const siem = receiver();
    const log = await sealed({ directory, ship: siem, keepMs: 0, checkpointEvents: 1, segmentMs: 30 });
    let turn = 0;
    await until(() => {
      void fill(log, 1, `s${(turn += 1)}`);
      expect(segmentsIn(directory)[0]).not.toBe('journal-00000001.jsonl');
    });
    await log.close?.();
    expect(new Set(ids(siem.got)).size).toBe(turn);
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

describe('what a journal is given to ship to', () => {
  it.each<[string, unknown]>([
    ['nothing to deliver to', { name: 'x' }],
    ['a name for no file', { name: '../x', deliver: refuses }],
    ['no name', { deliver: refuses }],
    ['two of one name', [receiver(), receiver()]],
    ['null', null],
  ])('%s is refused', async (_name, ship) => {
    await expect(journal({ directory: place(), ship: ship as AuditSink })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});
