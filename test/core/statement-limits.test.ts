import { describe, expect, it } from 'vitest';
import { casbin } from '../../src/adapters/casbin/index.js';
import { memoryEngine, type MemoryStatementHandler, type MemoryRule } from '../../src/adapters/memory/index.js';
import type { GatewayLimits, Row } from '../../src/core/index.js';
import { createDeferred } from '../../src/core/async/deferred.js';
import { FakeClock } from './fake-clock.js';
import { as, codeOf, house, ops, rowsOf, rules, valueOf } from './test-gateway.js';

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** Answers `SELECT orders` never, until it is told to stop; anything else at once. */
const stuck: MemoryStatementHandler = ({ canonical }, signal) =>
  canonical === 'SELECT orders'
    ? new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)))
    : { columns: ['N'], rows: [[1]] };

const place = async (limits: Partial<GatewayLimits> = {}, answer = stuck, allowed = rules) => {
  const clock = new FakeClock();
  const at = await house({ clock, limits }, answer, allowed);
  return { ...at, clock, id: await at.session({ ttlMs: 600_000 }) };
};

describe('a statement behind one that its client gave up', () => {
  it('is answered after some seconds with what runs, since when, and how to end it', async () => {
    const { run, clock, id, gateway, audit } = await place();
    const first = run(id);
    await turn();
    const since = new Date(clock.now()).toISOString();
    const second = run(id, 'SELECT customers');
    await turn();
    clock.forward(9_999);
    await turn();
    clock.forward(1);
    const outcome = await second;
    const running = audit.events.find(({ code }) => code === 'statement.authorized')?.statement;
    expect(outcome).toMatchObject({
      code: 'SESSION_BUSY',
      reason: 'session.waited',
      message: `Statement ${running} has been running since ${since}.`,
      hint: expect.stringContaining('close the session') as string,
    });
    await gateway.close({ ...as('token-a'), session: id });
    expect(codeOf(await first)).toBe('SESSION_CLOSED');
  });

  it('lets those behind it go on in order', async () => {
    const clock = new FakeClock();
    const held = createDeferred();
    const { run, session } = await house({ clock, limits: { waitingTimeoutMs: 1_000 } }, ({ canonical }) =>
      canonical === 'SELECT orders'
        ? held.promise.then(() => ({ columns: ['N'], rows: [] }))
        : { columns: ['N'], rows: [[1]] },
    );
    const id = await session();
    const first = run(id);
    await turn();
    const second = run(id, 'SELECT a');
    await turn();
    clock.forward(600);
    const third = run(id, 'SELECT b');
    await turn();
    clock.forward(400);
    expect(codeOf(await second)).toBe('SESSION_BUSY');
    held.resolve();
    expect([codeOf(await first), codeOf(await third)]).toEqual(['completed', 'completed']);
  });

  it('is told what runs too where too many wait', async () => {
    const { run, id, gateway } = await place({ waitingStatements: 0 });
    const first = run(id);
    await turn();
    expect(await run(id)).toMatchObject({
      code: 'SESSION_BUSY',
      reason: 'session.full',
      message: expect.stringMatching(/^Statement .* has been running since /) as string,
    });
    await gateway.close({ ...as('token-a'), session: id });
    await first;
  });
});

const ruleOf = (action: string, obligation: string): string =>
  `p, idp:a, w, A.B${action === 'read' ? '.*' : ''}, ${action}, allow, ${obligation}, r`;
const limited = (obligations: MemoryRule['obligations'] = []) =>
  rules.map((rule) => (rule.id === 'all-read' ? { ...rule, obligations } : rule));

describe('a statement that takes longer than it may', () => {
  it.each([
    ['by the gateway', { statementTimeoutMs: 5_000 }, limited()],
    ['by the policy', {}, limited([{ type: 'statement_timeout', value: 5_000 }])],
    [
      'by the less of both',
      { statementTimeoutMs: 60_000 },
      limited([
        { type: 'statement_timeout', value: 9_000 },
        { type: 'statement_timeout', value: 5_000 },
      ]),
    ],
  ])('%s is cancelled, and told for what it is', async (_name, limits, allowed) => {
    const { run, clock, id, audit } = await place(limits, stuck, allowed);
    const running = run(id);
    await turn();
    clock.forward(4_999);
    await turn();
    clock.forward(1);
    const outcome = await running;
    expect([codeOf(outcome), (outcome as { readonly error?: Error }).error?.message]).toEqual([
      'STATEMENT_TIMEOUT',
      'the statement took longer than 5000 ms',
    ]);
    expect(audit.events.at(-1)).toMatchObject({
      code: 'statement.failed',
      data: { code: 'STATEMENT_TIMEOUT', at: 'execute' },
    });
    await turn();
    expect(codeOf(await run(id, 'SELECT customers'))).toBe('completed');
  });

  it('is cut off amid its rows, and counted up to there', async () => {
    const more = createDeferred();
    async function* slow(): AsyncGenerator<readonly Row[]> {
      for (let n = 0; ; n += 1) {
        yield [[n]];
        if (n > 1) await more.promise;
      }
    }
    const { run, clock, id, audit } = await place({ statementTimeoutMs: 5_000 }, () => ({
      columns: ['N'],
      rows: slow(),
    }));
    const reading = rowsOf(valueOf(await run(id)));
    await turn();
    clock.forward(5_000);
    await expect(reading).rejects.toMatchObject({ code: 'STATEMENT_TIMEOUT' });
    expect(audit.events.at(-1)).toMatchObject({
      code: 'statement.delivered',
      data: { code: 'STATEMENT_TIMEOUT', rows: 3 },
    });
    more.resolve();
  });

  it('that changes something and is not heard of again is told as unknown', async () => {
    const clock = new FakeClock();
    const { run, session, audit } = await house(
      { clock, limits: { statementTimeoutMs: 5_000, closeTimeoutMs: 1_000 } },
      () => new Promise(() => undefined),
    );
    const id = await session({ ...as('token-w'), access: 'write' });
    const running = run(id, 'INSERT orders', 'token-w');
    await turn();
    for (const ms of [5_000, 1_000]) {
      clock.forward(ms);
      await turn();
    }
    expect(codeOf(await running)).toBe('OUTCOME_UNKNOWN');
    expect(audit.events.find(({ code }) => code === 'statement.unresolved')?.data).toMatchObject({
      after: 'STATEMENT_TIMEOUT',
    });
  });

  it('leaves no timer, and the engine knows how long it has', async () => {
    const clock = new FakeClock();
    const times: number[] = [];
    const engine = memoryEngine([ops], ({ timeLeftMs }) => {
      times.push(timeLeftMs);
      return { columns: ['N'], rows: [[1]] };
    });
    const { run, session } = await house({
      clock,
      connections: { warehouse: engine },
      limits: { statementTimeoutMs: 5_000 },
    });
    const id = await session();
    const before = clock.timers;
    await rowsOf(valueOf(await run(id)));
    await turn();
    expect([times, clock.timers]).toEqual([[5_000], before]);
  });

  it.each([0, -1, 1.5, 'soon'])('a limit of %s from a policy fails the request', async (value) => {
    const { run, id } = await place({}, stuck, limited([{ type: 'statement_timeout', value }]));
    expect(codeOf(await run(id))).toBe('POLICY_UNAVAILABLE');
  });

  it('cannot be limited by the rule for opening', async () => {
    const opening = rules.map((rule) =>
      rule.id === 'all-open' ? { ...rule, obligations: [{ type: 'statement_timeout', value: 5_000 }] } : rule,
    );
    const { open } = await house({}, undefined, opening);
    expect(codeOf(await open())).toBe('OBLIGATION_UNKNOWN');
    await expect(
      casbin({ policy: { name: 'p', text: ruleOf('open:read', 'statement_timeout=5000') } }),
    ).rejects.toThrow('cannot carry statement_timeout, which ends a statement');
    await expect(casbin({ policy: { name: 'p', text: ruleOf('read', 'statement_timeout=0') } })).rejects.toThrow(
      'statement_timeout needs a positive whole number',
    );
    await casbin({ policy: { name: 'p', text: ruleOf('read', 'statement_timeout=5000') } });
  });
});
