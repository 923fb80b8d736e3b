import { describe, expect, it } from 'vitest';
import { memoryTickets, type TicketStore } from '../../../src/core/index.js';
import { turns } from '../../support/event-loop-turns.js';
import { as, codeOf, valueOf } from '../test-gateway.js';
import { office } from './test-reviewers.js';

describe('waiting for an answer', () => {
  it('is bounded for each actor: one too many is answered at once, and others wait on', async () => {
    const { gateway, ticket, decide, clock } = await office();
    const asked = await ticket();
    const before = clock.timers;
    const states: string[] = [];
    const wait = (token = 'agent') =>
      gateway
        .approval({ ...as(token), ticket: asked, waitMs: 30_000 })
        .then((answer) => states.push(valueOf(answer).state));
    const waiting = Array.from({ length: 32 }, () => wait());
    await expect.poll(() => clock.timers).toBe(before + 32);
    expect(states).toEqual([]);
    await wait();
    expect(states).toEqual(['pending']);
    const other = wait('bob');
    await expect.poll(() => clock.timers).toBe(before + 33);
    expect(states).toHaveLength(1);
    valueOf(await decide(asked));
    await Promise.all([...waiting, other]);
    expect(states.filter((state) => state === 'approved')).toHaveLength(33);
    expect(valueOf(await gateway.approval({ ...as('agent'), ticket: asked, waitMs: 30_000 })).state).toBe('approved');
  });

  it('leaves nothing behind when whoever waits is gone, and gives the place back', async () => {
    const { gateway, ticket, clock } = await office();
    const asked = await ticket();
    const before = clock.timers;
    for (let round = 0; round < 3; round += 1) {
      const leaving = Array.from({ length: 32 }, () => new AbortController());
      const waiting = leaving.map(({ signal }) =>
        gateway.approval({ ...as('agent'), ticket: asked, waitMs: 30_000 }, signal),
      );
      await expect.poll(() => clock.timers).toBe(before + 32);
      for (const each of leaving) each.abort();
      await Promise.all(waiting);
      expect(clock.timers).toBe(before);
    }
  });

  it('ends when the gateway stops', async () => {
    const { gateway, ticket, clock } = await office();
    const asked = await ticket();
    const before = clock.timers;
    const waiting = [
      gateway.approval({ ...as('agent'), ticket: asked, waitMs: 30_000 }),
      gateway.approval({ ...as('bob'), ticket: asked, waitMs: 30_000 }),
    ];
    await expect.poll(() => clock.timers).toBe(before + 2);
    const held = clock.timers;
    await gateway.shutdown();
    for (const answer of await Promise.all(waiting)) expect(['completed', 'SHUTTING_DOWN']).toContain(codeOf(answer));
    // The two that waited, the ticket's own end and the session's.
    expect(held - clock.timers).toBe(4);
  });
});

/** An opening and a statement that wait when the gateway stops. */
const asks = async (store?: TicketStore) => {
  const built = await office(store === undefined ? {} : { approvals: { store } });
  const opening = await built.ticket(
    await built.gateway.open({
      ...as('agent'),
      connection: 'warehouse',
      schema: 'ACME.FINANCE',
      access: 'read',
      ttlMs: 60_000,
      reason: 'month end',
    }),
  );
  const running = await built.ticket();
  await built.gateway.shutdown();
  return { ...built, opening, running };
};

describe('a store of tickets that is out of order', () => {
  it.each<[string, () => Promise<never>]>([
    ['fails', () => Promise.reject(new Error('the store is down'))],
    ['hangs', () => new Promise<never>(() => undefined)],
  ])('and %s keeps no session open, and none of its end from the record', async (_how, list) => {
    const { gateway, id, codes, clock, engine, write } = await office({
      approvals: { store: { ...memoryTickets(), list } },
    });
    const asking = write();
    await turns(50);
    const closing = gateway.close({ ...as('agent'), session: id });
    await expect.poll(() => engine.live()).toBe(0);
    await turns(50);
    clock.forward(5_000);
    expect(valueOf(await closing).state).toBe('closed');
    expect(codes()).toContain('session.closed');
    const stopping = gateway.shutdown();
    await turns(50);
    clock.forward(5_000);
    await stopping;
    expect(['APPROVAL_UNAVAILABLE', 'SHUTTING_DOWN']).toContain(codeOf(await asking));
    expect([codes().at(-1), engine.ran]).toEqual(['gateway.stopped', []]);
  });
});

describe('a gateway that stops', () => {
  it('voids what is lost with it, and the record says so before its last line', async () => {
    const { audit, opening, running } = await asks();
    const told = audit.events.map(({ code, data }) => [code, data['ticket'], data['why']]);
    expect(told).toContainEqual(['session.denied', opening, 'gateway_stopped']);
    expect(told).toContainEqual(['statement.approval_decided', running, 'gateway_stopped']);
    expect(told.at(-1)?.[0]).toBe('gateway.stopped');
  });

  it('leaves alone what a store keeps beyond it, but for what belongs to sessions', async () => {
    const store = { ...memoryTickets(), outlives: true };
    const { opening, running } = await asks(store);
    expect([(await store.get(opening))?.state, (await store.get(running))?.state]).toEqual(['pending', 'void']);
  });

  it('and a new one knows no ticket of before, and says why', async () => {
    const { running } = await asks();
    const { write } = await office();
    expect(await write({ ticket: running })).toMatchObject({
      code: 'APPROVAL_EXPIRED',
      reason: 'approval.unknown',
      message: expect.stringContaining('restart') as string,
    });
  });
});
