import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { journal } from './plain.js';
import { auditContract, sampleEvent } from '../../../src/core/contract/index.js';
import { eventsIn, place, segmentsIn, wholeRecord } from './test-directory.js';

describe('the journal keeps the audit contract', () => {
  let directory = '';
  const subject = {
    open: () => {
      directory = place();
      return journal({ directory, segmentBytes: 4_096 });
    },
    reopen: () => journal({ directory, segmentBytes: 4_096 }),
  };
  it.each(auditContract(subject))('$name', (each) => each.run());
});

const unavailable = expect.objectContaining({ code: 'AUDIT_UNAVAILABLE', retryable: true }) as object;

describe('a torn end', () => {
  it('is cut at every possible byte, and nothing before it is lost', async () => {
    const directory = place();
    const log = await journal({ directory });
    const kept = sampleEvent('session.opened', { session: 's' });
    await log.append(kept);
    const [name = ''] = segmentsIn(directory);
    const path = join(directory, name);
    const whole = statSync(path).size;
    await log.append(sampleEvent('session.closed', { session: 's' }));
    await log.close?.();
    const bytes = readFileSync(path);
    for (let size = whole; size < bytes.length; size += 1) {
      for (const other of readdirSync(directory)) if (other !== name) rmSync(join(directory, other));
      writeFileSync(path, bytes.subarray(0, size));
      const again = await journal({ directory });
      expect((await again.record('s')).events).toEqual([kept]);
      await again.close?.();
      expect(statSync(path).size).toBe(whole);
    }
  });

  it.each([
    ['zeros', Buffer.alloc(600)],
    ['garbage with newlines', Buffer.from('{"id":1}\nxx\n\u0000\n')],
  ])('of %s is cut', async (_name, junk) => {
    const directory = place();
    const log = await journal({ directory });
    await log.append(sampleEvent('session.opened', { session: 's' }));
    await log.close?.();
    appendFileSync(join(directory, segmentsIn(directory)[0] ?? ''), junk);
    const again = await journal({ directory });
    await again.append(sampleEvent('session.closed', { session: 's' }));
    await again.close?.();
    expect(eventsIn(directory).map((event) => event.code)).toEqual(['session.opened', 'session.closed']);
  });

  it('is told from damage: a bad line before a good one is refused by file and line', async () => {
    const directory = place();
    const log = await journal({ directory });
    for (const session of ['a', 'b', 'c']) await log.append(sampleEvent('session.opened', { session }));
    await log.close?.();
    const path = join(directory, segmentsIn(directory)[0] ?? '');
    const lines = readFileSync(path, 'utf8').split('\n');
    lines[1] = (lines[1] ?? '').slice(5);
    writeFileSync(path, lines.join('\n'));
    await expect(journal({ directory })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('journal-00000001.jsonl line 2') as string,
    });
    expect(existsSync(join(directory, 'lock'))).toBe(false);
  });
});

describe('when it cannot write', () => {
  it('refuses while the directory is gone, and goes on when it is back', async () => {
    const directory = place();
    const log = await journal({ directory });
    const [first, lost, last] = ['a', 'b', 'c'].map((session) => sampleEvent('session.opened', { session }));
    await log.append(first as never);
    renameSync(directory, `${directory}.away`);
    await expect(log.append(lost as never)).rejects.toEqual(unavailable);
    await expect(log.append(lost as never)).rejects.toEqual(unavailable);
    renameSync(`${directory}.away`, directory);
    await log.append(last as never);
    await log.close?.();
    expect(eventsIn(directory)).toEqual([first, last]);
  });

  it('refuses while a file stands in its place', async () => {
    const directory = place();
    const log = await journal({ directory });
    await log.append(sampleEvent('session.opened', { session: 'a' }));
    rmSync(directory, { recursive: true });
    writeFileSync(directory, '');
    await expect(log.append(sampleEvent('session.opened'))).rejects.toEqual(unavailable);
    rmSync(directory);
    mkdirSync(directory);
    await log.append(sampleEvent('session.closed', { session: 'a' }));
    await log.close?.();
    expect(eventsIn(directory).map((event) => event.code)).toEqual(['session.closed']);
  });

  it('refuses when its segment was replaced behind its back', async () => {
    const directory = place();
    const log = await journal({ directory });
    await log.append(sampleEvent('session.opened', { session: 'a' }));
    const path = join(directory, segmentsIn(directory)[0] ?? '');
    renameSync(path, `${path}.old`);
    writeFileSync(path, '');
    await expect(log.append(sampleEvent('session.opened'))).rejects.toEqual(unavailable);
    await log.append(sampleEvent('session.closed', { session: 'a' }));
    expect(segmentsIn(directory)).toHaveLength(2);
    await log.close?.();
  });

  it('takes no intent into the reserve, but outcomes; and never deletes to make room', async () => {
    const directory = place();
    const log = await journal({ directory, segmentBytes: 2_000, maxBytes: 8_000, reserveBytes: 3_000 });
    let taken = 0;
    for (;;) {
      const refused = await log
        .append(sampleEvent('statement.authorized', { session: 's', statement: `t${taken}` }))
        .then(
          () => undefined,
          (error: unknown) => error,
        );
      if (refused !== undefined) {
        expect(refused).toEqual(unavailable);
        break;
      }
      taken += 1;
    }
    await log.append(sampleEvent('statement.executed', { session: 's', statement: 't0' }));
    await expect(log.append(sampleEvent('session.requested'))).rejects.toEqual(unavailable);
    const all = eventsIn(directory);
    expect(all).toHaveLength(taken + 1);
    expect(all[0]?.statement).toBe('t0');
    await log.close?.();
    const again = await journal({ directory, maxBytes: 8_000, reserveBytes: 3_000 });
    await expect(again.append(sampleEvent('session.requested'))).rejects.toEqual(unavailable);
    await again.close?.();
  });

  it('leaves nothing of an append that failed half-way', async () => {
    const directory = place();
    const log = await journal({ directory });
    await log.append(sampleEvent('session.opened', { session: 'a' }));
    const path = join(directory, segmentsIn(directory)[0] ?? '');
    const kept = statSync(path).size;
    renameSync(directory, `${directory}.away`);
    await expect(log.append(sampleEvent('session.closed', { session: 'a' }))).rejects.toThrow();
    renameSync(`${directory}.away`, directory);
    expect(statSync(path).size).toBeGreaterThan(kept);
    await log.close?.();
    expect(statSync(path).size).toBe(kept);
    truncateSync(path, kept);
  });
});

describe('many at once', () => {
  it('takes 10,000 appends in order over several segments, without loss', async () => {
    const directory = place();
    const log = await journal({ directory, segmentBytes: 200_000 });
    const events = Array.from({ length: 10_000 }, (_, index) =>
      sampleEvent('statement.delivered', { session: `s${index % 7}`, data: { index } }),
    );
    await Promise.all(events.map((event) => log.append(event)));
    expect(eventsIn(directory).map((event) => event.data['index'])).toEqual(events.map((_, index) => index));
    expect(segmentsIn(directory).length).toBeGreaterThan(3);
    expect((await wholeRecord(log, 's3')).map((event) => event.data['index'])).toEqual(
      events.map((_, index) => index).filter((index) => index % 7 === 3),
    );
    await log.close?.();
  });

  it('takes an event of several megabytes, and reads it back', async () => {
    const directory = place();
    const log = await journal({ directory });
    const huge = sampleEvent('session.opened', { session: 'huge', data: { text: 'é'.repeat(3_000_000) } });
    await log.append(huge);
    await log.close?.();
    const again = await journal({ directory });
    expect((await again.record('huge')).events).toEqual([huge]);
    await again.close?.();
  });

  it('writes what was waiting when it is closed, and refuses the rest', async () => {
    const directory = place();
    const log = await journal({ directory });
    const waiting = Array.from({ length: 100 }, () => log.append(sampleEvent('session.opened')));
    const closing = log.close?.();
    await expect(log.append(sampleEvent('session.opened'))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    await Promise.all(waiting);
    await closing;
    expect(eventsIn(directory)).toHaveLength(100);
  });
});

describe('options that cannot work are refused', () => {
  it.each([
    [{ directory: '' }, 'directory'],
    [{ segmentBytes: 0 }, 'segmentBytes'],
    [{ maxBytes: 1.5 }, 'maxBytes'],
    [{ maxBytes: 10, reserveBytes: 10 }, 'reserveBytes'],
  ])('%o', async (options, name) => {
    await expect(journal({ directory: place(), ...options })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(name) as string,
    });
  });
});
