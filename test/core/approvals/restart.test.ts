import { describe, expect, it } from 'vitest';
import { memoryAudit, type MemoryAudit } from '../../../src/adapters/memory/index.js';
import { memoryTickets, type AuditLog, type TicketStore } from '../../../src/core/index.js';
import { as, codeOf, house, valueOf } from '../test-gateway.js';
import { casbin } from '../../../src/adapters/casbin/index.js';
import { identity, office, people, rules, type Office } from './test-reviewers.js';

const glass = {
  ...as('oncall'),
  connection: 'warehouse',
  schema: 'ACME.OPS',
  access: 'write',
  ttlMs: 60_000,
  reason: 'the site is down',
  breakGlass: true,
} as const;

/** What a process that is gone left in the record: the gateways of this process would know of each other. */
const left = ({ audit }: Office): MemoryAudit =>
  memoryAudit(audit.events.map((event) => ({ ...event, instance: `gone-${event.instance}` })));

describe('break-glass sessions that are not reviewed', () => {
  it('is still due after a crash, and can be signed then; and once it is signed it is due no more', async () => {
    const first = await office();
    const { id } = valueOf(await first.gateway.open(glass));
    expect(await first.gateway.sign({ ...as('bob'), session: id, comment: 'seen' })).toMatchObject({
      reason: 'review.open',
    });
    const second = await office({ audit: left(first) });
    expect(valueOf(await second.gateway.reviews(as('bob')))).toMatchObject([
      {
        session: id,
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'write',
        principal: { id: 'idp:oncall' },
        reason: 'the site is down',
      },
    ]);
    expect(await second.gateway.sign({ ...as('oncall-reviews'), session: id, comment: 'fine' })).toMatchObject({
      status: 'denied',
    });
    expect(
      valueOf(await second.gateway.sign({ ...as('bob'), session: id, comment: 'looked at it' })).signed,
    ).toMatchObject({ by: { id: 'idp:bob' } });
    expect(second.audit.events.at(-1)).toMatchObject({
      code: 'breakglass.reviewed',
      session: id,
      connection: 'warehouse',
      scope: { database: 'ACME', schema: 'OPS', access: 'write' },
    });
    const third = await office({ audit: left(second) });
    expect(valueOf(await third.gateway.reviews(as('bob')))).toEqual([]);
  });

  it('counts against who broke it also after a restart', async () => {
    const first = await office({ approvals: { requestsPerActor: 1_000 } });
    for (let count = 0; count < 100; count += 1) {
      const { id } = valueOf(await first.gateway.open(glass));
      valueOf(await first.gateway.close({ ...as('oncall'), session: id }));
    }
    const second = await office({ audit: left(first) });
    expect(await second.gateway.open(glass)).toMatchObject({
      code: 'TOO_MANY_APPROVALS',
      reason: 'breakglass.unreviewed',
    });
  });
});

describe('suspensions that hold', async () => {
  const ask = {
    ...as('agent'),
    connection: 'warehouse',
    schema: 'ACME.OPS',
    access: 'read',
    ttlMs: 1_000,
    reason: 'to look',
  } as const;
  const bob = { ...as('bob'), actor: 'idp:agent' };
  const policy = await casbin({ policy: { name: 'policy.csv', text: rules() } });
  const parts = ({ clock }: Office) => ({ identity, policy, clock, approvals: people });

  it('hold after a restart for the time that is left, and not where they were ended or are over', async () => {
    const first = await office();
    valueOf(await first.gateway.suspend({ ...bob, forMs: 60_000, comment: 'enough' }));
    const [entry] = valueOf(await first.gateway.suspensions(as('bob')));
    const earlier = left(first);
    const { gateway } = await house({ ...parts(first), audit: earlier });
    expect(valueOf(await gateway.suspensions(as('bob')))).toEqual([entry]);
    expect(await gateway.open(ask)).toMatchObject({ code: 'ACTOR_SUSPENDED', retryAfterMs: 60_000 });
    valueOf(await gateway.reinstate({ ...bob, ...as('carol') }));
    const third = await house({ ...parts(first), audit: left({ ...first, audit: earlier }) });
    expect(valueOf(await third.gateway.suspensions(as('bob')))).toEqual([]);
    expect((await third.gateway.open(ask)).status).toBe('completed');
    first.clock.forward(60_000);
    const fourth = await house({ ...parts(first), audit: left(first) });
    expect((await fourth.gateway.open(ask)).status).toBe('completed');
  });
});

/** A store that a process leaves behind. */
const outliving = (): TicketStore => ({ ...memoryTickets(), outlives: true });

describe('tickets that outlive a crash', () => {
  it('are void where their session is over, told in the record, and nobody approves them any more', async () => {
    const store = outliving();
    const first = await office({ approvals: { store } });
    const [waiting, agreed] = [await first.ticket(), await first.ticket(await first.write({ binds: [1] }))];
    valueOf(await first.decide(agreed));
    const second = await office({ approvals: { store }, audit: left(first) });
    expect(second.gateway.recovered.sessions).toBe(1);
    for (const ticket of [waiting, agreed]) {
      expect(await second.see(ticket)).toMatchObject({ state: 'void', ended: 'session_closed', mine: { may: false } });
      expect(
        second.audit.events.find(
          ({ code, data }) =>
            code === 'statement.approval_decided' && data['ticket'] === ticket && data['decision'] === 'void',
        ),
      ).toMatchObject({ session: first.id, data: { why: 'session_closed' } });
    }
    expect(valueOf(await second.gateway.approvals(as('bob')))).toEqual([]);
  });

  it('are void also where the end of the session was recorded and the crash came before theirs', async () => {
    const store = outliving();
    const first = await office({
      approvals: {
        store: { ...store, list: async (filter) => (filter.session === undefined ? store.list(filter) : []) },
      },
    });
    const asked = await first.ticket();
    valueOf(await first.gateway.close({ ...as('agent'), session: first.id }));
    expect((await store.get(asked))?.state).toBe('pending');
    const second = await office({ approvals: { store }, audit: left(first) });
    expect((await second.see(asked)).state).toBe('void');
  });

  it('expire where they are overdue, and in their time where they are not', async () => {
    const store = outliving();
    const first = await office({ approvals: { store } });
    const opening = {
      ...as('agent'),
      connection: 'warehouse',
      schema: 'ACME.FINANCE',
      access: 'read',
      ttlMs: 60_000,
      reason: 'r',
    } as const;
    const [old, young] = [
      await first.ticket(await first.gateway.open(opening)),
      await first.ticket(await first.gateway.open({ ...opening, reason: 's' })),
    ];
    const ticket = await store.get(old);
    if (ticket === undefined) throw new Error('it should be there');
    await store.swap({ ...ticket, expiresAt: first.clock.now() - 1, version: ticket.version + 1 });
    const second = await office({ approvals: { store }, audit: left(first) });
    expect((await store.get(old))?.state).toBe('expired');
    expect(
      second.audit.events.find(({ data }) => data['ticket'] === old && data['decision'] === 'expired'),
    ).toMatchObject({ code: 'session.denied', data: { why: 'time' } });
    expect((await store.get(young))?.state).toBe('pending');
    second.clock.forward(900_000);
    await expect.poll(async () => (await store.get(young))?.state).toBe('expired');
  });

  it('of a process that still lives are left alone', async () => {
    const store = outliving();
    const first = await office({ approvals: { store } });
    const asked = await first.ticket();
    await office({ approvals: { store } });
    expect((await store.get(asked))?.state).toBe('pending');
    valueOf(await first.decide(asked));
    expect(codeOf(await first.write({ ticket: asked }))).toBe('completed');
  });
});

describe('two gateways that live, on one log', () => {
  it("leave each other's sessions alone, and answer for what a dead one left", async () => {
    const inner = memoryAudit();
    // What is open in the log, whoever wrote it: it cannot know who lives.
    const shared: AuditLog = {
      ...inner,
      unresolved: () => memoryAudit(inner.events).unresolved(),
      close: async () => undefined,
    };
    const one = await house({ audit: shared });
    const session = await one.session();
    const two = await house({ audit: shared });
    expect(two.gateway.recovered).toEqual({ statements: 0, sessions: 0 });
    valueOf(await one.run(session));
    expect(inner.events.filter(({ code }) => code === 'session.closed')).toEqual([]);
    await inner.append({ id: 'x', code: 'session.opened', at: 1, instance: 'dead', session: 's-dead', data: {} });
    const three = await house({ audit: shared });
    expect(three.gateway.recovered.sessions).toBe(1);
    expect(inner.events.findLast(({ code }) => code === 'session.closed')).toMatchObject({
      session: 's-dead',
      data: { by: 'restart' },
    });
  });
});
