import { describe, expect, it } from 'vitest';
import { memoryAudit, memoryEngine, type MemoryAudit } from '../../../src/adapters/memory/index.js';
import { memoryTickets, type AuditEvent, type AuditLog } from '../../../src/core/index.js';
import { createDeferred } from '../../../src/core/async/deferred.js';
import { as, codeOf, finance, ops, valueOf } from '../test-gateway.js';
import { office, type Office } from './test-reviewers.js';

const opening = {
  connection: 'warehouse',
  schema: 'ACME.OPS',
  access: 'read',
  ttlMs: 60_000,
  reason: 'to look',
} as const;
const open = ({ gateway }: Office, token = 'agent') => gateway.open({ ...as(token), ...opening });
const suspend = ({ gateway }: Office, token = 'bob', more: object = {}) =>
  gateway.suspend({ ...as(token), actor: 'idp:agent', ...more });
const reinstate = ({ gateway }: Office, token = 'carol') => gateway.reinstate({ ...as(token), actor: 'idp:agent' });
const steps = async (count: number): Promise<void> => {
  for (let step = 0; step < count; step += 1) await Promise.resolve();
};
const turns = async (count: number): Promise<void> => {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
};
const left = (events: readonly AuditEvent[]): MemoryAudit =>
  memoryAudit(events.map((event) => ({ ...event, instance: `gone-${event.instance}` })));

/** A record whose next line of this code hangs until it is let through; then it is durable. */
function hanging() {
  const inner = memoryAudit();
  const held: { code?: string; let: () => void } = { let: () => undefined };
  const hang = (code: string): void => void (held.code = code);
  const audit: AuditLog & Pick<MemoryAudit, 'events'> = {
    ...inner,
    get events() {
      return inner.events;
    },
    append: async (event) => {
      if (event.code !== held.code) return inner.append(event);
      delete held.code;
      const gate = createDeferred();
      held.let = gate.resolve;
      await gate.promise;
      return inner.append(event);
    },
  };
  return { audit, held, hang };
}

/** Gives up waiting for the line, which becomes durable after all. */
async function late(
  at: Office,
  { held, hang }: ReturnType<typeof hanging>,
  code: string,
  work: () => Promise<{ readonly status: string }>,
  meanwhile: () => Promise<unknown> = async () => undefined,
): Promise<void> {
  hang(code);
  const given = work();
  await turns(3);
  at.clock.forward(2_001);
  expect(codeOf((await given) as never)).toBe('AUDIT_UNAVAILABLE');
  await meanwhile();
  held.let();
  await turns(3);
  at.clock.forward(600);
  await turns(3);
}

describe('a suspension whose line comes late', () => {
  it('takes back itself alone: the one before it holds, before and after a restart', async () => {
    const record = hanging();
    const at = await office({ audit: record.audit });
    valueOf(await suspend(at, 'bob', { comment: 'the first' }));
    await late(at, record, 'actor.suspended', () => suspend(at, 'carol', { forMs: 7_200_000 }));
    expect(at.codes().filter((code) => code.startsWith('actor.'))).toEqual([
      'actor.suspended',
      'actor.suspended',
      'actor.reinstated',
    ]);
    const [listed] = valueOf(await at.gateway.suspensions(as('bob')));
    await expect(office({ audit: left(record.audit.events), clock: at.clock })).rejects.toMatchObject({
      cause: { code: 'ACTOR_SUSPENDED' },
    });
    expect(listed).toMatchObject({ comment: 'the first' });
  });

  it('nor does it take back one that was made after it', async () => {
    const record = hanging();
    const at = await office({ audit: record.audit });
    await late(
      at,
      record,
      'actor.suspended',
      () => suspend(at),
      async () => {
        valueOf(await suspend(at, 'carol', { comment: 'again' }));
      },
    );
    expect(at.codes().filter((code) => code.startsWith('actor.'))).toEqual([
      'actor.suspended',
      'actor.suspended',
      'actor.reinstated',
    ]);
    expect(codeOf(await open(at))).toBe('ACTOR_SUSPENDED');
    await expect(office({ audit: left(record.audit.events), clock: at.clock })).rejects.toMatchObject({
      cause: { code: 'ACTOR_SUSPENDED' },
    });
  });

  it('a reinstatement that was given up leaves what held, with its words', async () => {
    const record = hanging();
    const at = await office({ audit: record.audit });
    valueOf(await suspend(at, 'bob', { comment: 'the first' }));
    await late(at, record, 'actor.reinstated', () => reinstate(at));
    expect(valueOf(await at.gateway.suspensions(as('bob')))).toMatchObject([
      { by: { id: 'idp:bob' }, comment: 'the first' },
    ]);
    await expect(office({ audit: left(record.audit.events), clock: at.clock })).rejects.toMatchObject({
      cause: { code: 'ACTOR_SUSPENDED' },
    });
  });

  it('is over before it was written: what was being opened meanwhile does not outlive it', async () => {
    const record = hanging();
    const gate = createDeferred();
    const inner = memoryEngine([ops, finance], () => ({ columns: [], rows: [] }));
    let first = true;
    const engine = {
      ...inner,
      open: async (...given: Parameters<typeof inner.open>) => {
        if (!first) await gate.promise;
        first = false;
        return inner.open(...given);
      },
    };
    const at = await office({ audit: record.audit, connections: { warehouse: engine } });
    const underWay = open(at);
    await turns(2);
    record.hang('actor.suspended');
    const given = suspend(at, 'bob', { forMs: 1_000 });
    await turns(2);
    at.clock.forward(1_500);
    record.held.let();
    valueOf(await given);
    gate.resolve();
    expect(codeOf(await underWay)).toBe('ACTOR_SUSPENDED');
    expect(inner.live()).toBe(0);
  });
});

describe('what is going on when an actor is suspended', () => {
  it('a ticket that is being redeemed runs nothing after the answer', async () => {
    for (let round = 0; round < 60; round += 1) {
      const at = await office();
      const ticket = await at.ticket();
      valueOf(await at.decide(ticket));
      const writing = at.write({ ticket });
      await steps(round * 2);
      valueOf(await suspend(at));
      const ran = at.engine.ran.length;
      const outcome = await writing;
      expect(at.engine.ran).toHaveLength(ran);
      if (ran === 0) expect(outcome.status).not.toBe('completed');
      expect(['used', 'void']).toContain((await at.see(ticket)).state);
      expect(codeOf(await at.write({ ticket }))).toBe('ACTOR_SUSPENDED');
      await at.gateway.shutdown();
    }
  });

  it('a statement that people are asked about, and a reviewer who agrees at that moment: it never runs', async () => {
    for (let round = 0; round < 40; round += 1) {
      const at = await office();
      const ticket = await at.ticket();
      const deciding = at.decide(ticket, 'carol');
      await steps(round);
      const [suspended] = await Promise.all([suspend(at), deciding]);
      expect(valueOf(suspended).tickets.length).toBeLessThanOrEqual(1);
      expect((await at.see(ticket)).state).toBe('void');
      expect(codeOf(await at.write({ ticket }))).toBe('ACTOR_SUSPENDED');
      expect(at.engine.ran).toEqual([]);
      await at.gateway.shutdown();
    }
  });

  it('two reviewers at once: one suspension holds, each session ends once', async () => {
    const at = await office();
    valueOf(await open(at));
    const both = await Promise.all([suspend(at, 'bob', { forMs: 60_000 }), suspend(at, 'carol', { forMs: 120_000 })]);
    expect(both.map((each) => valueOf(each).sessions.length)).toEqual([2, 0]);
    expect(at.codes().filter((code) => code === 'session.revoked')).toHaveLength(2);
    expect(valueOf(await at.gateway.suspensions(as('bob')))).toMatchObject([{ by: { id: 'idp:carol' } }]);
    expect((await Promise.all([reinstate(at), reinstate(at, 'bob')])).map(({ status }) => status).toSorted()).toEqual([
      'completed',
      'denied',
    ]);
    valueOf(await open(at));
    // Whichever is first, what is listed is what holds.
    const [, over] = await Promise.all([suspend(at), reinstate(at)]);
    const holds = over.status !== 'completed';
    expect(valueOf(await at.gateway.suspensions(as('bob')))).toHaveLength(holds ? 1 : 0);
    expect(codeOf(await open(at))).toBe(holds ? 'ACTOR_SUSPENDED' : 'completed');
  });

  it('that it is over, suspended again and reinstated at the same moment', async () => {
    const at = await office();
    valueOf(await suspend(at, 'bob', { forMs: 1_000 }));
    at.clock.forward(999);
    expect(await open(at)).toMatchObject({ code: 'ACTOR_SUSPENDED', retryAfterMs: 1 });
    at.clock.forward(1);
    expect(await reinstate(at)).toMatchObject({ code: 'NOT_FOUND', reason: 'suspension.unknown' });
    const [opened, suspended] = await Promise.all([open(at), suspend(at, 'bob', { forMs: 1_000 })]);
    valueOf(suspended);
    expect([
      opened.status === 'completed' ? (await at.run(opened.value.id, 'SELECT orders', 'agent')).status : 'denied',
    ]).toEqual(['denied']);
    expect(at.engine.live()).toBe(0);
  });

  it('a process that ended before its tickets were void voids them when it starts again', async () => {
    const store = { ...memoryTickets(), outlives: true };
    const first = await office({ approvals: { store } });
    const ticket = await first.ticket(await first.gateway.open({ ...as('agent'), ...opening, schema: 'ACME.FINANCE' }));
    const at = first.clock.now();
    const suspended: AuditEvent = {
      ...(first.audit.events[0] as AuditEvent),
      id: 'suspended',
      code: 'actor.suspended',
      at,
      who: { principal: 'idp:bob', actor: 'idp:bob' } as never,
      data: {
        actor: 'idp:agent',
        places: [{ connection: 'warehouse', schemas: ['ACME.FINANCE'] }],
        expiresAt: at + 60_000,
      },
    };
    const second = await office({
      approvals: { store },
      audit: left([...first.audit.events, suspended]),
      clock: first.clock,
    });
    expect(await second.see(ticket)).toMatchObject({ state: 'void', ended: 'actor_suspended' });
  });

  it.each([
    'idp:__proto__',
    'idp:constructor',
    '..',
    '.',
    ':',
    'idp:',
    ' idp:agent',
    'idp:AGENT',
    'idp:agent\u0000',
    '["idp:agent"]',
    '*',
  ])('the name %j is that of nobody else', async (actor) => {
    const at = await office();
    expect(valueOf(await suspend(at, 'bob', { actor })).sessions).toEqual([]);
    expect((await open(at)).status).toBe('completed');
    expect(valueOf(await at.gateway.suspensions(as('bob'))).map((each) => each.actor)).toEqual([actor]);
    expect(valueOf(await at.gateway.reinstate({ ...as('carol'), actor })).actor).toBe(actor);
  });

  it('a name that cannot be written down is refused', async () => {
    const at = await office();
    expect(await suspend(at, 'bob', { actor: 'idp:\ud800' })).toMatchObject({
      code: 'INVALID_REQUEST',
      reason: 'request.actor',
    });
    valueOf(await suspend(at, 'bob', { actor: 'idp:\u{1f600}' }));
  });
});
