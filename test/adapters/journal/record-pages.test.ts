import { describe, expect, it } from 'vitest';
import { sampleEvent } from '../../../src/core/contract/index.js';
import { place, segmentsIn, wholeRecord } from './test-directory.js';
import { journal } from './plain.js';
import { journal as sealed } from '../../../src/adapters/journal/journal.js';

describe('a record by pages', () => {
  it('holds a session that is spread thin over many segments, and the same after a restart', async () => {
    const directory = place();
    const log = await journal({ directory, segmentBytes: 50_000 });
    const events = Array.from({ length: 3_000 }, (_, index) =>
      sampleEvent('statement.delivered', { session: index % 100 === 7 ? 'thin' : `s${index % 9}`, data: { index } }),
    );
    await Promise.all(events.map((event) => log.append(event)));
    expect(segmentsIn(directory).length).toBeGreaterThan(3);
    const mine = events.filter(({ session }) => session === 'thin');
    for (const limit of [1, 7, 1_000]) expect(await wholeRecord(log, 'thin', limit)).toEqual(mine);
    await log.close?.();
    const again = await journal({ directory });
    expect(await wholeRecord(again, 'thin', 7)).toEqual(mine);
    await again.append(sampleEvent('session.closed', { session: 'thin' }));
    expect((await again.record('thin', { after: String(mine.length) })).events.map(({ code }) => code)).toEqual([
      'session.closed',
    ]);
    await again.close?.();
  });

  it('passes over the texts that stand before an event, wherever a page begins', async () => {
    const directory = place();
    const open = () => sealed({ directory });
    const log = await open();
    for (let index = 0; index < 6; index += 1)
      await log.append(
        sampleEvent('statement.authorized', {
          session: 's',
          statement: `t${index}`,
          text: `SELECT ${index}`,
          data: { index },
        }),
      );
    expect((await wholeRecord(log, 's', 4)).map(({ data }) => data['index'])).toEqual([0, 1, 2, 3, 4, 5]);
    await log.close?.();
    const again = await open();
    expect((await wholeRecord(again, 's', 4)).map(({ data }) => data['index'])).toEqual([0, 1, 2, 3, 4, 5]);
    await again.close?.();
  });

  it('many that are read at once keep no append waiting', async () => {
    const log = await journal({ directory: place() });
    await Promise.all(
      Array.from({ length: 6_000 }, (_, index) =>
        log.append(sampleEvent('statement.delivered', { session: 'long', data: { index, sql: 'x'.repeat(400) } })),
      ),
    );
    const waits: number[] = [];
    const reading = new AbortController();
    const read = Promise.all(Array.from({ length: 25 }, () => wholeRecord(log, 'long', 200))).finally(() =>
      reading.abort(),
    );
    while (!reading.signal.aborted) {
      const before = performance.now();
      await log.append(sampleEvent('session.opened', { session: 'other' }));
      waits.push(performance.now() - before);
    }
    expect((await read).every((events) => events.length === 6_000)).toBe(true);
    // Whole records at once held it for seconds.
    expect(waits.length).toBeGreaterThan(20);
    expect(waits.toSorted((a, b) => a - b)[Math.floor(waits.length * 0.9)]).toBeLessThan(150);
    await log.close?.();
  });
});
