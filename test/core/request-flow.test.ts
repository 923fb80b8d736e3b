import { describe, expect, it } from 'vitest';
import { as, codeOf, house, rowsOf, valueOf } from './test-gateway.js';

describe('the loop', () => {
  it('opens, runs, closes, and the same statement then fails', async () => {
    const { gateway, session, run, codes, engine } = await house();
    const id = await session();
    const result = valueOf(await run(id));
    expect(await rowsOf(result)).toEqual([[1], [2]]);
    expect(result.delivery()).toEqual({ rows: 2, bytes: 22, truncated: false });
    expect(valueOf(await gateway.close({ ...as('token-a'), session: id })).state).toBe('closed');
    expect(codeOf(await run(id))).toBe('SESSION_CLOSED');
    expect(engine.live()).toBe(0);
    expect(engine.ran).toEqual(['SELECT orders']);
    expect(codes()).toEqual([
      'gateway.started',
      'session.requested',
      'session.opened',
      'statement.authorized',
      'statement.executed',
      'session.closed',
      'statement.denied',
    ]);
  });

  it('shows the owner the record, and nobody else', async () => {
    const { gateway, session, run } = await house();
    const id = await session();
    await run(id);
    await gateway.close({ ...as('token-a'), session: id });
    const { events } = valueOf(await gateway.record({ ...as('token-a'), session: id }));
    expect(events.map((event) => event.code)).toEqual([
      'session.requested',
      'session.opened',
      'statement.authorized',
      'statement.executed',
      'session.closed',
    ]);
    expect(events[3]?.data).toMatchObject({
      kind: 'read',
      complete: true,
      rows: 2,
      rules: ['all-read'],
      reads: ['ACME.OPS.ORDERS'],
    });
    for (const token of ['token-b', 'token-for-alice']) {
      expect(codeOf(await gateway.record({ ...as(token), session: id }))).toBe('NOT_FOUND');
    }
  });

  it('explains without running or recording', async () => {
    const { gateway, session, engine, codes } = await house();
    const id = await session();
    const before = codes().length;
    const explained = valueOf(await gateway.explain({ ...as('token-a'), session: id, sql: 'SELECT orders' }));
    expect(explained).toMatchObject({
      decision: 'allow',
      kind: 'read',
      reads: ['ACME.OPS.ORDERS'],
      rules: ['all-read'],
    });
    const outside = valueOf(
      await gateway.explain({ ...as('token-a'), session: id, sql: 'SELECT acme.finance.payroll' }),
    );
    expect(outside).toMatchObject({ decision: 'deny', denied: { code: 'OUT_OF_SCOPE' } });
    expect(engine.ran).toEqual([]);
    expect(codes()).toHaveLength(before);
  });

  it('lists what the caller may open', async () => {
    const { gateway } = await house();
    expect(valueOf(await gateway.connections(as('token-a')))).toEqual([
      { name: 'warehouse', engine: 'memory', schemas: [{ schema: 'ACME.OPS', access: ['read', 'write'] }] },
    ]);
    expect(codeOf(await gateway.connections(as('nobody')))).toBe('UNAUTHENTICATED');
  });
});
