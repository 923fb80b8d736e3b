import { describe, expect, it } from 'vitest';
import { memoryAnalyzer, memoryAudit } from '../../src/adapters/memory/index.js';
import {
  AccessError,
  deny,
  type Analysis,
  type Approver,
  type AuditEvent,
  type Identified,
  type Plugin,
  type Question,
  type Row,
} from '../../src/core/index.js';
import { FakeClock } from './fake-clock.js';
import { as, codeOf, house, rowsOf, rules, valueOf } from './test-gateway.js';

const { signal } = new AbortController();
const ops = { database: 'ACME', schema: 'OPS' };
const analysed = async (change: Partial<Analysis>): Promise<Analysis> => ({
  ...(await memoryAnalyzer().analyze('SELECT orders', ops, signal)),
  ...change,
});
const all = [{ id: 'all', subject: '*', connection: '*', object: '*', action: '*' }];

const guarding = (after: 'scope' | 'approval'): Plugin => ({
  name: 'guard',
  setup: (host) =>
    host.guard(after, (facts: Identified) => (facts.moment === 'open' ? deny('GUARDED', 'no') : undefined)),
});

const opening = (type: string) => [
  { id: 'open', subject: '*', connection: '*', object: 'ACME.OPS', action: '*', obligations: [{ type, value: true }] },
];

async function* two(): AsyncGenerator<readonly Row[]> {
  yield [[1]];
  yield [[2]];
}

describe('what is asked of policy', () => {
  it.each<[string, Partial<Analysis>, readonly [string, string][]]>([
    ['each table a read reads', {}, [['read', 'ACME.OPS.ORDERS']]],
    ['the schema, for a read of nothing', { reads: [] }, [['read', 'ACME.OPS']]],
    [
      'metadata of what it shows, and of the schema',
      { kind: 'metadata', operation: 'DESCRIBE' },
      [
        ['metadata', 'ACME.OPS.ORDERS'],
        ['metadata', 'ACME.OPS'],
      ],
    ],
    [
      'leave to read too, for a plan',
      { kind: 'metadata', operation: 'EXPLAIN' },
      [
        ['metadata', 'ACME.OPS.ORDERS'],
        ['read', 'ACME.OPS.ORDERS'],
        ['metadata', 'ACME.OPS'],
      ],
    ],
    [
      'both what a write reads and what it writes',
      { kind: 'write', writes: [{ ...ops, name: 'LOG', kind: 'table' }] },
      [
        ['read', 'ACME.OPS.ORDERS'],
        ['write', 'ACME.OPS.LOG'],
      ],
    ],
    ['the schema, for a change that names nothing', { kind: 'ddl', reads: [] }, [['ddl', 'ACME.OPS']]],
  ])('%s', async (_name, change, asks) => {
    const questions: Question[] = [];
    const policy = {
      version: 'v',
      decide: async (question: Question) => {
        questions.push(question);
        return { effect: 'permit', rules: ['r'], policyVersion: 'v', obligations: [] } as const;
      },
    };
    const { session, run } = await house({ policy, analyzer: { analyze: async () => analysed(change) } });
    valueOf(await run(await session({ access: 'write' })));
    expect(questions.at(-1)?.asks.map((each) => [each.action, each.object])).toEqual(asks);
  });

  it.each<[string, Partial<Analysis>]>([
    ['a write', { kind: 'write' }],
    ['a definition', { kind: 'ddl' }],
    ['anything that writes', { writes: [{ ...ops, name: 'LOG', kind: 'table' }] }],
  ])('%s does not run in a session for reading, whatever policy says', async (_name, change) => {
    const { session, run } = await house({ analyzer: { analyze: async () => analysed(change) } }, undefined, all);
    expect(codeOf(await run(await session()))).toBe('READ_ONLY_SESSION');
    expect(codeOf(await run(await session({ access: 'write' })))).toBe('completed');
  });

  it('another database with the same schema is outside, and the answer names what is, once, and where to ask', async () => {
    const { session, run } = await house({}, undefined, all);
    const id = await session();
    expect(codeOf(await run(id, 'SELECT other.ops.orders'))).toBe('OUT_OF_SCOPE');
    const outcome = await run(id, 'SELECT fin.a fin.a fin.b fin.c fin.d fin.e');
    expect(outcome).toMatchObject({
      code: 'OUT_OF_SCOPE',
      message: 'ACME.FIN.A, ACME.FIN.B, ACME.FIN.C, ACME.FIN.D, ACME.FIN.E: outside ACME.OPS',
      hint: expect.stringContaining('Open another session on ACME.FIN if') as string,
    });
    expect(await run(id, 'SELECT fin.a fin.b fin.c fin.d fin.e fin.f')).toMatchObject({
      message: expect.stringMatching(/E and others: outside/) as string,
    });
  });

  it.each<[string, Partial<Analysis>]>([
    ['kind', { kind: 'odd' as never }],
    ['operation', { operation: 7 as never }],
    ['canonical', { canonical: '' }],
    ['digest', { digest: '' }],
    ['redacted', { redacted: undefined as never }],
    ['summary', { summary: undefined as never }],
    ['reads', { reads: 'x' as never }],
    ['writes', { writes: undefined as never }],
    ['a name', { reads: [{ ...ops, name: '', kind: 'table' }] }],
    ['a schema', { reads: [{ database: 'A', schema: '', name: 'T', kind: 'table' }] }],
    ['functions', { functions: [7] as never }],
    ['functions', { functions: undefined as never }],
  ])('an analysis without a good %s counts for nothing', async (_name, change) => {
    const { session, run, engine } = await house(
      { analyzer: { analyze: async () => analysed(change) } },
      undefined,
      all,
    );
    expect(codeOf(await run(await session()))).toBe('ANALYSIS_UNAVAILABLE');
    expect(engine.ran).toEqual([]);
  });

  it.each<[string, object]>([
    ['no rules', { rules: undefined }],
    ['no version', { policyVersion: 7 }],
    ['no obligations', { obligations: undefined }],
    ['an obligation without a type', { obligations: [{ value: 1 }] }],
    ['rules that are no text', { rules: [1] }],
  ])('a permit with %s counts for nothing', async (_name, change) => {
    const permit = { effect: 'permit', rules: ['r'], policyVersion: 'v', obligations: [], ...change };
    const { open } = await house({ policy: { version: 'v', decide: async () => permit as never } });
    expect(codeOf(await open())).toBe('POLICY_UNAVAILABLE');
  });
});

describe('at an open', () => {
  it.each(['scope', 'approval'] as const)('a guard after %s stops it before the engine', async (after) => {
    const { open, engine, codes } = await house({ plugins: [guarding(after)] });
    expect(codeOf(await open())).toBe('GUARDED');
    expect(engine.live()).toBe(0);
    expect(codes()).toEqual(['gateway.started', 'session.denied']);
  });

  it('an obligation that only a statement can meet denies, and consent may be asked for', async () => {
    expect(codeOf(await (await house({}, undefined, opening('mask'))).open())).toBe('OBLIGATION_UNKNOWN');
    const asked: unknown[] = [];
    const approver: Approver = {
      seek: async ({ digest, terms }) => {
        asked.push(terms);
        return { ticket: 't', reviewers: ['idp:bob'], digest };
      },
    };
    const held = await house({ approver }, undefined, opening('approval'));
    valueOf(await held.open());
    expect(asked).toEqual([true]);
    expect(held.audit.events.at(-1)?.data['approval']).toMatchObject({ ticket: 't', reviewers: ['idp:bob'] });
    expect(codeOf(await (await house({}, undefined, opening('approval'))).open())).toBe('APPROVAL_REQUIRED');
  });

  it.each(['idp:alice', 'idp:agent-a'])("%s cannot consent to what alice's agent asks", async (reviewer) => {
    const held = rules.map((rule) => ({
      ...rule,
      obligations: rule.id === 'all-read' ? [{ type: 'approval', value: true }] : [],
    }));
    const approver: Approver = {
      seek: async ({ digest }) => ({ ticket: 't', reviewers: ['idp:bob', reviewer], digest }),
    };
    const { session, run } = await house({ approver }, undefined, held);
    const id = await session(as('token-for-alice'));
    expect(await run(id, 'SELECT orders', 'token-for-alice')).toMatchObject({
      code: 'APPROVAL_REJECTED',
      reason: 'approval.self',
    });
  });

  it('the place of a session that never opened is given back, also twice', async () => {
    let broken = true;
    const { open } = await house({
      limits: { sessionsPerActor: 1 },
      connections: {
        warehouse: {
          engine: 'x',
          schemas: [ops],
          open: async () => {
            if (broken) throw new Error('down');
            return { id: 'e', run: () => Promise.reject(new Error('unused')), close: async () => undefined };
          },
        },
      },
    });
    for (let turn = 0; turn < 3; turn += 1) expect(codeOf(await open())).toBe('ENGINE_UNAVAILABLE');
    broken = false;
    expect(codeOf(await open())).toBe('completed');
    expect(codeOf(await open())).toBe('TOO_MANY_SESSIONS');
  });
});

describe('a policy that changes', () => {
  it('while a statement waits for its turn sends it back', async () => {
    let version = 'v1';
    let decided = 0;
    let free: (() => void) | undefined;
    const policy = {
      get version() {
        return version;
      },
      decide: async () => (
        (decided += 1),
        { effect: 'permit' as const, rules: ['r'], policyVersion: version, obligations: [] }
      ),
    };
    const { session, run, engine } = await house({ policy }, async () => {
      await new Promise<void>((resolve) => {
        free = resolve;
      });
      return { columns: ['A'], rows: [[1]] };
    });
    const id = await session();
    const first = run(id, 'SELECT one');
    await expect.poll(() => engine.ran.length).toBe(1);
    const second = run(id, 'SELECT two');
    await expect.poll(() => decided).toBe(3);
    version = 'v2';
    free?.();
    expect(codeOf(await first)).toBe('completed');
    expect(await second).toMatchObject({ code: 'NOT_PERMITTED', reason: 'policy.changed' });
    expect(engine.ran).toEqual(['SELECT one']);
  });
});

describe('the deadline', () => {
  it('is a moment on the monotonic clock: a statement at it is refused, one before it runs', async () => {
    const clock = new FakeClock();
    const { gateway, session, run, engine, codes } = await house({ clock });
    const id = await session({ ttlMs: 1_000 });
    clock.forward(999);
    expect(codeOf(await run(id))).toBe('completed');
    clock.wall -= 1_000_000;
    clock.forward(1);
    expect(codeOf(await run(id))).toBe('SESSION_EXPIRED');
    expect(valueOf(await gateway.session({ ...as('token-a'), session: id }))).toMatchObject({ endedBy: 'deadline' });
    await expect.poll(codes).toContain('session.expired');
    expect(engine.ran).toHaveLength(1);
  });

  it('holds where the timer never comes', async () => {
    const clock = new FakeClock();
    const { session, run, engine } = await house({
      clock: { now: () => clock.now(), monotonic: () => clock.monotonic(), after: () => () => undefined },
    });
    const id = await session({ ttlMs: 1_000 });
    clock.forward(1_000);
    expect(codeOf(await run(id))).toBe('SESSION_EXPIRED');
    expect(engine.ran).toEqual([]);
  });

  it('is asked at every batch, also of a result that is all here', async () => {
    const clock = new FakeClock();
    const { session, run } = await house({ clock }, () => ({ columns: ['A'], rows: two() }));
    const iterator = valueOf(await run(await session({ ttlMs: 1_000 }))).batches[Symbol.asyncIterator]();
    expect(await iterator.next()).toMatchObject({ value: [[1]] });
    clock.forward(1_000);
    await expect(iterator.next()).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
    await expect(iterator.next()).rejects.toMatchObject({ code: 'SESSION_EXPIRED' });
  });
});

describe('what is owed to the record', () => {
  it('is written by itself as soon as it can be, in order, once', async () => {
    const clock = new FakeClock();
    const inner = memoryAudit();
    let broken = false;
    let tries = 0;
    const audit = {
      ...inner,
      append: (event: AuditEvent) => {
        if (broken && event.code !== 'statement.authorized') {
          tries += 1;
          return Promise.reject(new AccessError('AUDIT_UNAVAILABLE'));
        }
        return inner.append(event);
      },
    };
    const { session, run } = await house({ audit, clock });
    const id = await session();
    broken = true;
    expect(codeOf(await run(id))).toBe('AUDIT_UNAVAILABLE');
    for (let turn = 0; turn < 3; turn += 1) {
      clock.forward(500);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(tries).toBe(5);
    broken = false;
    clock.forward(500);
    await expect
      .poll(() => inner.events.map((event) => event.code).slice(3))
      .toEqual(['statement.authorized', 'statement.executed', 'statement.delivered']);
    clock.forward(5_000);
    expect(inner.events).toHaveLength(6);
    expect(inner.events.at(-1)?.data).toMatchObject({ rows: 0, code: 'AUDIT_UNAVAILABLE' });
  });
});

describe('rows that nobody reads to the end', () => {
  it('are let go at the engine when the reader stops, or the cap is reached', async () => {
    let released = 0;
    async function* endless(): AsyncGenerator<readonly Row[]> {
      try {
        for (;;) yield [[1], [2]];
      } finally {
        released += 1;
      }
    }
    const { session, run } = await house({ limits: { maxRows: 5 } }, () => ({ columns: ['A'], rows: endless() }));
    const id = await session();
    for await (const batch of valueOf(await run(id)).batches) {
      expect(batch).toEqual([[1], [2]]);
      break;
    }
    await expect.poll(() => released).toBe(1);
    const result = valueOf(await run(id));
    expect(await rowsOf(result)).toHaveLength(5);
    expect(result.delivery()).toMatchObject({ rows: 5, truncated: true });
    await expect.poll(() => released).toBe(2);
  });
});
