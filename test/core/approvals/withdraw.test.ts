import { describe, expect, it } from 'vitest';
import { memoryAudit } from '../../../src/adapters/memory/index.js';
import type { Notice, PolicyDecisionPoint } from '../../../src/core/index.js';
import { as, codeOf, house, valueOf } from '../test-gateway.js';
import { identity, office, people } from './test-reviewers.js';

const decisionsIn = (audit: {
  readonly events: readonly { readonly code: string; readonly data: Readonly<Record<string, unknown>> }[];
}) =>
  audit.events
    .filter(({ code }) => code === 'statement.approval_decided')
    .map(({ data }) => [data['decision'], data['state'] ?? data['why'], data['withdrawn']]);

describe('consent that was given', () => {
  it.each([
    ['the one who gave it', 'bob'],
    ['another reviewer', 'carol'],
  ])('can be taken away until it is used, by %s', async (_who, token) => {
    const { ticket, decide, write, see, engine, audit, notices } = await office();
    const asked = await ticket();
    valueOf(await decide(asked));
    expect((await see(asked, token)).mine).toEqual({ may: false, why: 'approval.state', withdraw: true });
    expect(valueOf(await decide(asked, token, { decision: 'reject', comment: 'not now' }))).toMatchObject({
      state: 'rejected',
      mine: { may: false },
    });
    expect(await write({ ticket: asked })).toMatchObject({
      status: 'denied',
      code: 'APPROVAL_REJECTED',
      hint: 'The reviewer said: not now',
    });
    expect(engine.ran).toEqual([]);
    expect(decisionsIn(audit)).toEqual([
      ['approve', 'approved', undefined],
      ['reject', 'rejected', true],
    ]);
    expect(notices.at(-1)).toMatchObject({
      type: 'approval.decided',
      decision: 'reject',
      state: 'rejected',
      withdrawn: true,
      comment: 'not now',
    } satisfies Partial<Notice>);
  });

  it('can be taken back while others are still asked', async () => {
    const { ticket, decide, write, see, audit } = await office({}, 'approval=role:stewards/2');
    const asked = await ticket();
    valueOf(await decide(asked));
    expect((await see(asked)).mine).toEqual({ may: false, why: 'approval.twice', withdraw: true });
    expect(valueOf(await decide(asked, 'bob', { decision: 'reject' })).state).toBe('rejected');
    expect(codeOf(await write({ ticket: asked }))).toBe('APPROVAL_REJECTED');
    expect(decisionsIn(audit).at(-1)).toEqual(['reject', 'rejected', true]);
  });

  it('cannot be taken back once it was used, nor by who may not review', async () => {
    const { ticket, decide, write, see, audit } = await office();
    const asked = await ticket();
    valueOf(await decide(asked));
    expect(await decide(asked, 'dave', { decision: 'reject' })).toMatchObject({
      code: 'NOT_PERMITTED',
      reason: 'review.role',
    });
    expect(await decide(asked, 'alice', { decision: 'reject' })).toMatchObject({
      code: 'NOT_PERMITTED',
      reason: 'review.self',
    });
    valueOf(await write({ ticket: asked }));
    expect((await see(asked)).mine).toEqual({ may: false, why: 'approval.state' });
    expect(await decide(asked, 'carol', { decision: 'reject' })).toMatchObject({
      code: 'APPROVAL_EXPIRED',
      reason: 'approval.state',
    });
    expect(decisionsIn(audit)).toEqual([
      ['approve', 'approved', undefined],
      ['refused', 'review.self', undefined],
    ]);
  });

  it('must be shown to who takes it away', async () => {
    const { ticket, decide } = await office();
    const asked = await ticket();
    valueOf(await decide(asked));
    expect(await decide(asked, 'carol', { decision: 'reject', digest: '0'.repeat(64) })).toMatchObject({
      reason: 'approval.digest',
    });
  });

  it('is gone also where that cannot be recorded yet, and the record gets it later', async () => {
    const inner = memoryAudit();
    let full = false;
    const { ticket, decide, write, gateway, engine } = await office({
      audit: { ...inner, append: (event) => (full ? Promise.reject(new Error('disk full')) : inner.append(event)) },
    });
    const asked = await ticket();
    valueOf(await decide(asked));
    full = true;
    expect(codeOf(await decide(asked, 'carol', { decision: 'reject' }))).toBe('AUDIT_UNAVAILABLE');
    full = false;
    expect(codeOf(await write({ ticket: asked }))).toBe('APPROVAL_REJECTED');
    expect(engine.ran).toEqual([]);
    await gateway.shutdown();
    expect(decisionsIn(inner).at(-1)).toEqual(['reject', 'rejected', true]);
  });

  it('is taken away or used, never both, and the record tells the one that happened', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < 100; round += 1) {
      const { ticket, decide, write, engine, audit, gateway, see } = await office();
      const asked = await ticket();
      valueOf(await decide(asked));
      const { digest } = await see(asked, 'carol');
      const using = round % 2 === 0 ? write({ ticket: asked }) : undefined;
      for (let turn = 0; turn < round % 17; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      for (let step = 0; step < round % 13; step += 1) await Promise.resolve();
      const rejecting = gateway.decide({ ...as('carol'), ticket: asked, decision: 'reject', digest });
      const [rejected, used] = await Promise.all([rejecting, using ?? write({ ticket: asked })]);
      expect([codeOf(rejected), codeOf(used), engine.ran.length, decisionsIn(audit).length]).toEqual(
        rejected.status === 'completed'
          ? ['completed', 'APPROVAL_REJECTED', 0, 2]
          : ['APPROVAL_EXPIRED', 'completed', 1, 1],
      );
      seen.add(codeOf(rejected));
      await gateway.shutdown();
    }
    expect(seen.size).toBe(2);
  });
});

describe("trying to decide on one's own request is recorded", () => {
  it.each([
    ["the agent's own token", 'agent'],
    ["the agent's token for reviewing", 'agent-reviews'],
    ['the person behind it', 'alice'],
    ['their other account', 'alice-again'],
    ['who answers for the agent', 'owner'],
    ['its principal in another client', 'agent-elsewhere'],
  ])('%s, without any rule for reviewing', async (_who, token) => {
    const { ticket, see, gateway, audit, rule } = await office();
    const asked = await ticket();
    const { digest } = await see(asked);
    await rule(
      'p, idp:agent, warehouse, ACME.OPS.*, write, allow, approval, w\np, idp:alice, warehouse, ACME.OPS.*, write, allow, approval, w2\n',
    );
    expect((await gateway.decide({ ...as(token), ticket: asked, decision: 'approve', digest })).status).toBe('denied');
    expect(audit.events.findLast(({ data }) => data['decision'] === 'refused')).toMatchObject({
      code: 'statement.approval_decided',
      data: {
        ticket: asked,
        decision: 'refused',
        reason: 'approval.self',
        why: expect.stringMatching(/^review\./) as string,
      },
    });
  });
});

/** A policy that asks its context how many must agree, and what else it demands. */
async function shifting() {
  let demand: { quorum: number; more: readonly { type: string; value: number }[] } = { quorum: 1, more: [] };
  const policy: PolicyDecisionPoint = {
    version: 'v1',
    holds: () => true,
    decide: async ({ asks }) => ({
      effect: 'permit',
      rules: ['r'],
      policyVersion: 'v1',
      obligations: asks.some(({ action }) => action === 'write')
        ? [{ type: 'approval', value: { quorum: demand.quorum } }, ...demand.more]
        : [],
    }),
  };
  const { gateway, engine } = await house({ identity, policy, approvals: people }, () => ({ columns: [], rows: [] }));
  const session = valueOf(
    await gateway.open({
      ...as('agent'),
      connection: 'warehouse',
      schema: 'ACME.OPS',
      access: 'write',
      ttlMs: 600_000,
      reason: 'r',
    }),
  ).id;
  const write = (ticket?: string) =>
    gateway.run({ ...as('agent'), session, sql: 'DELETE orders', ...(ticket === undefined ? {} : { ticket }) });
  const agreed = async (): Promise<string> => {
    const asked = await write();
    if (asked.status !== 'pending') throw new Error('it should wait');
    for (const who of ['bob', 'carol'].slice(0, demand.quorum))
      valueOf(
        await gateway.decide({ ...as(who), ticket: asked.ticket, decision: 'approve', digest: asked.binding ?? '' }),
      );
    return asked.ticket;
  };
  return {
    engine,
    write,
    agreed,
    demand: (next: Partial<typeof demand>) => {
      demand = { ...demand, ...next };
    },
  };
}

describe('terms that depend on the context', () => {
  it('are judged afresh: consent of one is not enough where two are demanded now', async () => {
    const { engine, write, agreed, demand } = await shifting();
    const ticket = await agreed();
    demand({ quorum: 2 });
    expect(await write(ticket)).toMatchObject({
      status: 'denied',
      code: 'APPROVAL_EXPIRED',
      reason: 'approval.terms',
      hint: 'Ask again without a ticket.',
    });
    expect(engine.ran).toEqual([]);
    expect(codeOf(await write(await agreed()))).toBe('completed');
  });

  it('may ask for less, and not for other things besides', async () => {
    const { engine, write, agreed, demand } = await shifting();
    demand({ quorum: 2 });
    const ticket = await agreed();
    demand({ quorum: 1, more: [{ type: 'max_rows', value: 5 }] });
    expect(await write(ticket)).toMatchObject({ reason: 'approval.terms' });
    demand({ more: [] });
    expect(codeOf(await write(ticket))).toBe('completed');
    expect(engine.ran).toHaveLength(1);
  });
});
