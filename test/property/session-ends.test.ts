import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryIdentity } from '../../src/adapters/memory/index.js';
import {
  AccessError,
  type EngineStatement,
  type Outcome,
  type Row,
  type StatementResult,
} from '../../src/core/index.js';
import { FakeClock } from '../core/fake-clock.js';
import { as, codeOf, house, rules, valueOf } from '../core/test-gateway.js';

/**
 * What may happen to a session: time passes, statements come one by one or a few at once, batches are pulled from what
 * was answered, and it ends in one way or another.
 */
type Step =
  | { readonly do: 'wait' | 'run' | 'crowd' | 'pull'; readonly ms: number }
  | { readonly do: 'close' | 'shutdown' };

const steps = fc.array(
  fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        do: fc.constantFrom<'wait' | 'run' | 'crowd' | 'pull'>('wait', 'run', 'run', 'crowd', 'pull', 'pull'),
        ms: fc.integer({ min: 0, max: 400 }),
      }),
    },
    { weight: 1, arbitrary: fc.constantFrom<Step>({ do: 'close' }, { do: 'shutdown' }) },
  ),
  { minLength: 3, maxLength: 14 },
);

/**
 * What the caller asks for, what the policy allows, what the token has left and what the gateway allows at most, in
 * milliseconds.
 */
const spans = fc.record({
  asked: fc.integer({ min: 1, max: 1_500 }),
  policy: fc.integer({ min: 1, max: 1_500 }),
  token: fc.oneof(fc.constant(3_600_000), fc.integer({ min: 1, max: 1_500 })),
  most: fc.integer({ min: 1, max: 1_500 }),
});

interface Span {
  readonly asked: number;
  readonly policy: number;
  readonly token: number;
  readonly most: number;
}

const ended = new Set(['SESSION_EXPIRED', 'SESSION_CLOSED', 'SHUTTING_DOWN', 'UNAUTHENTICATED']);

/** Each statement takes the milliseconds that it names, or ends when it is told to. */
async function* rowsFor(clock: FakeClock, batches: number): AsyncGenerator<readonly Row[]> {
  for (let batch = 0; batch < batches; batch += 1) {
    clock.forward(1);
    yield [[batch]];
  }
}

async function play(plan: readonly Step[], span: Span): Promise<void> {
  const clock = new FakeClock();
  const late: string[] = [];
  let over = false;
  let end = Number.POSITIVE_INFINITY;
  const noteLate = (what: string): void => {
    if (over || clock.monotonic() >= end)
      late.push(`${what} at ${clock.monotonic()} of ${end}${over ? ', ended' : ''}`);
  };
  const answer = (
    { canonical }: EngineStatement,
    signal: AbortSignal,
  ): Promise<{ columns: string[]; rows: AsyncIterable<readonly Row[]> }> => {
    noteLate(canonical);
    const ms = Number(/\d+/.exec(canonical)?.[0]);
    return new Promise((resolve, reject) => {
      const forget = clock.after(ms, () => resolve({ columns: ['A'], rows: rowsFor(clock, 4) }));
      signal.addEventListener(
        'abort',
        () => {
          forget();
          reject(signal.reason as Error);
        },
        { once: true },
      );
    });
  };
  const identity = memoryIdentity({ 'token-a': { subject: 'agent-a', expiresAt: clock.now() + span.token } });
  const allowed = rules.map((rule) =>
    rule.id === 'all-open' ? { ...rule, obligations: [{ type: 'max_ttl', value: span.policy }] } : rule,
  );
  const { gateway, open, run, engine, audit } = await house(
    { clock, identity, limits: { maxTtlMs: span.most } },
    answer,
    allowed,
  );
  const session = valueOf(await open({ ttlMs: span.asked }));
  end = Math.min(...Object.values(span));
  expect(session.expiresAt - session.openedAt).toBe(end);

  const asked: { readonly outcome: Promise<Outcome<StatementResult>> }[] = [];
  const streams: StatementResult[] = [];
  const codes: string[] = [];
  const ask = (ms: number): void => {
    const outcome = run(session.id, `SELECT n${ms}`);
    asked.push({ outcome });
    void outcome.then((each) => {
      if (each.status === 'completed') streams.push(each.value);
      else codes.push(codeOf(each));
    });
  };
  for (const step of plan) {
    if (step.do === 'run') ask(step.ms);
    else if (step.do === 'crowd') for (let each = 0; each < 3; each += 1) ask(step.ms + each);
    else if (step.do === 'wait') clock.forward(step.ms);
    else if (step.do === 'pull') {
      const pulled = await streams
        .at(step.ms % Math.max(1, streams.length))
        ?.batches[Symbol.asyncIterator]()
        .next()
        .catch((error: unknown) => AccessError.is(error) && void codes.push(error.code));
      if (typeof pulled === 'object' && pulled.done !== true) noteLate('a batch');
    } else {
      if (step.do === 'close') await gateway.close({ ...as('token-a'), session: session.id });
      else await gateway.shutdown();
      over ||= engine.live() === 0;
    }
    await settle();
  }
  clock.forward(10_000);
  await settle();
  over = true;
  const last = await run(session.id, 'SELECT n0');
  expect(ended).toContain(codeOf(last));
  for (const { batches } of streams) {
    const step = await batches[Symbol.asyncIterator]()
      .next()
      .catch((error: unknown) => error);
    expect(step instanceof AccessError ? ended.has(step.code) : (step as IteratorResult<unknown>).done).toBe(true);
  }
  await gateway.shutdown();
  await Promise.all(asked.map((each) => each.outcome));
  expect(late, 'ran or was given out after the end').toEqual([]);
  expect(codes.filter((code) => !ended.has(code) && code !== 'SESSION_BUSY')).toEqual([]);
  expect(engine.live()).toBe(0);
  expect(audit.events.filter((event) => ['session.closed', 'session.expired'].includes(event.code))).toHaveLength(1);
}

/** Lets what was woken do what it can; hashing takes a few turns. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 6; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

describe('a closed or expired session', () => {
  it('runs nothing and gives nothing out, however it ended and whatever was under way', async () => {
    await fc.assert(
      fc.asyncProperty(steps, spans, (plan, span) => play(plan, span)),
      { numRuns: 300 },
    );
  });
});
