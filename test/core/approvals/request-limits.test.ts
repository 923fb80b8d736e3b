import { describe, expect, it } from 'vitest';
import { ApprovalRequestLimits } from '../../../src/core/approvals/request-limits.js';
import { resolveApprovalSettings } from '../../../src/core/approvals/options.js';
import type { Ticket } from '../../../src/core/approvals/ticket.js';
import { MemoryCounters } from '../../../src/core/data/counters.js';
import { FakeClock } from '../fake-clock.js';
import { as, codeOf, valueOf } from '../test-gateway.js';
import { office, type Office } from './test-reviewers.js';

const minutes = 60_000;

/** Another session for writing of the agent's. */
async function opened({ gateway }: Office, reason = 'again'): Promise<string> {
  return valueOf(
    await gateway.open({
      ...as('agent'),
      connection: 'warehouse',
      schema: 'ACME.OPS',
      access: 'write',
      ttlMs: 3_600_000,
      reason,
    }),
  ).id;
}

describe('asking people again and again', () => {
  it('by closing and opening ends at so many, and so do the notices', async () => {
    const at = await office({ approvals: { requestsPerActor: 5 } });
    const answers: (string | undefined)[] = [];
    for (let round = 0; round < 20; round += 1) {
      const session = await opened(at);
      const outcome = await at.write({ session });
      answers.push(outcome.status === 'denied' ? `${outcome.code} ${outcome.reason ?? ''}` : outcome.status);
      await at.gateway.close({ ...as('agent'), session });
    }
    expect(answers).toEqual([
      ...Array.from({ length: 5 }, () => 'pending'),
      ...Array.from({ length: 15 }, () => 'TOO_MANY_APPROVALS approval.rate'),
    ]);
    expect(at.notices).toHaveLength(10);
    expect(await at.write()).toMatchObject({
      code: 'TOO_MANY_APPROVALS',
      retryAfterMs: 10 * minutes,
      hint: 'Wait 600 s.',
    });
    at.clock.forward(10 * minutes);
    expect((await at.write({ session: await opened(at) })).status).toBe('pending');
  });

  it('of one actor keeps no other from asking', async () => {
    const at = await office({ approvals: { requestsPerActor: 1 } });
    await at.ticket();
    expect(codeOf(await at.write({ sql: 'DELETE other' }))).toBe('TOO_MANY_APPROVALS');
    const session = valueOf(
      await at.gateway.open({
        ...as('bob'),
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'write',
        ttlMs: 60_000,
        reason: 'mine',
      }),
    ).id;
    expect((await at.gateway.run({ ...as('bob'), session, sql: 'DELETE orders' })).status).toBe('pending');
  });

  it('that is thirty times in ten minutes unless told otherwise', async () => {
    const at = await office({ approvals: { pendingPerActor: 1_000 } });
    let asked = 0;
    while ((await at.write({ sql: `DELETE t${asked}` })).status === 'pending') asked += 1;
    expect(asked).toBe(30);
  });

  it('and break-glass access again and again ends too', async () => {
    const at = await office({ approvals: { requestsPerActor: 3 }, limits: { sessionsPerActor: 100 } });
    const open = () =>
      at.gateway.open({
        ...as('oncall'),
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'write',
        ttlMs: 60_000,
        reason: 'it burns',
        breakGlass: true,
      });
    const outcomes = [await open(), await open(), await open(), await open()];
    expect(outcomes.map(codeOf)).toEqual(['completed', 'completed', 'completed', 'TOO_MANY_APPROVALS']);
    expect(outcomes[3]).toMatchObject({ reason: 'breakglass.rate' });
    expect(at.notices.filter(({ type }) => type === 'breakglass.activated')).toHaveLength(3);
  });
});

const boundTo = (text: string) => ({ moment: 'run', principal: 'p', actor: 'a', schema: 'ACME.OPS', text });

describe('what was rejected', () => {
  it('is not asked for again for a while, by whatever session, and nobody is told', async () => {
    const at = await office();
    await at.decide(await at.ticket(), 'bob', { decision: 'reject', comment: 'no' });
    const told = at.notices.length;
    const again = [
      await at.write(),
      await at.write({ sql: 'DELETE orders' }),
      await at.write({ session: await opened(at) }),
    ];
    for (const outcome of again)
      expect(outcome).toMatchObject({
        status: 'denied',
        code: 'APPROVAL_REJECTED',
        reason: 'approval.cooldown',
        retryAfterMs: 10 * minutes,
      });
    expect(at.notices).toHaveLength(told);
    at.clock.forward(10 * minutes - 1);
    const session = await opened(at);
    expect(codeOf(await at.write({ session }))).toBe('APPROVAL_REJECTED');
    at.clock.forward(1);
    expect((await at.write({ session })).status).toBe('pending');
  });

  it.each([
    'delete from orders',
    'DELETE\n FROM  ORDERS ;',
    'DELETE FROM "ORDERS"',
    'DELETE FROM Acme.Ops.orders',
    'DELETE FROM (OPS.orders)',
  ])('is the same however it is written: %s', async (text) => {
    const asking = new ApprovalRequestLimits(new MemoryCounters(new FakeClock()), resolveApprovalSettings({}));
    await asking.recordRejection({ bound: boundTo('DELETE FROM ORDERS') } as unknown as Ticket);
    expect(await asking.checkCooldown(boundTo(text), undefined)).toMatchObject({
      code: 'APPROVAL_REJECTED',
      reason: 'approval.cooldown',
    });
    expect(await asking.checkCooldown(boundTo('DELETE FROM OTHERS'), undefined)).toBeUndefined();
  });

  it('again and again, with a word more each time, is not asked for at all for a while; the same on another object is', async () => {
    const at = await office();
    let asked = 0;
    for (let outcome = await at.write(); outcome.status === 'pending'; outcome = await at.write({ binds: [asked] })) {
      await at.decide(outcome.ticket, 'bob', { decision: 'reject' });
      asked += 1;
    }
    expect(asked).toBe(3);
    expect(await at.write({ binds: [7] })).toMatchObject({ code: 'APPROVAL_REJECTED', reason: 'approval.cooldown' });
    expect((await at.write({ sql: 'DELETE other' })).status).toBe('pending');
    at.clock.forward(10 * minutes);
    expect((await at.write({ session: await opened(at), binds: [7] })).status).toBe('pending');
  });

  it('keeps nothing else from being asked: another text, other binds, another agent', async () => {
    const at = await office();
    await at.decide(await at.ticket(await at.write({ binds: [1] })), 'bob', { decision: 'reject' });
    expect(codeOf(await at.write({ binds: [1] }))).toBe('APPROVAL_REJECTED');
    expect((await at.write({ binds: [2] })).status).toBe('pending');
    expect((await at.write({ sql: 'DELETE other' })).status).toBe('pending');
    const session = valueOf(
      await at.gateway.open({
        ...as('other-agent'),
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'write',
        ttlMs: 60_000,
        reason: 'mine',
      }),
    ).id;
    expect((await at.gateway.run({ ...as('other-agent'), session, sql: 'DELETE orders', binds: [1] })).status).toBe(
      'pending',
    );
  });

  it('an opening is not asked for again with another reason or time', async () => {
    const at = await office();
    const open = (more: object = {}) =>
      at.gateway.open({
        ...as('agent'),
        connection: 'warehouse',
        schema: 'ACME.FINANCE',
        access: 'read',
        ttlMs: 60_000,
        reason: 'to look',
        ...more,
      });
    const asked = await open();
    await at.decide(await at.ticket(asked), 'bob', { decision: 'reject' });
    for (const more of [{}, { reason: 'to look again' }, { ttlMs: 30_000 }])
      expect(await open(more)).toMatchObject({ code: 'APPROVAL_REJECTED', reason: 'approval.cooldown' });
  });

  it('may be asked for at once where there is no such time', async () => {
    const at = await office({ approvals: { cooldownMs: 0 } });
    await at.decide(await at.ticket(), 'bob', { decision: 'reject' });
    expect((await at.write()).status).toBe('pending');
  });

  it.each([{ cooldownMs: -1 }, { cooldownMs: 86_400_001 }, { requestsPerActor: 0 }])(
    '%j is no setting',
    async (approvals) => {
      await expect(office({ approvals })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    },
  );
});
