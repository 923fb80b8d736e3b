import { describe, expect, it } from 'vitest';
import { as, codeOf, valueOf } from '../test-gateway.js';
import { office, rules, type Office } from './test-reviewers.js';

describe('a statement that waits for a person', () => {
  it('runs once, by the call that carries the ticket, when somebody else agreed to exactly that', async () => {
    const { write, ticket, decide, see, engine, audit, notices, id } = await office();
    const asked = await ticket();
    expect(engine.ran).toEqual([]);
    const view = await see(asked);
    expect(view).toMatchObject({
      state: 'pending',
      moment: 'run',
      connection: 'warehouse',
      schema: 'ACME.OPS',
      access: 'write',
      session: id,
      principal: { id: 'idp:alice' },
      actor: { id: 'idp:agent' },
      reason: 'to tidy up',
      statement: {
        kind: 'write',
        operation: 'DELETE',
        canonical: 'DELETE orders',
        binds: [],
        writes: ['ACME.OPS.ORDERS'],
      },
      terms: [{ reviewers: 'role:stewards', quorum: 1 }],
      mine: { may: true },
      decisions: [],
    });
    expect(valueOf(await decide(asked, 'bob', { comment: 'fine by me' }))).toMatchObject({
      state: 'approved',
      decisions: [{ reviewer: { id: 'idp:bob' }, decision: 'approve', comment: 'fine by me' }],
    });
    expect(engine.ran).toEqual([]);
    valueOf(await write({ ticket: asked }));
    expect(engine.ran).toEqual(['DELETE orders']);
    expect(valueOf(await write({ ticket: asked })).replayed).toBe(true);
    expect(engine.ran).toHaveLength(1);
    const told = audit.events
      .filter((event) => event.code.startsWith('statement.'))
      .map((event) => [
        event.code,
        event.who?.principal,
        event.data['binding'] ?? (event.data['approval'] as { binding?: string } | undefined)?.binding,
      ]);
    expect(told.slice(0, 4)).toEqual([
      ['statement.approval_requested', 'idp:alice', view.digest],
      ['statement.approval_decided', 'idp:bob', view.digest],
      ['statement.authorized', 'idp:alice', view.digest],
      ['statement.executed', 'idp:alice', view.digest],
    ]);
    expect(notices.map(({ type }) => type)).toEqual(['approval.requested', 'approval.decided']);
    expect(JSON.stringify(notices)).toContain('to tidy up');
  });

  it('is still waited for when it is asked again, with the ticket or without', async () => {
    const { write, ticket, gateway } = await office();
    const asked = await ticket();
    expect(await ticket()).toBe(asked);
    expect(await write({ ticket: asked })).toMatchObject({ status: 'pending', ticket: asked });
    expect(valueOf(await gateway.approvals(as('bob')))).toHaveLength(1);
  });

  it("is refused with the reviewer's words", async () => {
    const { write, ticket, decide, engine, gateway } = await office();
    const asked = await ticket();
    valueOf(await decide(asked, 'bob', { decision: 'reject', comment: 'use the archive' }));
    expect(await write({ ticket: asked })).toMatchObject({
      code: 'APPROVAL_REJECTED',
      reason: 'approval.rejected',
      hint: 'The reviewer said: use the archive',
    });
    expect(valueOf(await gateway.approval({ ...as('agent'), ticket: asked }))).toMatchObject({
      state: 'rejected',
      mine: { may: false },
      decisions: [{ comment: 'use the archive' }],
    });
    expect(engine.ran).toEqual([]);
  });

  it('tells whoever waits as soon as there is an answer, and no longer than asked', async () => {
    const { gateway, ticket, decide, clock } = await office();
    const asked = await ticket();
    const waiting = gateway.approval({ ...as('agent'), ticket: asked, waitMs: 30_000 });
    await new Promise((resolve) => setImmediate(resolve));
    await decide(asked);
    expect(valueOf(await waiting).state).toBe('approved');
    const other = await ticket(
      await gateway.run({
        ...as('agent'),
        session: valueOf(await gateway.approval({ ...as('agent'), ticket: asked })).session ?? '',
        sql: 'DELETE customers',
      }),
    );
    const late = gateway.approval({ ...as('agent'), ticket: other, waitMs: 30_000 });
    await new Promise((resolve) => setImmediate(resolve));
    clock.forward(30_000);
    expect(valueOf(await late).state).toBe('pending');
  });
});

const approved = async (): Promise<Office & { readonly held: string }> => {
  const built = await office();
  const held = await built.ticket(await built.write({ binds: [7] }));
  valueOf(await built.decide(held));
  return { ...built, held };
};

describe('a ticket fits its own request only', () => {
  it.each<[string, Partial<Parameters<Office['write']>[0]> & object, string]>([
    ['one byte', { sql: 'DELETE orders2', binds: [7] }, 'approval.text'],
    ['one bind', { binds: [8] }, 'approval.binds'],
    ['a bind of another type', { binds: ['7'] }, 'approval.binds'],
    ['no binds', { binds: [] }, 'approval.binds'],
  ])('%s differs', async (_what, request, reason) => {
    const { write, held, engine } = await approved();
    expect(await write({ ...request, ticket: held })).toMatchObject({ code: 'APPROVAL_EXPIRED', reason });
    expect(engine.ran).toEqual([]);
    valueOf(await write({ binds: [7], ticket: held }));
  });

  it('another session', async () => {
    const { write, held, gateway, engine } = await approved();
    const other = valueOf(
      await gateway.open({
        ...as('agent'),
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'write',
        ttlMs: 60_000,
        reason: 'another',
      }),
    ).id;
    expect(await write({ session: other, binds: [7], ticket: held })).toMatchObject({
      code: 'APPROVAL_EXPIRED',
      reason: 'approval.session',
    });
    expect(engine.ran).toEqual([]);
  });

  it.each(['other-agent', 'agent-for-bob', 'agent-elsewhere'])(
    'of %s it is unknown, like one that never was',
    async (token) => {
      const { held, gateway, engine } = await approved();
      const other = valueOf(
        await gateway.open({
          ...as(token),
          connection: 'warehouse',
          schema: 'ACME.OPS',
          access: 'write',
          ttlMs: 60_000,
          reason: 'another',
        }),
      ).id;
      const [foreign, none] = await Promise.all(
        [held, crypto.randomUUID()].map((ticket) =>
          gateway.run({ ...as(token), session: other, sql: 'DELETE orders', binds: [7], ticket }),
        ),
      );
      expect(foreign).toMatchObject({ code: 'APPROVAL_EXPIRED', reason: 'approval.unknown' });
      expect({ ...foreign, id: '' }).toEqual({ ...none, id: '' });
      expect(codeOf(await gateway.approval({ ...as(token), ticket: held }))).toBe('NOT_FOUND');
      expect(engine.ran).toEqual([]);
    },
  );

  it('the clock: it is over when its time is, pending or approved', async () => {
    const { write, held, clock, engine, audit, ticket, see } = await approved();
    const waiting = await ticket();
    clock.forward(300_000);
    clock.forward(299_999);
    clock.forward(1);
    await new Promise((resolve) => setImmediate(resolve));
    expect(codeOf(await write({ binds: [7], ticket: held }))).toBe('SESSION_EXPIRED');
    expect((await see(held)).state).not.toBe('approved');
    expect((await see(waiting)).state).not.toBe('pending');
    expect(engine.ran).toEqual([]);
    expect(
      audit.events.filter(
        (event) =>
          event.code === 'statement.approval_decided' &&
          /^(?:expired|void)$/.test(JSON.stringify(event.data['decision']).slice(1, -1)),
      ),
    ).toHaveLength(2);
  });

  it('the time that the rule gives is the one that counts', async () => {
    const { write, ticket, decide, clock, see } = await office({}, 'approval=role:stewards/1/30s');
    const asked = await ticket();
    valueOf(await decide(asked));
    clock.forward(30_000);
    expect(await write({ ticket: asked })).toMatchObject({ code: 'APPROVAL_EXPIRED', reason: 'approval.expired' });
    expect(await see(asked)).toMatchObject({ state: 'expired', ended: 'time' });
  });

  it('the policy: void where it would answer otherwise now, and of use where it would not', async () => {
    const { write, held, rule, engine, see } = await approved();
    await rule(`${rules()}\np, idp:zoe, warehouse, ACME.OPS.*, read, allow, , zoe`);
    valueOf(await write({ binds: [7], ticket: held }));
    const again = await approved();
    await again.rule(rules('approval=role:stewards/2'));
    expect(await again.write({ binds: [7], ticket: again.held })).toMatchObject({
      code: 'APPROVAL_EXPIRED',
      reason: 'approval.policy',
    });
    expect(await again.see(again.held)).toMatchObject({ state: 'void', ended: 'policy_changed' });
    expect(again.engine.ran).toEqual([]);
    expect(engine.ran).toHaveLength(1);
    expect((await see(held)).state).toBe('used');
  });

  it('and a rule that is gone denies, whatever was agreed', async () => {
    const { write, held, rule, engine } = await approved();
    await rule(rules().replace(/p, role:users, warehouse, ACME\.OPS\.\*, write.*\n/, ''));
    expect(await write({ binds: [7], ticket: held })).toMatchObject({ code: 'NOT_PERMITTED' });
    expect(engine.ran).toEqual([]);
  });

  it.each(['closed', 'revoked'])('a session that is %s voids it', async (how) => {
    const { write, held, gateway, id, engine, see } = await approved();
    valueOf(
      how === 'closed'
        ? await gateway.close({ ...as('agent'), session: id })
        : await gateway.revoke({ ...as('bob'), session: id }),
    );
    expect(codeOf(await write({ binds: [7], ticket: held }))).toBe(
      how === 'closed' ? 'SESSION_CLOSED' : 'SESSION_REVOKED',
    );
    expect(await see(held)).toMatchObject({ state: 'void', ended: `session_${how}` });
    expect(engine.ran).toEqual([]);
  });
});

describe('opening a session that waits for a person', () => {
  it('opens once, with the ticket', async () => {
    const { gateway, ticket, decide, engine, audit } = await office();
    const open = (more: object = {}) =>
      gateway.open({
        ...as('agent'),
        connection: 'warehouse',
        schema: 'ACME.FINANCE',
        access: 'read',
        ttlMs: 60_000,
        reason: 'month end',
        ...more,
      });
    const before = engine.live();
    const asked = await ticket(await open());
    expect(engine.live()).toBe(before);
    valueOf(await decide(asked));
    expect(await open({ ticket: asked, reason: 'something else' })).toMatchObject({
      code: 'APPROVAL_EXPIRED',
      reason: 'approval.reason',
    });
    expect(await open({ ticket: asked, ttlMs: 61_000 })).toMatchObject({
      code: 'APPROVAL_EXPIRED',
      reason: 'approval.ttl',
    });
    valueOf(await open({ ticket: asked }));
    expect(await open({ ticket: asked })).toMatchObject({ reason: 'approval.used' });
    expect(engine.live()).toBe(before + 1);
    expect(audit.events.map((event) => event.code)).toContain('session.approved');
  });
});

describe('floods, and rules that cannot be met', () => {
  it('lets one actor wait for so many, and another go on', async () => {
    const { write, gateway } = await office({ approvals: { pendingPerActor: 3 } });
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, index) => write({ sql: `DELETE orders${index}` })),
    );
    expect(answers.map(codeOf).toSorted()).toEqual([
      ...Array<string>(7).fill('TOO_MANY_APPROVALS'),
      ...Array<string>(3).fill('pending'),
    ]);
    const other = valueOf(
      await gateway.open({
        ...as('other-agent'),
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'write',
        ttlMs: 60_000,
        reason: 'x',
      }),
    ).id;
    expect(codeOf(await gateway.run({ ...as('other-agent'), session: other, sql: 'DELETE orders' }))).toBe('pending');
  });

  it.each(['approval=role:stewards/0', 'approval=role:stewards/1/1d', 'approval=nobody', 'approval=1/2'])(
    'refuses a rule with the terms %s at load',
    async (terms) => {
      await expect(office({}, terms)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    },
  );

  it('refuses two ways to agree', async () => {
    await expect(
      office({ approver: { seek: async () => ({ ticket: '', reviewers: [], digest: '' }) } }),
    ).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(office({ approvals: { scope: 'two words' } })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
