import { describe, expect, it } from 'vitest';
import { memoryApprover } from '../../../src/adapters/memory/index.js';
import { house, opening } from './test-gateway.js';
import { hosts, mount } from './test-hosts.js';

describe.each(hosts)('the loop over $name', ({ host }) => {
  it('opens, runs, closes, and shows the record', async () => {
    const { gateway, engine } = await house();
    const { ask } = await mount(gateway, { host });
    expect((await ask('GET', '/connections')).json).toEqual({
      connections: [
        { name: 'warehouse', engine: 'memory', schemas: [{ schema: 'ACME.OPS', access: ['read', 'write'] }] },
      ],
    });

    const opened = await ask('POST', '/sessions', { body: opening });
    expect(opened.status).toBe(201);
    expect(opened.json).toMatchObject({
      connection: 'warehouse',
      schema: 'ACME.OPS',
      access: 'write',
      state: 'open',
      principal: 'idp:agent-a',
      reason: 'a test',
    });
    const { id, openedAt, expiresAt } = opened.json;
    expect(Date.parse(String(expiresAt)) - Date.parse(String(openedAt))).toBe(60_000);
    const here = `/sessions/${String(id)}`;
    expect(opened.headers.get('location')).toBe(`/jit${here}`);

    const ran = await ask('POST', `${here}/statements`, {
      body: { sql: 'SELECT orders', binds: [null, true, 1.5, 'x'] },
    });
    expect(ran.status).toBe(200);
    expect(ran.json).toMatchObject({
      kind: 'read',
      operation: 'SELECT',
      columns: [
        { name: 'ID', type: 'JSON' },
        { name: 'NAME', type: 'JSON' },
      ],
      rows: [
        [1, 'one'],
        [2, null],
      ],
      rowCount: 2,
      truncated: false,
    });

    const explained = await ask('POST', `${here}/explain`, { body: { sql: 'SELECT acme.finance.payroll' } });
    expect(explained.json).toMatchObject({ decision: 'deny', denied: { code: 'OUT_OF_SCOPE' } });
    expect((await ask('GET', here)).json).toMatchObject({ id, state: 'open' });

    const closed = await ask('DELETE', here);
    expect([closed.status, closed.json['state'], engine.live()]).toEqual([200, 'closed', 0]);
    const after = await ask('POST', `${here}/statements`, { body: { sql: 'SELECT orders' } });
    expect([after.status, after.json['code']]).toEqual([410, 'SESSION_CLOSED']);
    const { events } = (await ask('GET', `${here}/record`)).json as unknown as {
      events: { code: string; data: { transport?: { protocol: string; address: string } } }[];
    };
    expect(events.map(({ code }) => code)).toEqual([
      'session.requested',
      'session.opened',
      'statement.authorized',
      'statement.executed',
      'session.closed',
      'statement.denied',
    ]);
    expect(events[0]?.data.transport).toMatchObject({
      protocol: 'rest',
      address: expect.stringContaining('127.0.0.1'),
    });
    expect(engine.ran).toEqual(['SELECT orders']);
  });

  it('hands out a ticket, and takes it', async () => {
    const approver = memoryApprover();
    const { gateway } = await house(() => ({ columns: [], rows: [], affected: 3 }), { approver });
    const { ask, session } = await mount(gateway, { host });
    const path = `/sessions/${await session()}/statements`;
    const held = await ask('POST', path, { body: { sql: 'DELETE orders' } });
    expect(held.status).toBe(202);
    const { ticket } = held.json;
    expect(held.json).toEqual({
      status: 'pending',
      ticket,
      message: expect.any(String),
      expiresAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect(held.headers.get('location')).toBe(`/jit/approvals/${String(ticket)}`);
    approver.approve(String(ticket), 'idp:bob');
    expect((await ask('POST', path, { body: { sql: 'DELETE orders', ticket } })).json).toMatchObject({
      affected: 3,
      rows: [],
    });
    const again = await ask('POST', path, { body: { sql: 'DELETE orders', ticket } });
    expect([again.status, again.json]).toMatchObject([200, { replayed: true, affected: 3, rows: [], columns: [] }]);
  });

  it('says plainly that approvals are not configured', async () => {
    const { gateway } = await house();
    const { ask, session } = await mount(gateway, { host });
    const id = await session();
    const held = await ask('POST', `/sessions/${id}/statements`, { body: { sql: 'DELETE orders' } });
    expect([held.status, held.json['code'], held.json['reason']]).toEqual([
      403,
      'APPROVAL_REQUIRED',
      'approval.not_configured',
    ]);
    const decision = { decision: 'approve', digest: 'a'.repeat(64) };
    for (const [method, path, body] of [
      ['GET', '/approvals'],
      ['GET', '/approvals/x'],
      ['POST', '/approvals/x/decision', decision],
      ['DELETE', `/sessions/${id}?revoke`],
      ['DELETE', '/sessions/x?revoke='],
    ] as const) {
      const { status, json } = await ask(method, path, { body });
      expect([path, status, json['code'], json['reason']]).toEqual([path, 404, 'NOT_FOUND', 'approval.not_configured']);
      expect((await ask(method, path, { body, token: 'nobody' })).status).toBe(401);
    }
    expect((await ask('GET', `/sessions/${id}`)).json['state']).toBe('open');
  });
});
