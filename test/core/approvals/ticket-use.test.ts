import { describe, expect, it } from 'vitest';
import { memoryAudit, type MemoryStatementHandler } from '../../../src/adapters/memory/index.js';
import { createDeferred } from '../../../src/core/async/deferred.js';
import { AccessError } from '../../../src/core/index.js';
import { turns } from '../../support/event-loop-turns.js';
import { as, codeOf, valueOf } from '../test-gateway.js';
import { office } from './test-reviewers.js';

/** An engine whose first statement ends when it is told to. */
function gated(): { readonly answer: MemoryStatementHandler; readonly open: () => void } {
  const gate = createDeferred();
  let first = true;
  return {
    open: gate.resolve,
    answer: async () => {
      if (first) {
        first = false;
        await gate.promise;
      }
      return { columns: ['N'], rows: [[1]] };
    },
  };
}

describe('a ticket is spent by its use', () => {
  it('whatever the engine then says: what failed is not tried again unasked', async () => {
    const { ticket, decide, write, audit, see } = await office({}, undefined, () => {
      throw new AccessError('ENGINE_REJECTED');
    });
    const asked = await ticket();
    valueOf(await decide(asked));
    expect(codeOf(await write({ ticket: asked }))).toBe('ENGINE_REJECTED');
    expect(await write({ ticket: asked })).toMatchObject({ code: 'APPROVAL_EXPIRED', reason: 'approval.spent' });
    expect((await see(asked)).state).toBe('used');
    expect(audit.events.map(({ code }) => code).filter((code) => /authorized|failed/.test(code))).toEqual([
      'statement.authorized',
      'statement.failed',
    ]);
  });

  it('and nothing runs whose intent cannot be recorded', async () => {
    const inner = memoryAudit();
    let full = false;
    const { ticket, decide, write, engine } = await office({
      audit: { ...inner, append: (event) => (full ? Promise.reject(new Error('disk full')) : inner.append(event)) },
    });
    const asked = await ticket();
    valueOf(await decide(asked));
    full = true;
    expect(codeOf(await write({ ticket: asked }))).toBe('AUDIT_UNAVAILABLE');
    full = false;
    expect(await write({ ticket: asked })).toMatchObject({ reason: 'approval.spent' });
    expect(engine.ran).toEqual([]);
  });

  it('but not on a session that is too busy to take it', async () => {
    const gate = gated();
    const { ticket, decide, write, run, id, engine } = await office(
      { limits: { waitingStatements: 0 } },
      undefined,
      gate.answer,
    );
    const asked = await ticket();
    valueOf(await decide(asked));
    const reading = run(id, 'SELECT orders', 'agent');
    await expect.poll(() => engine.ran).toEqual(['SELECT orders']);
    expect(codeOf(await write({ ticket: asked }))).toBe('SESSION_BUSY');
    gate.open();
    valueOf(await reading);
    valueOf(await write({ ticket: asked }));
    expect(engine.ran).toEqual(['SELECT orders', 'DELETE orders']);
  });

  it('and runs no later than people agreed to, however long it waits for its turn', async () => {
    const gate = gated();
    const { ticket, decide, write, run, id, engine, clock } = await office(
      {},
      'approval=role:stewards/1/30s',
      gate.answer,
    );
    const asked = await ticket();
    valueOf(await decide(asked));
    const reading = run(id, 'SELECT orders', 'agent');
    await expect.poll(() => engine.ran).toEqual(['SELECT orders']);
    const writing = write({ ticket: asked });
    await turns(50);
    clock.forward(30_000);
    gate.open();
    valueOf(await reading);
    expect(await writing).toMatchObject({ status: 'denied', code: 'APPROVAL_EXPIRED', reason: 'approval.expired' });
    expect(engine.ran).toEqual(['SELECT orders']);
  });
});

/** A use so long after the asking, with consent for thirty seconds. */
const usedAfter = async (ms: number) => {
  const built = await office({}, 'approval=role:stewards/1/30s');
  const asked = await built.ticket();
  valueOf(await built.decide(asked));
  // The wall clock only: no alarm rings, so that the use itself has to look.
  built.clock.wall += ms;
  return built.write({ ticket: asked });
};

describe('the last millisecond', () => {
  it('is the one before the end', async () => {
    valueOf(await usedAfter(29_999));
    expect(await usedAfter(30_000)).toMatchObject({ code: 'APPROVAL_EXPIRED', reason: 'approval.expired' });
  });

  it('cannot be put off by a clock that is set back', async () => {
    const { ticket, decide, write, clock, engine } = await office({}, 'approval=role:stewards/1/30s');
    const asked = await ticket();
    valueOf(await decide(asked));
    clock.wall -= 3_600_000;
    clock.forward(30_000);
    expect(await write({ ticket: asked })).toMatchObject({ code: 'APPROVAL_EXPIRED', reason: 'approval.expired' });
    expect(engine.ran).toEqual([]);
  });
});

describe('what is asked of people', () => {
  it('is no more than they would read', async () => {
    const { write, engine } = await office({ approvals: { reviewableSize: 100 } });
    const fitting = 'x'.repeat(100 - JSON.stringify(['DELETE orders', ['']]).length);
    expect(codeOf(await write({ binds: [fitting] }))).toBe('pending');
    expect(await write({ binds: [`${fitting}x`] })).toMatchObject({
      status: 'denied',
      code: 'NOT_PERMITTED',
      reason: 'approval.too_large',
    });
    expect(engine.ran).toEqual([]);
  });

  it('has one zero: what is agreed to is what the engine gets', async () => {
    const binds: unknown[] = [];
    const { ticket, decide, write } = await office({}, undefined, (statement) => {
      binds.push(...statement.binds);
      return { columns: [], rows: [] };
    });
    const asked = await ticket(await write({ binds: [0] }));
    valueOf(await decide(asked));
    valueOf(await write({ binds: [-0], ticket: asked }));
    expect(binds.map((bind) => Object.is(bind, 0))).toEqual([true]);
  });

  it('is said by explain, which asks nobody', async () => {
    const { gateway, id, notices, engine } = await office();
    expect(valueOf(await gateway.explain({ ...as('agent'), session: id, sql: 'DELETE orders' }))).toMatchObject({
      decision: 'approval',
      obligations: [{ type: 'approval' }],
      rules: ['writes'],
    });
    expect(valueOf(await gateway.explain({ ...as('agent'), session: id, sql: 'SELECT orders' })).decision).toBe(
      'allow',
    );
    expect(valueOf(await gateway.approvals(as('bob')))).toEqual([]);
    expect([notices, engine.ran]).toEqual([[], []]);
  });

  it('comes back as it was, whatever stands in it', async () => {
    const nasty = '<script>alert(1)</script>\u202e\u200b\u001b[2J"\'`\n\u0000';
    const { gateway, id, audit } = await office();
    const session = valueOf(
      await gateway.open({
        ...as('agent'),
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'write',
        ttlMs: 60_000,
        reason: nasty,
      }),
    ).id;
    expect(session).not.toBe(id);
    const asked = await gateway.run({ ...as('agent'), session, sql: 'DELETE orders', binds: [nasty] });
    if (asked.status !== 'pending') throw new Error('it should wait');
    const { digest, reason, statement } = valueOf(await gateway.approval({ ...as('bob'), ticket: asked.ticket }));
    expect([reason, statement?.binds]).toEqual([nasty, [nasty]]);
    expect(
      valueOf(await gateway.decide({ ...as('bob'), ticket: asked.ticket, decision: 'reject', digest, comment: nasty }))
        .decisions,
    ).toMatchObject([{ comment: nasty }]);
    expect(audit.events.filter(({ data }) => JSON.stringify(data).includes('"binds":["'))).toEqual([]);
    for (const ticket of [nasty, '__proto__', 'constructor', '../approvals', 'x'.repeat(255)])
      expect(await gateway.approval({ ...as('bob'), ticket })).toMatchObject({
        code: 'NOT_FOUND',
        reason: 'approval.unknown',
      });
  });
});
