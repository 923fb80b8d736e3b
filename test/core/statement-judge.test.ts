import { describe, expect, it } from 'vitest';
import { memoryAnalyzer, memoryApprover, type MemoryRule } from '../../src/adapters/memory/index.js';
import {
  AccessError,
  type Analyzer,
  type Approver,
  type Decision,
  type Plugin,
  type PolicyDecisionPoint,
} from '../../src/core/index.js';
import { as, codeOf, house, rowsOf, rules, valueOf } from './test-gateway.js';

const obliged = (obligations: MemoryRule['obligations'] & object): readonly MemoryRule[] => [
  { id: 'open', subject: '*', connection: 'warehouse', object: 'ACME.OPS', action: '*' },
  { id: 'read', subject: '*', connection: 'warehouse', object: 'ACME.OPS.*', action: 'read', obligations },
];

const rewriting = (to: string): Plugin => ({ name: 'rewriter', setup: (host) => host.fulfil('rewrite', () => to) });

describe('judging a statement', () => {
  it.each([
    ['outside the scope', 'SELECT acme.finance.payroll', 'OUT_OF_SCOPE'],
    ['partly outside the scope', 'SELECT orders acme.finance.payroll', 'OUT_OF_SCOPE'],
    ['a write in a session for reading', 'INSERT orders', 'READ_ONLY_SESSION'],
    ['what cannot be read', 'tell me everything', 'NOT_UNDERSTOOD'],
    ['what cannot be read', 'SELECT "orders"', 'NOT_UNDERSTOOD'],
  ])('refuses %s', async (_name, sql, code) => {
    const { session, run, engine, audit } = await house();
    const outcome = await run(await session(), sql);
    expect(codeOf(outcome)).toBe(code);
    expect(engine.ran).toEqual([]);
    expect(audit.events.at(-1)).toMatchObject({ code: 'statement.denied', data: { code, at: 'scope' } });
  });

  it('refuses what no rule permits, and says which kind of no it was', async () => {
    const { session, run } = await house();
    const id = await session({ ...as('token-a'), access: 'write' });
    expect(await run(id, 'INSERT orders')).toMatchObject({
      code: 'NOT_PERMITTED',
      reason: 'policy.silent',
      message: 'no rule permits this write',
    });
    const denying = [
      ...rules,
      {
        id: 'not-salaries',
        subject: '*',
        connection: '*',
        object: 'ACME.OPS.SALARIES',
        action: '*',
        effect: 'deny' as const,
      },
    ];
    const strict = await house({}, undefined, denying);
    expect(await strict.run(await strict.session(), 'SELECT salaries')).toMatchObject({
      code: 'NOT_PERMITTED',
      reason: 'policy.denied',
      message: 'a rule denies this read',
    });
    expect(codeOf(await strict.run(await strict.session(), 'SELECT orders'))).toBe('completed');
  });

  it('never lets a kind run that no policy may permit', async () => {
    const analyzer: Analyzer = {
      analyze: async (sql, scope) => ({
        ...(await memoryAnalyzer().analyze('SELECT orders', scope, new AbortController().signal)),
        canonical: sql,
        kind: 'dcl',
      }),
    };
    const { session, run } = await house({ analyzer }, undefined, [
      { id: 'all', subject: '*', connection: '*', object: '*', action: '*' },
    ]);
    expect(await run(await session(), 'GRANT x')).toMatchObject({ code: 'STATEMENT_REFUSED', reason: 'kind.dcl' });
  });

  it.each<[string, PolicyDecisionPoint['decide']]>([
    ['throws', () => Promise.reject(new Error('store gone'))],
    ['answers nothing', async () => undefined as unknown as Decision],
    ['answers true', async () => true as unknown as Decision],
    [
      'answers another word',
      async () => ({ effect: 'allow', rules: [], policyVersion: '', obligations: [] }) as unknown as Decision,
    ],
  ])('a policy that %s denies', async (_name, decide) => {
    const { open, engine } = await house({ policy: { decide, version: 'v' } });
    expect(codeOf(await open())).toBe('POLICY_UNAVAILABLE');
    expect(engine.live()).toBe(0);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('worker died'))],
    ['hands out no plain data', async () => new Map() as never],
    ['answers an empty object', async () => ({}) as never],
    [
      'forgets what is read',
      async () =>
        ({
          kind: 'read',
          operation: 'SELECT',
          canonical: 'SELECT 1',
          digest: 'd',
          redacted: '',
          summary: '',
          functions: [],
        }) as never,
    ],
  ])('an analyzer that %s fails the statement', async (_name, analyze) => {
    const { session, run, engine } = await house({ analyzer: { analyze } });
    expect(codeOf(await run(await session()))).toBe('ANALYSIS_UNAVAILABLE');
    expect(engine.ran).toEqual([]);
  });
});

describe('obligations', () => {
  it('caps rows by the smallest of what applies', async () => {
    const { session, run } = await house(
      {},
      () => ({ columns: ['A'], rows: [[1], [2], [3], [4]] }),
      obliged([
        { type: 'max_rows', value: 3 },
        { type: 'max_rows', value: 2 },
      ]),
    );
    const result = valueOf(await run(await session()));
    expect(await rowsOf(result)).toHaveLength(2);
    expect(result.delivery()).toMatchObject({ truncated: true });
  });

  it.each([
    ['unknown to all', { type: 'watermark', value: true }, 'OBLIGATION_UNKNOWN'],
    ['not a number', { type: 'max_rows', value: 'many' }, 'POLICY_UNAVAILABLE'],
    ['negative', { type: 'max_bytes', value: -1 }, 'POLICY_UNAVAILABLE'],
  ])('one that is %s stops the statement', async (_name, obligation, code) => {
    const { session, run, engine } = await house({}, undefined, obliged([obligation]));
    expect(codeOf(await run(await session()))).toBe(code);
    expect(engine.ran).toEqual([]);
  });

  it('shortens a session by max_ttl', async () => {
    const { open } = await house({}, undefined, [
      {
        id: 'open',
        subject: '*',
        connection: '*',
        object: 'ACME.OPS',
        action: '*',
        obligations: [{ type: 'max_ttl', value: 1_000 }],
      },
    ]);
    const { openedAt, expiresAt } = valueOf(await open({ ttlMs: 60_000 }));
    expect(expiresAt - openedAt).toBe(1_000);
  });

  it('runs what a fulfiller rewrote, analysed again', async () => {
    const { session, run, engine, audit } = await house(
      { plugins: [rewriting('SELECT  ORDERS')] },
      undefined,
      obliged([{ type: 'rewrite', value: true }]),
    );
    valueOf(await run(await session()));
    expect(engine.ran).toEqual(['SELECT ORDERS']);
    expect(audit.events.at(-1)?.data['sql']).toBe('SELECT ORDERS');
  });

  it.each(['SELECT acme.finance.payroll', 'SELECT orders customers', 'DELETE orders', 'nonsense'])(
    'refuses a rewrite that widens: %s',
    async (to) => {
      const { session, run, engine } = await house(
        { plugins: [rewriting(to)] },
        undefined,
        obliged([{ type: 'rewrite', value: true }]),
      );
      expect(await run(await session({ ...as('token-a'), access: 'write' }))).toMatchObject({
        code: 'NOT_PERMITTED',
        reason: 'obligation.widened',
      });
      expect(engine.ran).toEqual([]);
    },
  );
});

describe('approval', () => {
  const held = obliged([{ type: 'approval', value: true }]);

  it('is denied where nobody can approve', async () => {
    const { session, run } = await house({}, undefined, held);
    expect(await run(await session())).toMatchObject({ code: 'APPROVAL_REQUIRED', reason: 'approval.not_configured' });
  });

  it('hands out a ticket, and runs once when someone else agreed', async () => {
    const approver = memoryApprover();
    const { gateway, session, run, engine, codes } = await house({ approver }, undefined, held);
    const id = await session();
    const asked = await run(id);
    if (asked.status !== 'pending') throw new Error('expected pending');
    expect(approver.approve(asked.ticket, 'idp:agent-a')).toBe(false);
    expect(approver.approve(asked.ticket, 'idp:bob')).toBe(true);
    const again = (sql: string) => gateway.run({ ...as('token-a'), session: id, sql, ticket: asked.ticket });
    expect(codeOf(await again('SELECT customers'))).toBe('APPROVAL_EXPIRED');
    valueOf(await again('SELECT orders'));
    expect(valueOf(await again('SELECT orders')).replayed).toBe(true);
    expect(engine.ran).toEqual(['SELECT orders']);
    expect(codes().filter((code) => code === 'statement.approval_requested')).toHaveLength(1);
  });

  it.each<[string, Approver['seek']]>([
    ['fails', () => Promise.reject(new AccessError('APPROVAL_UNAVAILABLE'))],
    ['answers a date', async () => new Date() as never],
    ['answers nothing', async () => undefined as never],
    ['answers an empty object', async () => ({}) as never],
    ['names no reviewer', async ({ digest }) => ({ ticket: 't', reviewers: [], digest })],
  ])('an approver that %s runs nothing', async (_name, seek) => {
    const { session, run, engine } = await house({ approver: { seek } }, undefined, held);
    expect(codeOf(await run(await session()))).toBe('APPROVAL_UNAVAILABLE');
    expect(engine.ran).toEqual([]);
  });

  it.each([
    ['by the one who asks', 'idp:agent-a', undefined, 'approval.self'],
    ['of another text', 'idp:bob', 'digest-of-another', 'approval.digest'],
  ])('consent %s does not count', async (_name, reviewer, digest, reason) => {
    const approver: Approver = {
      seek: async (request) => ({ ticket: 't', reviewers: [reviewer], digest: digest ?? request.digest }),
    };
    const { session, run, engine } = await house({ approver }, undefined, held);
    expect(await run(await session())).toMatchObject({ status: 'denied', reason });
    expect(engine.ran).toEqual([]);
  });
});
