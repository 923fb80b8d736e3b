import { describe, expect, it } from 'vitest';
import { as, codeOf, valueOf } from '../test-gateway.js';
import { memoryAudit, memoryEngine } from '../../../src/adapters/memory/index.js';
import type { SessionState } from '../../../src/core/index.js';
import { office, rules, type Office } from './test-reviewers.js';
import { finance, ops } from '../test-gateway.js';

const hour = 3_600_000;
const opening = {
  connection: 'warehouse',
  schema: 'ACME.OPS',
  access: 'read',
  ttlMs: 60_000,
  reason: 'to look',
} as const;
const open = ({ gateway }: Office, token = 'agent', more: object = {}) =>
  gateway.open({ ...as(token), ...opening, ...more });
const suspend = ({ gateway }: Office, token = 'bob', more: object = {}) =>
  gateway.suspend({ ...as(token), actor: 'idp:agent', comment: 'it asks without end', ...more });
const overseer = (schema: string, terms?: string): string =>
  `${rules(terms)}\np, idp:dave, warehouse, ${schema}, oversee, allow, , dave-oversees\n`;
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** An engine whose next path waits until it is let through. */
function slowEngine() {
  const inner = memoryEngine([ops, finance], () => ({ columns: [], rows: [] }));
  const gate: { hold?: Promise<void>; let: () => void } = { let: () => undefined };
  const hold = (): void =>
    void (gate.hold = new Promise((resolve) => {
      gate.let = resolve;
    }));
  return {
    inner,
    hold,
    gate,
    engine: {
      ...inner,
      open: async (...given: Parameters<typeof inner.open>) => {
        await gate.hold;
        return inner.open(...given);
      },
    },
  };
}

describe('suspending an actor', () => {
  it('ends its sessions, for whomever it acts, voids its tickets and refuses it, for a time', async () => {
    const at = await office();
    const { gateway, clock, audit } = at;
    const other = valueOf(await open(at, 'agent-for-bob')).id;
    const kept = valueOf(await open(at, 'other-agent')).id;
    await at.ticket();
    const suspended = valueOf(await suspend(at));
    expect(suspended).toMatchObject({
      actor: 'idp:agent',
      places: [{ connection: 'warehouse', schemas: ['ACME.OPS'] }],
      by: { id: 'idp:bob' },
      comment: 'it asks without end',
      expiresAt: clock.now() + hour,
    });
    expect(suspended.sessions.toSorted()).toEqual([at.id, other].toSorted());
    expect(valueOf(await gateway.sessions(as('bob'))).map(({ id }) => id)).toEqual([kept]);
    expect(
      audit.events
        .filter(({ code }) => code === 'session.revoked')
        .map(({ data }) => [data['revokedBy'], data['comment']]),
    ).toEqual([
      ['idp:bob', 'it asks without end'],
      ['idp:bob', 'it asks without end'],
    ]);
    for (const token of ['agent', 'agent-for-bob', 'agent-elsewhere']) {
      expect(await open(at, token)).toMatchObject({
        status: 'denied',
        code: 'ACTOR_SUSPENDED',
        reason: 'suspension.holds',
        retryAfterMs: hour,
      });
    }
    expect(await at.write()).toMatchObject({ code: 'ACTOR_SUSPENDED', retryAfterMs: hour });
    expect(codeOf(await gateway.describe({ ...as('agent'), session: at.id }))).toBe('ACTOR_SUSPENDED');
    expect(codeOf(await gateway.explain({ ...as('agent'), session: at.id, sql: 'SELECT orders' }))).toBe(
      'ACTOR_SUSPENDED',
    );
    expect((await at.run(kept, 'SELECT orders', 'other-agent')).status).toBe('completed');
    clock.forward(hour);
    valueOf(await open(at));
    expect(valueOf(await gateway.suspensions(as('bob')))).toEqual([]);
  });

  it('is written down before it has an effect, with who did it, where and until when', async () => {
    const at = await office();
    valueOf(await suspend(at, 'bob', { forMs: 60_000 }));
    const [event] = at.audit.events.filter(({ code }) => code === 'actor.suspended');
    expect(event).toMatchObject({
      who: { principal: 'idp:bob' },
      data: {
        actor: 'idp:agent',
        places: [{ connection: 'warehouse', schemas: ['ACME.OPS'] }],
        expiresAt: at.clock.now() + 60_000,
        comment: 'it asks without end',
        transport: { protocol: 'code' },
      },
    });
    expect(at.codes().indexOf('actor.suspended')).toBeLessThan(at.codes().indexOf('session.revoked'));
  });

  it('has no effect where the record cannot be written', async () => {
    const inner = memoryAudit();
    const at = await office({
      audit: {
        ...inner,
        append: (event) =>
          event.code === 'actor.suspended' ? Promise.reject(new Error('disk full')) : inner.append(event),
      },
    });
    expect(codeOf(await suspend(at))).toBe('AUDIT_UNAVAILABLE');
    expect(valueOf(await at.gateway.suspensions(as('bob')))).toEqual([]);
    expect(valueOf(await at.gateway.session({ ...as('agent'), session: at.id })).state).toBe('open');
  });

  it('lets it close its sessions and read its record', async () => {
    const at = await office();
    valueOf(await suspend(at));
    expect(valueOf(await at.gateway.close({ ...as('agent'), session: at.id }))).toMatchObject({
      state: 'closed',
      endedBy: 'revoked',
    });
    expect(valueOf(await at.gateway.session({ ...as('agent'), session: at.id })).endedBy).toBe('revoked');
    expect(valueOf(await at.gateway.record({ ...as('agent'), session: at.id })).events.at(-1)?.code).toBe(
      'session.revoked',
    );
  });

  it('holds where the reviewer oversees, and nowhere else', async () => {
    const at = await office({}, '');
    const elsewhere = valueOf(await open(at, 'agent', { schema: 'ACME.FINANCE' })).id;
    expect(valueOf(await suspend(at)).sessions).toEqual([at.id]);
    expect(valueOf(await at.gateway.session({ ...as('agent'), session: elsewhere })).state).toBe('open');
    valueOf(await open(at, 'agent', { schema: 'ACME.FINANCE' }));
    await at.rule(overseer('ACME.FINANCE', ''));
    expect(valueOf(await at.gateway.suspensions(as('dave')))).toEqual([]);
    expect(await at.gateway.reinstate({ ...as('dave'), actor: 'idp:agent' })).toMatchObject({
      code: 'NOT_FOUND',
      reason: 'suspension.unknown',
    });
    expect(valueOf(await suspend(at, 'dave')).places).toEqual([{ connection: 'warehouse', schemas: ['ACME.FINANCE'] }]);
    expect(valueOf(await at.gateway.session({ ...as('agent'), session: elsewhere })).endedBy).toBe('revoked');
    expect(valueOf(await at.gateway.reinstate({ ...as('dave'), actor: 'idp:agent' })).places).toEqual([
      { connection: 'warehouse', schemas: ['ACME.FINANCE'] },
    ]);
    expect(codeOf(await open(at))).toBe('ACTOR_SUSPENDED');
  });

  it('voids what it waits for at these places, also to open', async () => {
    const at = await office();
    const asking = await at.ticket(await open(at, 'agent', { schema: 'ACME.FINANCE' }));
    await at.rule(overseer('ACME.FINANCE'));
    expect(valueOf(await suspend(at, 'dave'))).toMatchObject({ sessions: [], tickets: [asking] });
    expect(await at.see(asking, 'carol')).toMatchObject({ state: 'void', ended: 'actor_suspended' });
    expect(await at.decide(asking, 'carol')).toMatchObject({ code: 'APPROVAL_EXPIRED' });
    expect(codeOf(await open(at, 'agent', { schema: 'ACME.FINANCE', ticket: asking }))).toBe('ACTOR_SUSPENDED');
  });

  it('an actor that nobody knows can be suspended before it comes, and a person who acts for themselves', async () => {
    const at = await office();
    expect(valueOf(await suspend(at, 'carol', { actor: 'idp:bob' })).sessions).toEqual([]);
    expect(codeOf(await open(at, 'bob-unscoped'))).toBe('ACTOR_SUSPENDED');
    // Who acts for that person is another actor.
    valueOf(await open(at, 'agent-for-bob'));
    expect(await at.gateway.reinstate({ ...as('bob'), actor: 'idp:bob' })).toMatchObject({
      code: 'NOT_PERMITTED',
      reason: 'suspension.self',
    });
    expect(await at.gateway.reinstate({ ...as('bob-again'), actor: 'idp:bob' })).toMatchObject({
      code: 'NOT_PERMITTED',
      reason: 'suspension.self',
    });
  });

  it.each<[string, string, string, string]>([
    ['agent', 'idp:other', 'NOT_PERMITTED', 'review.delegated'],
    ['agent-reviews', 'idp:other', 'NOT_PERMITTED', 'review.delegated'],
    ['agent-alone', 'idp:other', 'NOT_PERMITTED', 'review.agent'],
    ['bob-unscoped', 'idp:agent', 'NOT_PERMITTED', 'review.scope'],
    ['dave', 'idp:agent', 'NOT_PERMITTED', 'suspension.nothing'],
    ['bob', 'idp:bob', 'NOT_PERMITTED', 'suspension.self'],
    ['bob', 'idp:bob2', 'NOT_PERMITTED', 'suspension.self'],
  ])('%s may not suspend %s: %s %s', async (token, actor, code, reason) => {
    const at = await office();
    expect(await suspend(at, token, { actor })).toMatchObject({ status: 'denied', code, reason });
    expect(at.codes()).not.toContain('actor.suspended');
  });

  it.each<[string, object]>([
    ['actor', { actor: '' }],
    ['actor', { actor: undefined }],
    ['actor', { actor: 'x'.repeat(256) }],
    ['forMs', { forMs: 0 }],
    ['forMs', { forMs: 999 }],
    ['forMs', { forMs: 1_000.5 }],
    ['forMs', { forMs: Number.NaN }],
    ['forMs', { forMs: 2_592_000_001 }],
    ['comment', { comment: '' }],
    ['comment', { comment: '\u200b' }],
    ['comment', { comment: 'x'.repeat(1_001) }],
  ])('is refused when %s is wrong', async (field, more) => {
    const at = await office();
    expect(await suspend(at, 'bob', more)).toMatchObject({ code: 'INVALID_REQUEST', reason: `request.${field}` });
  });

  it('whoever answers for an agent may suspend it, and not reinstate it', async () => {
    const at = await office();
    valueOf(await suspend(at, 'owner'));
    expect(await at.gateway.reinstate({ ...as('owner'), actor: 'idp:agent' })).toMatchObject({
      code: 'NOT_PERMITTED',
      reason: 'suspension.self',
    });
    expect(await at.gateway.reinstate({ ...as('agent-alone'), actor: 'idp:agent' })).toMatchObject({
      code: 'NOT_PERMITTED',
      reason: 'review.agent',
    });
    expect(codeOf(await at.gateway.reinstate({ ...as('dave'), actor: 'idp:agent' }))).toBe('NOT_FOUND');
  });

  it('is listed for whoever oversees the place, and ended by them', async () => {
    const at = await office();
    valueOf(await suspend(at));
    const [listed] = valueOf(await at.gateway.suspensions(as('carol')));
    expect(listed).toEqual({
      actor: 'idp:agent',
      places: [{ connection: 'warehouse', schemas: ['ACME.OPS'] }],
      by: { id: 'idp:bob' },
      comment: 'it asks without end',
      suspendedAt: at.clock.now(),
      expiresAt: at.clock.now() + hour,
    });
    expect(valueOf(await at.gateway.suspensions(as('dave')))).toEqual([]);
    expect(codeOf(await at.gateway.suspensions(as('agent')))).toBe('NOT_PERMITTED');
    expect(
      valueOf(await at.gateway.reinstate({ ...as('carol'), actor: 'idp:agent', comment: 'mended' })),
    ).toMatchObject({ actor: 'idp:agent', by: { id: 'idp:carol' }, comment: 'mended' });
    expect(at.audit.events.at(-1)).toMatchObject({
      code: 'actor.reinstated',
      who: { principal: 'idp:carol' },
      data: { actor: 'idp:agent', comment: 'mended' },
    });
    valueOf(await open(at));
    expect(await at.gateway.reinstate({ ...as('carol'), actor: 'idp:agent' })).toMatchObject({
      code: 'NOT_FOUND',
      reason: 'suspension.unknown',
    });
  });

  it('once more makes it longer, never shorter', async () => {
    const at = await office();
    valueOf(await suspend(at));
    valueOf(await suspend(at, 'carol', { forMs: 1_000 }));
    at.clock.forward(2_000);
    expect(await open(at)).toMatchObject({ code: 'ACTOR_SUSPENDED', retryAfterMs: hour - 2_000 });
    valueOf(await suspend(at, 'carol', { forMs: 2 * hour }));
    expect(valueOf(await at.gateway.suspensions(as('bob')))).toMatchObject([{ by: { id: 'idp:carol' } }]);
    at.clock.forward(hour);
    expect(codeOf(await open(at))).toBe('ACTOR_SUSPENDED');
  });

  it('the glass cannot be broken against it', async () => {
    const at = await office();
    valueOf(await suspend(at, 'bob', { actor: 'idp:oncall' }));
    expect(codeOf(await open(at, 'oncall', { access: 'write', breakGlass: true }))).toBe('ACTOR_SUSPENDED');
    expect(at.codes()).not.toContain('breakglass.activated');
  });

  it('what was not permitted before looks as it did', async () => {
    const at = await office();
    valueOf(await suspend(at));
    expect(codeOf(await open(at, 'agent', { schema: 'ACME.NONE' }))).toBe('NOT_PERMITTED');
    expect(codeOf(await at.gateway.run({ ...as('agent'), session: 'none', sql: 'SELECT orders' }))).toBe('NOT_FOUND');
  });
});

describe('what is under way when an actor is suspended', () => {
  it.each([
    ['holds', 0],
    ['is over already', 2_000],
  ])('an opening does not outlive a suspension that %s', async (_how, laterMs) => {
    const slow = slowEngine();
    const at = await office({ connections: { warehouse: slow.engine } });
    slow.hold();
    const underWay = open(at);
    await settled();
    expect(valueOf(await suspend(at, 'bob', { forMs: 1_000 })).sessions).toEqual([at.id]);
    at.clock.forward(laterMs);
    slow.gate.let();
    expect(codeOf(await underWay)).toBe('ACTOR_SUSPENDED');
    expect(slow.inner.live()).toBe(0);
    expect(at.codes().filter((code) => code === 'session.opened')).toHaveLength(2);
    expect(at.codes().filter((code) => code === 'session.revoked')).toHaveLength(2);
    expect(valueOf(await at.gateway.sessions(as('bob')))).toEqual([]);
  });

  it('of many openings at once none outlives it', async () => {
    for (let round = 0; round < 20; round += 1) {
      const slow = slowEngine();
      const at = await office({ connections: { warehouse: slow.inner } });
      const openings = Array.from({ length: 10 }, () => open(at));
      for (let turn = 0; turn < round; turn += 1) await Promise.resolve();
      valueOf(await suspend(at));
      await Promise.all(openings);
      expect([slow.inner.live(), valueOf(await at.gateway.sessions(as('bob')))]).toEqual([0, []]);
      await at.gateway.shutdown();
    }
  });

  it('of what asks people meanwhile no ticket is left', async () => {
    for (let round = 0; round < 20; round += 1) {
      const at = await office();
      await at.rule(overseer('ACME.FINANCE'));
      const asking = Array.from({ length: 5 }, (_, index) =>
        open(at, 'agent', { schema: 'ACME.FINANCE', ttlMs: 1_000 + index }),
      );
      for (let turn = 0; turn < round * 2; turn += 1) await Promise.resolve();
      valueOf(await suspend(at, 'dave'));
      await Promise.all(asking);
      expect(valueOf(await at.gateway.approvals(as('bob')))).toEqual([]);
      await at.gateway.shutdown();
    }
  });

  it('a statement is cancelled, and none begins after it', async () => {
    const at = await office(
      {},
      undefined,
      (_statement, signal) =>
        new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error))),
    );
    const running = at.run(at.id, 'SELECT orders', 'agent');
    await expect.poll(() => at.engine.ran).toEqual(['SELECT orders']);
    valueOf(await suspend(at));
    expect(['SESSION_REVOKED', 'ACTOR_SUSPENDED']).toContain(codeOf(await running));
    expect(codeOf(await at.run(at.id, 'SELECT orders', 'agent'))).toBe('ACTOR_SUSPENDED');
    expect(at.codes().filter((code) => code === 'statement.authorized')).toHaveLength(1);
  });

  it('a session whose end cannot be recorded keeps no other from ending', async () => {
    const inner = memoryAudit();
    let failing = 1;
    const at = await office({
      audit: {
        ...inner,
        append: (event) =>
          event.code === 'session.revoked' && failing-- > 0
            ? Promise.reject(new Error('disk full'))
            : inner.append(event),
      },
    });
    valueOf<SessionState>(await open(at));
    expect(codeOf(await suspend(at))).toBe('AUDIT_UNAVAILABLE');
    expect([at.engine.live(), codeOf(await open(at))]).toEqual([0, 'ACTOR_SUSPENDED']);
  });
});
