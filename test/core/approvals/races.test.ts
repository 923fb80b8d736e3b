import { describe, expect, it } from 'vitest';
import { memoryTickets, type Outcome, type StatementResult, type TicketStore } from '../../../src/core/index.js';
import { unlimited } from '../../support/limits.js';
import { as, codeOf, valueOf } from '../test-gateway.js';
import { office } from './test-reviewers.js';

const times = 200;

/** A store that answers after a while that differs each time, so that every order of things comes about. */
function slow(inner: TicketStore = memoryTickets()): TicketStore {
  let turn = 0;
  const later = async (): Promise<void> => {
    turn = (turn * 31 + 7) % 97;
    for (let step = turn % 5; step > 0; step -= 1) await Promise.resolve();
    if (turn % 3 === 0) await new Promise((resolve) => setImmediate(resolve));
  };
  return {
    put: async (ticket) => (await later(), inner.put(ticket)),
    get: async (id) => (await later(), inner.get(id)),
    list: async (filter) => (await later(), inner.list(filter)),
    swap: async (next) => {
      await later();
      const done = await inner.swap(next);
      await later();
      return done;
    },
  };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
/** A while: turns of the event loop, and steps within one. */
const steps = async (count: number): Promise<void> => {
  for (let turn = count % 16; turn > 0; turn -= 1) await settle();
  for (let step = 0; step < count; step += 1) await Promise.resolve();
};
/**
 * A while of something that is under way; one round in twenty waits for all of it, however many turns it takes on this
 * machine.
 */
const during = (work: Promise<unknown>, round: number): Promise<unknown> => (round % 20 === 19 ? work : steps(round));
const done = (outcomes: readonly Outcome<unknown>[]): number =>
  outcomes.filter(({ status }) => status === 'completed').length;

/** How many ran, and were not told what had run before. */
const ranAnew = (outcomes: readonly Outcome<StatementResult>[]): number =>
  outcomes.filter((outcome) => outcome.status === 'completed' && outcome.value.replayed !== true).length;

describe(`forced ${times} times each`, () => {
  it('a hundred uses of one ticket at once run it once', async () => {
    const { write, ticket, decide, engine, gateway } = await office({
      approvals: { store: slow(), requestsPerActor: 1_000_000 },
      limits: { ...unlimited, waitingStatements: 200 },
    });
    for (let round = 1; round <= times; round += 1) {
      const asked = await ticket();
      valueOf(await decide(asked));
      const outcomes = await Promise.all(Array.from({ length: 100 }, () => write({ ticket: asked })));
      expect(ranAnew(outcomes)).toBe(1);
      expect(new Set(outcomes.map((outcome) => valueOf(outcome).statement)).size).toBe(1);
      expect(engine.ran).toHaveLength(round);
    }
    await gateway.shutdown();
  }, 300_000);

  it('consent, use and the end of the session: nothing runs after the end, nothing twice', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < times; round += 1) {
      const { write, ticket, decide, engine, gateway, id, see, codes } = await office({ approvals: { store: slow() } });
      const asked = await ticket();
      const deciding = decide(asked);
      await during(deciding, round % 40);
      const closing = gateway.close({ ...as('agent'), session: id });
      await steps(round % 7);
      const using = [write({ ticket: asked }), write({ ticket: asked })];
      const [decided, , ...used] = await Promise.all([deciding, closing, ...using]);
      expect(ranAnew(used)).toBeLessThanOrEqual(1);
      expect(engine.ran).toHaveLength(codes().filter((code) => code === 'statement.authorized').length);
      const after = codes().slice(codes().indexOf('session.closed') + 1);
      expect(after).not.toContain('statement.authorized');
      // Where it ran, that is told also after the end of the session.
      expect(codeOf(await write({ ticket: asked }))).toBe(
        engine.ran.length === 0 ? 'SESSION_CLOSED' : codeOf(used[0] as Outcome<StatementResult>),
      );
      const { state } = await see(asked);
      expect(['void', 'used']).toContain(state);
      expect(done(used) > 0 ? state : 'void').toBe(state);
      seen.add(`${codeOf(decided)} ${state}`);
      await gateway.shutdown();
    }
    expect(seen.size).toBeGreaterThan(1);
  }, 300_000);

  it('consent and the end of its time: nobody uses what ran out', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < times; round += 1) {
      const { write, ticket, decide, engine, gateway, clock, see } = await office(
        { approvals: { store: slow() } },
        'approval=role:stewards/1/30s',
      );
      const asked = await ticket();
      const deciding = decide(asked);
      await during(deciding, round % 60);
      clock.forward(30_000);
      const decided = await deciding;
      const used = await write({ ticket: asked });
      expect(codeOf(used)).toBe('APPROVAL_EXPIRED');
      expect(engine.ran).toEqual([]);
      expect((await see(asked)).state).toBe('expired');
      seen.add(codeOf(decided));
      await gateway.shutdown();
    }
    expect([...seen].toSorted()).toEqual(['APPROVAL_EXPIRED', 'completed']);
  }, 300_000);

  it('two reviewers, one for and one against: whoever is first, it is rejected', async () => {
    for (let round = 0; round < times; round += 1) {
      const { write, ticket, decide, engine, gateway } = await office({ approvals: { store: slow() } });
      const asked = await ticket();
      const outcomes = await Promise.all([decide(asked, 'bob'), decide(asked, 'carol', { decision: 'reject' })]);
      expect(outcomes[1].status).toBe('completed');
      const used = await write({ ticket: asked });
      expect([codeOf(used), engine.ran.length]).toEqual(['APPROVAL_REJECTED', 0]);
      await gateway.shutdown();
    }
  }, 300_000);

  it('a session revoked while a statement runs, or is about to: cancelled, and nothing after it', async () => {
    for (let round = 0; round < times; round += 1) {
      const { write, ticket, decide, gateway, id, codes, engine } = await office(
        { approvals: { store: slow() } },
        undefined,
        (_statement, signal) =>
          new Promise((_resolve, reject) => {
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
          }),
      );
      const asked = await ticket();
      valueOf(await decide(asked));
      const running = write({ ticket: asked });
      await steps(round % 80);
      valueOf(await gateway.revoke({ ...as('bob'), session: id }));
      expect(['SESSION_REVOKED', 'APPROVAL_EXPIRED', 'OUTCOME_UNKNOWN']).toContain(codeOf(await running));
      expect(engine.live()).toBe(0);
      expect(codes().slice(codes().indexOf('session.revoked') + 1)).not.toContain('statement.authorized');
      await gateway.shutdown();
    }
  }, 300_000);

  it('asking and the end of the session: nothing is left that people would decide on for nobody', async () => {
    const seen = new Set<string>();
    for (let round = 0; round < times; round += 1) {
      const { write, gateway, id, notices } = await office({ approvals: { store: slow() } });
      const asking = write();
      await during(asking, round % 40);
      const closing = gateway.close({ ...as('agent'), session: id });
      const [asked] = await Promise.all([asking, closing]);
      expect(valueOf(await gateway.approvals(as('bob')))).toEqual([]);
      expect(notices.filter(({ type }) => type === 'approval.requested')).toHaveLength(
        notices.filter(({ type }) => type === 'approval.closed').length,
      );
      seen.add(codeOf(asked));
      await gateway.shutdown();
    }
    expect(seen.size).toBeGreaterThan(1);
  }, 300_000);

  it('one person with two accounts, at once: never two people', async () => {
    for (let round = 0; round < times; round += 1) {
      const { write, ticket, decide, engine, gateway } = await office(
        { approvals: { store: slow() } },
        'approval=role:stewards/2',
      );
      const asked = await ticket();
      expect(done(await Promise.all([decide(asked, 'bob'), decide(asked, 'bob-again'), decide(asked, 'bob')]))).toBe(1);
      expect(codeOf(await write({ ticket: asked }))).toBe('pending');
      expect(engine.ran).toEqual([]);
      await gateway.shutdown();
    }
  }, 300_000);
});
