import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { parseVerifierState, verifier } from '../../../src/adapters/ocsf/verify/index.js';
import { again, kinds, LogWriter, newKey, rechained, told, verified } from './chains.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Verifies one state of a log, then another with what was remembered of the first. */
async function twice(
  first: readonly string[],
  then: readonly string[],
  keys: unknown,
  log: string | null = 'log',
): ReturnType<typeof verified> {
  const { memory } = await verified(first, { keys }, log);
  return verified(then, { keys, memory: again(memory) }, log);
}

describe('what was verified before', () => {
  it('a tail and its checkpoints cut together: nothing in the log tells, the memory does', async () => {
    const log = new LogWriter().events(5).seal().events(5).seal();
    const cut = log.lines.slice(0, 6);
    expect(await verified(cut, { keys: log.keys })).toMatchObject({ verdict: 'ok', chains: [{ last: 5, sealed: 5 }] });
    const report = await twice(log.lines, cut, log.keys);
    expect([report.verdict, kinds(report), report.memory]).toEqual(['tampered', ['cut'], undefined]);
  });

  it('the newest chain cut off as a whole', async () => {
    const log = new LogWriter().events(5).seal();
    const { length } = log.lines;
    log.start().events(5).stop();
    const report = await twice(log.lines, log.lines.slice(0, length), log.keys);
    expect([report.verdict, kinds(report)]).toEqual(['tampered', ['cut']]);
  });

  it('all of a writer gone', async () => {
    const [one, two] = [new LogWriter('host-a').events(3).stop(), new LogWriter('host-b').events(3).stop()];
    const report = await twice([...one.lines, ...two.lines], two.lines, { keys: [one.key.jwk, two.key.jwk] }, null);
    expect([report.verdict, kinds(report)]).toEqual(['tampered', ['cut']]);
  });

  it('unsealed events, rewritten', async () => {
    const log = new LogWriter().events(5).seal().events(5);
    const lines = rechained(log.lines, 8, (event: Record<string, unknown>) => {
      event['severity_id'] = 5;
    });
    expect((await verified(lines, { keys: log.keys })).verdict).toBe('ok');
    expect(kinds(await twice(log.lines, lines, log.keys))).toEqual(['rewritten']);
  });

  it('the last checkpoint cut off', async () => {
    const log = new LogWriter().events(5).seal().events(5).seal();
    expect(kinds(await twice(log.lines, log.lines.slice(0, -1), log.keys))).toEqual(['cut']);
  });

  it('a log that grew is whole', async () => {
    const log = new LogWriter().events(5).seal().events(2);
    const first = [...log.lines];
    log.events(2).seal().start().events(3).stop();
    const report = await twice(first, log.lines, log.keys);
    expect([told(report), report.verdict]).toEqual([[], 'ok']);
    expect(Object.values(report.memory?.chains ?? {}).map(({ seq }) => seq)).toEqual([9, 4]);
    expect((await twice(log.lines, log.lines, log.keys)).verdict).toBe('ok');
  });

  it('a beginning that is absent is said with a memory as without one, but where the record says that retention removed it', async () => {
    const log = new LogWriter().events(5).seal().events(5).seal();
    const first = [...log.lines];
    log.events(2).seal();
    for (const cut of [6, 11, 13]) {
      const [known, fresh] = [
        await twice(first, log.lines.slice(cut), log.keys),
        await verified(log.lines.slice(cut), { keys: log.keys }),
      ];
      expect([known.verdict, fresh.verdict]).toEqual(['incomplete', 'incomplete']);
      expect(told(known)).toEqual(expect.arrayContaining([...told(fresh)]));
    }
    const other = rechained(log.lines, 9, (event: Record<string, unknown>) => {
      event['severity_id'] = 5;
    });
    expect(kinds(await twice(first, other.slice(12), log.keys))).toContain('link');

    const told6 = log.removed(6).seal();
    expect(told(await verified(told6.lines.slice(6), { keys: log.keys }))).toEqual([]);
    expect(told(await verified(told6.lines.slice(7), { keys: log.keys }))).toEqual(['start@1']);
  });

  it('a removal counts only where it is sealed, and of its own writer only', async () => {
    const unsealed = new LogWriter().events(5).seal().events(5).seal().removed(6);
    expect(kinds(await verified(unsealed.lines.slice(6), { keys: unsealed.keys }))).toContain('start');
    const log = new LogWriter().events(5).seal().events(5).seal();
    const other = new LogWriter('host-b');
    other.lines.push(...log.lines);
    const told6 = other.removed(6).lines.at(-1) as string;
    other.lines.length = 0;
    const report = await verified(
      [...log.lines.slice(6), told6, ...other.seal().lines],
      { keys: { keys: [log.key.jwk, other.key.jwk] } },
      null,
    );
    expect(kinds(report)).toContain('start');
  });

  it('a chain that is absent is missed with a memory as without one, unless retention removed it', async () => {
    const log = new LogWriter().events(5).seal();
    const { length } = log.lines;
    log.start().events(3).seal();
    const one = await verified(log.lines, { keys: log.keys });
    const two = await verified(log.lines.slice(length), { keys: log.keys, memory: again(one.memory) });
    const bare = await verified(log.lines.slice(length), { keys: log.keys });
    expect([one, two, bare].map(told)).toEqual([[], ['missing', 'start@4'], ['missing', 'start@4']]);
    log.removed(length).seal();
    expect(told(await verified(log.lines.slice(length), { keys: log.keys }))).toEqual([]);
  });

  it('a chain between others is missed though it was verified', async () => {
    const log = new LogWriter().events(2).seal();
    const from = log.lines.length;
    log.start().events(2).seal();
    const to = log.lines.length;
    log.start().events(2).stop();
    expect((await twice(log.lines, [...log.lines.slice(0, from), ...log.lines.slice(to)], log.keys)).verdict).toBe(
      'tampered',
    );
  });

  it('names that every object has are only names', async () => {
    const log = new LogWriter('constructor', newKey());
    log.events(3).stop();
    const report = await verified(log.lines, { keys: log.keys });
    expect(report.verdict).toBe('ok');
    expect(told(await verified(log.lines, { keys: log.keys, memory: again(report.memory) }))).toEqual([]);
    expect(again(report.memory).authorities).toHaveProperty('constructor');
  });

  it.each([
    '',
    '{}',
    'null',
    '[]',
    '{"v":2,"chains":{},"authorities":{}}',
    '{"v":1,"chains":{"a":{}},"authorities":{}}',
    '{"v":1,"chains":{},"authorities":{"a":{"latest":1,"checkpoints":[]}}}',
    '{"v":1,"chains":{},',
  ])('a memory that cannot be read is not taken for none: %s', (text) => {
    expect(() => parseVerifierState(text)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('is read as it was written', async () => {
    const log = new LogWriter().events(3).stop();
    const { memory } = await verified(log.lines, { keys: log.keys });
    expect(parseVerifierState(JSON.stringify(memory))).toEqual(memory);
  });
});

describe('how much it keeps', () => {
  it('in order, no more for 200,000 events than for 20,000', async () => {
    const log = new LogWriter();
    const check = await verifier({ keys: log.keys, window: 1_024 });
    let line = 0;
    const feed = async (count: number): Promise<number> => {
      for (let each = 1; each <= count; each += 1) {
        log.event(
          each % 2 === 0 ? 'statement.executed' : 'statement.authorized',
          {},
          `s-${Math.ceil(log.sequence / 2)}`,
        );
        if (each % 1_000 === 0) log.seal();
        for (const text of log.lines.splice(0))
          await check.take(text, { source: 'file', line: (line += 1), log: 'log' });
      }
      collect();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      return heapUsed + arrayBuffers;
    };
    const early = await feed(20_000);
    const late = await feed(180_000);
    const report = check.report();
    expect(report).toMatchObject({ verdict: 'ok', events: 200_000, chains: [{ sealed: 200_000, unsealed: 0 }] });
    expect(late - early).toBeLessThan(4_000_000);
  }, 120_000);

  it('says so where an event came again too late to be compared', async () => {
    const log = new LogWriter().events(5_000);
    const [first] = log.lines;
    expect(told(await verified([...log.lines, first], { window: 1 }, null))).toEqual([
      'unchecked@5001',
      'unsealed@5000',
    ]);
    expect(told(await verified([...log.lines, first], { window: 8_192 }, null))).toEqual(['unsealed@5000']);
  });

  it('takes partitions one after the other', async () => {
    const log = new LogWriter().events(9_000).stop();
    const lines = [0, 1, 2].flatMap((part) => log.lines.filter((_line, index) => index % 3 === part));
    expect(told(await verified(lines, { keys: log.keys, window: 1 }, null))).toEqual([]);
    expect(told(await verified(lines.toReversed(), { keys: log.keys, window: 1 }, null))).toEqual([]);
  });

  it('numbers far out of range cost little', async () => {
    const log = new LogWriter().events(2).seal();
    log.sequence = Number.MAX_SAFE_INTEGER - 1;
    log.event();
    expect(kinds(await verified(log.lines, { keys: log.keys }))).toEqual(['gap', 'unsealed']);
  });
});
