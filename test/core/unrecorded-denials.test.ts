import { describe, expect, it, vi } from 'vitest';
import { memoryAudit, type MemoryAudit } from '../../src/adapters/memory/index.js';
import { AccessError, systemClock, type AuditEvent } from '../../src/core/index.js';
import { createRecorder } from '../../src/core/audit/recorder.js';
import { FakeClock } from './fake-clock.js';
import { codeOf, house, valueOf, type House } from './test-gateway.js';

const limits = {
  requestsPerCaller: 100_000,
  requestBurstPerCaller: 100_000,
  refusalsPerCaller: 100_000,
  inFlightPerCaller: 100_000,
};

interface Record {
  readonly audit: MemoryAudit;
  /** How many appends there were. */
  readonly asked: () => number;
  state: 'well' | 'away' | 'hanging';
}

/** A record that can be taken away. */
function record(): Record {
  const inner = memoryAudit();
  let asked = 0;
  const told: Record = {
    audit: {
      ...inner,
      events: inner.events,
      append: async (event) => {
        asked += 1;
        if (told.state === 'away') throw new AccessError('AUDIT_UNAVAILABLE');
        if (told.state === 'hanging') await new Promise(() => undefined);
        return inner.append(event);
      },
    },
    asked: () => asked,
    state: 'well',
  };
  return told;
}

const gaps = (events: readonly AuditEvent[]): readonly AuditEvent[] =>
  events.filter(({ code }) => code === 'audit.gap');

async function refusedWhileAway(at: House, session: string, count: number): Promise<void> {
  for (let each = 0; each < count; each += 1)
    expect(codeOf(await at.run(session, 'SELECT FINANCE.payroll'))).toBe('AUDIT_UNAVAILABLE');
}

describe('what is refused while the record is away', () => {
  it('is kept up to a number, and beyond that counted and told once', async () => {
    const its = record();
    const at = await house({ audit: its.audit, limits });
    const session = await at.session();
    its.state = 'away';
    await refusedWhileAway(at, session, 2_500);
    its.state = 'well';
    valueOf(await at.run(session));
    await at.gateway.shutdown();
    const { events } = at.audit;
    expect(events.filter(({ code }) => code === 'statement.denied')).toHaveLength(1_000);
    expect(gaps(events)).toMatchObject([
      {
        data: {
          cause: 'unwritten',
          count: 1_500,
          codes: { 'statement.denied': 1_500 },
          since: expect.any(Number) as number,
        },
      },
    ]);
    const codes = events.map(({ code }) => code);
    expect(codes.indexOf('audit.gap')).toBeLessThan(codes.indexOf('statement.authorized'));
    expect(codes.indexOf('audit.gap')).toBeGreaterThan(codes.lastIndexOf('statement.denied'));
  });

  it('is counted anew in the next outage, and nothing is told where all of it was written', async () => {
    const its = record();
    const at = await house({ audit: its.audit, limits });
    const session = await at.session();
    for (const count of [1_200, 10, 1_100]) {
      its.state = 'away';
      await refusedWhileAway(at, session, count);
      its.state = 'well';
      valueOf(await at.run(session));
    }
    await at.gateway.shutdown();
    expect(gaps(at.audit.events).map(({ data }) => data['count'])).toEqual([200, 100]);
  });

  it('never crowds out what ran', async () => {
    const its = record();
    const at = await house({ audit: its.audit, limits }, () => {
      its.state = 'away';
      return { columns: ['ID'], rows: [[1]] };
    });
    const session = await at.session();
    expect(codeOf(await at.run(session))).toBe('AUDIT_UNAVAILABLE');
    await refusedWhileAway(at, session, 1_500);
    await at.gateway.close({ credential: { scheme: 'bearer', token: 'token-a' }, session });
    its.state = 'well';
    await at.gateway.shutdown();
    const codes = at.audit.events.map(({ code }) => code);
    for (const code of ['statement.authorized', 'statement.executed', 'session.closed', 'audit.gap', 'gateway.stopped'])
      expect(
        codes.filter((each) => each === code),
        code,
      ).toHaveLength(1);
  });
});

it('a record that hangs is asked no more once so many intents were given up', async () => {
  const [its, clock] = [record(), new FakeClock()];
  const at = await house({ audit: its.audit, clock, limits });
  const session = await at.session({ ttlMs: 3_600_000 });
  const other = await at.session({ ttlMs: 3_600_000 });
  its.state = 'hanging';
  const before = its.asked();
  for (let each = 0; each < 300; each += 1) {
    const run = at.run(each % 2 === 0 ? session : other);
    if (each < 256) await vi.waitFor(() => expect(its.asked()).toBe(before + each + 1), { interval: 0 });
    clock.forward(2_001);
    expect(codeOf(await run)).toBe('AUDIT_UNAVAILABLE');
  }
  expect(its.asked() - before).toBe(256);
});

it('at the end what is owed is tried once more after a write that was under way has failed', async () => {
  const turns: ((error?: Error) => void)[] = [];
  const written: string[] = [];
  const log = {
    ...memoryAudit(),
    append: ({ id }: AuditEvent) =>
      new Promise<void>((resolve, reject) => {
        turns.push((error) => (error === undefined ? resolve(void written.push(id)) : reject(error)));
      }),
  };
  const recorder = createRecorder(log, systemClock, 60_000, [], () => expect.unreachable());
  const end = (id: string): Promise<unknown> =>
    recorder
      .recordOutcome({ id, code: 'session.closed', at: 0, instance: 'i', data: {} })
      .catch((error: unknown) => error);
  const [first, second] = [end('first'), end('second')];
  turns[0]?.(new Error('away'));
  turns[1]?.(new Error('away'));
  await Promise.all([first, second]);
  const third = end('third');
  await vi.waitFor(() => expect(turns).toHaveLength(3));
  const settled = recorder.flush();
  turns[2]?.(new Error('away'));
  expect(await third).toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  for (let each = 3; each < 6; each += 1) {
    await vi.waitFor(() => expect(turns.length).toBeGreaterThan(each));
    turns[each]?.();
  }
  await settled;
  expect(written).toEqual(['first', 'second', 'third']);
});

it('a refusal whose write was given up and then failed is written once the record is back', async () => {
  const clock = new FakeClock();
  const inner = memoryAudit();
  const held: ((error: Error) => void)[] = [];
  let hanging = false;
  const audit: MemoryAudit = {
    ...inner,
    append: (event) => (hanging ? new Promise((_resolve, reject) => void held.push(reject)) : inner.append(event)),
  };
  const at = await house({ audit, clock, limits });
  const session = await at.session();
  hanging = true;
  const refused = at.run(session, 'what is this');
  await vi.waitFor(() => expect(held).toHaveLength(1));
  clock.forward(2_001);
  expect(codeOf(await refused)).toBe('AUDIT_UNAVAILABLE');
  held[0]?.(new Error('the write failed after all'));
  hanging = false;
  valueOf(await at.run(session));
  expect(inner.events.filter(({ code }) => code === 'statement.denied')).toHaveLength(1);
});
