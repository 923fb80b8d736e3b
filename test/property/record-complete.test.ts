import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { memoryAudit, memoryEngine, type MemoryAudit } from '../../src/adapters/memory/index.js';
import {
  AccessError,
  type AuditEvent,
  type Connector,
  type EngineStatement,
  type EventCode,
  type Outcome,
  type Row,
  type SessionState,
  type StatementResult,
} from '../../src/core/index.js';
import { as, house, ops, rowsOf } from '../core/test-gateway.js';

/** A record whose writes fail, or come late, as the plan says; an event is in `events` only once it is durable. */
function moodyAudit(plan: readonly ('ok' | 'fail' | 'late')[]): MemoryAudit & { calm(): Promise<void> } {
  const inner = memoryAudit();
  let turn = 0;
  let queue = Promise.resolve();
  return {
    ...inner,
    calm: () => {
      turn = plan.length;
      return queue;
    },
    append: (event) => {
      const mood = event.code.startsWith('gateway.') ? 'ok' : (plan[turn++] ?? 'ok');
      queue = queue.then(async () => {
        if (mood === 'late') await new Promise((resolve) => setTimeout(resolve, 12));
        if (mood === 'fail') throw new AccessError('AUDIT_UNAVAILABLE');
        await inner.append(event);
      });
      const written = queue;
      queue = queue.catch(() => undefined);
      return written;
    },
  };
}

type Step =
  | 'open'
  | 'describe'
  | 'read'
  | 'many'
  | 'outside'
  | 'failing'
  | 'slow'
  | 'nonsense'
  | 'close'
  | 'leave'
  | 'ignore';
const steps = fc.array(
  fc.constantFrom<Step[]>(
    'open',
    'describe',
    'read',
    'read',
    'many',
    'outside',
    'failing',
    'slow',
    'nonsense',
    'close',
    'leave',
    'ignore',
  ),
  { minLength: 1, maxLength: 12 },
);
const moods = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: fc.constant('ok' as const) },
    fc.constant('fail' as const),
    fc.constant('late' as const),
  ),
  { maxLength: 40 },
);

const sql: Partial<Record<Step, string>> = {
  read: 'SELECT one',
  many: 'SELECT many',
  outside: 'SELECT acme.finance.payroll',
  failing: 'SELECT failing',
  slow: 'SELECT slow',
  nonsense: 'what is this',
  leave: 'SELECT slow',
  ignore: 'SELECT many',
};

async function* batches(): AsyncGenerator<readonly Row[]> {
  for (let batch = 0; batch < 5; batch += 1) {
    await Promise.resolve();
    yield [[batch]];
  }
}

async function play(
  plan: readonly Step[],
  mood: readonly ('ok' | 'fail' | 'late')[],
  together: boolean,
): Promise<void> {
  const audit = moodyAudit(mood);
  const early: string[] = [];
  const durable = (id: string | undefined, code: EventCode, what: string): void => {
    if (!audit.events.some((event) => (event.statement ?? event.session) === id && event.code === code))
      early.push(`${what} before ${code}`);
  };
  const answer = async ({ id, canonical }: EngineStatement, signal: AbortSignal) => {
    durable(id, 'statement.authorized', canonical);
    if (canonical === 'SELECT failing') throw new AccessError('ENGINE_REJECTED');
    if (canonical === 'SELECT slow') {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, 10);
        signal.addEventListener('abort', () => resolve(clearTimeout(timer)));
      });
    }
    return { columns: ['A'], rows: canonical === 'SELECT many' ? batches() : [[1]] };
  };
  const engine = memoryEngine([ops], answer, [{ name: 'ORDERS', kind: 'table', columns: [] }]);
  const watching: Connector = {
    ...engine,
    open: async (grant, signal) => {
      durable(grant.session, 'session.requested', 'a path');
      const path = await engine.open(grant, signal);
      return {
        ...path,
        describe: (asked, stop) => (
          durable(asked.id, 'statement.authorized', 'a look into the catalogue'),
          path.describe?.(asked, stop) ?? Promise.reject(new Error('none'))
        ),
      };
    },
  };
  const { gateway, open, run } = await house({
    audit,
    connections: { warehouse: watching },
    limits: { auditTimeoutMs: 5, closeTimeoutMs: 50 },
  });
  const outcomes: Outcome<unknown>[] = [];
  let session = 'none';
  const isOpen = ({ id }: SessionState): void => {
    durable(id, 'session.opened', 'an answer');
    session = id;
  };
  const take = async (result: StatementResult, ignored: boolean): Promise<void> => {
    durable(result.statement, 'statement.executed', 'rows');
    const rows = ignored ? [] : await rowsOf(result).catch(() => []);
    // More than one batch: the outcome could not say yet how many went out.
    if (rows.length === 5) durable(result.statement, 'statement.delivered', 'the end of the rows');
  };
  const make = async (step: Step): Promise<void> => {
    if (step === 'open') {
      const opened = await open();
      outcomes.push(opened);
      if (opened.status === 'completed') isOpen(opened.value);
    } else if (step === 'describe') {
      const outcome = await gateway.describe({ ...as('token-a'), session });
      outcomes.push(outcome);
      if (outcome.status === 'completed') durable(outcome.id, 'statement.executed', 'a description');
    } else if (step === 'close') {
      await gateway.close({ ...as('token-a'), session });
    } else {
      const leave = new AbortController();
      const timer = setTimeout(() => leave.abort(), step === 'leave' ? 1 : 40);
      const outcome = await run(session, sql[step], 'token-a', leave.signal);
      outcomes.push(outcome);
      if (outcome.status === 'completed') await take(outcome.value, step === 'ignore');
      if (step !== 'ignore') clearTimeout(timer);
    }
  };
  if (together) await Promise.all(plan.map(make));
  else for (const step of plan) await make(step);
  await audit.calm();
  await gateway.shutdown();
  check(audit.events, outcomes, early);
  expect(engine.live()).toBe(0);
}

function check(events: readonly AuditEvent[], outcomes: readonly Outcome<unknown>[], early: readonly string[]): void {
  expect(early, 'a statement ran before its intent was durable').toEqual([]);
  const of = (id: string, key: 'statement' | 'session', ...codes: string[]): number =>
    events.filter((each) => each[key] === id && codes.includes(each.code)).length;
  for (const { statement = '' } of events.filter((each) => each.code === 'statement.authorized')) {
    expect(
      of(statement, 'statement', 'statement.executed', 'statement.failed'),
      'outcomes of an authorized statement',
    ).toBe(1);
  }
  for (const { session = '' } of events.filter((each) => each.code === 'session.requested')) {
    expect(of(session, 'session', 'session.opened', 'session.failed'), 'outcomes of a requested session').toBe(1);
    expect(of(session, 'session', 'session.closed', 'session.expired', 'session.revoked'), 'ends of a session').toBe(
      of(session, 'session', 'session.opened'),
    );
  }
  for (const outcome of outcomes) {
    const answers = events.filter(
      (each) =>
        (each.statement ?? each.session) === outcome.id &&
        /\.(executed|denied|failed|opened|approval_requested)$/.test(each.code),
    );
    const lost = outcome.status === 'failed' && outcome.error.code === 'AUDIT_UNAVAILABLE' && outcome.at === 'audit';
    expect(answers.length, `events for ${outcome.status} at ${outcome.at}`).toBe(lost ? answers.length : 1);
    if (outcome.status === 'completed') expect(answers[0]?.code).toMatch(/executed|opened/);
    if (outcome.status === 'denied') expect(answers[0]?.code).toMatch(/denied/);
  }
}

describe('whatever happens, the record is whole', () => {
  it.each([
    ['one after another', false],
    ['all at once', true],
  ])('%s', async (_name, together) => {
    await fc.assert(
      fc.asyncProperty(steps, moods, (plan, mood) => play(plan, mood, together)),
      { numRuns: 150 },
    );
  });
});
