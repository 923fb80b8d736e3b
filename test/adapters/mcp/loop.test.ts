import { describe, expect, it } from 'vitest';
import { call, connect, eras, house, opening, serve, session } from './test-gateway.js';

describe.each(eras)('the loop, client of $era', ({ options }) => {
  it('lists, opens, describes, explains, runs, shows the record and closes', async () => {
    const { gateway, engine } = await house();
    const client = await connect((await serve(gateway)).url, options);
    expect(client.getServerVersion()?.name).toBe('sallyport');
    const { tools } = await client.listTools();
    expect(tools.map(({ name }) => name)).toEqual([
      'list_connections',
      'open_session',
      'describe_scope',
      'explain_statement',
      'run_statement',
      'more_rows',
      'session_record',
      'close_session',
    ]);
    expect((await call(client, 'list_connections')).data).toEqual({
      status: 'completed',
      connections: [
        { name: 'warehouse', engine: 'memory', schemas: [{ schema: 'ACME.OPS', access: ['read', 'write'] }] },
      ],
    });

    const opened = await call(client, 'open_session', opening);
    expect(opened.data).toMatchObject({
      status: 'completed',
      session: {
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'write',
        state: 'open',
        principal: 'idp:agent-a',
        reason: 'a test',
      },
    });
    const { id } = (opened.data as unknown as { session: { id: string } }).session;
    expect((await call(client, 'describe_scope', { session: id })).data).toMatchObject({
      scope: { objects: [{ name: 'ACME.OPS.ORDERS', read: 'allow', write: 'approval' }], total: 1, truncated: false },
    });
    expect(
      (await call(client, 'explain_statement', { session: id, sql: 'SELECT acme.finance.payroll' })).data,
    ).toMatchObject({ explanation: { decision: 'deny', denied: { code: 'OUT_OF_SCOPE' } } });

    const ran = await call(client, 'run_statement', {
      session: id,
      sql: 'SELECT orders',
      binds: [null, true, 1.5, 'x'],
    });
    expect(ran.data).toMatchObject({
      result: {
        kind: 'read',
        columns: [{ name: 'ID' }, { name: 'NAME' }],
        rows: [
          [1, 'one'],
          [2, null],
        ],
        rowCount: 2,
        total: 2,
        truncated: false,
        untrusted: true,
      },
    });
    expect(ran.text).toMatch(/not.*instruction|instruction/);
    expect(ran.text).toMatch(/<<<rows (\w+)>>>\nID \| NAME\n1 \| one\n2 \| NULL\n<<<end \1>>>\n2 of 2 rows\.$/);

    expect((await call(client, 'close_session', { session: id })).data).toMatchObject({ session: { state: 'closed' } });
    expect(engine.live()).toBe(0);
    const after = await call(client, 'run_statement', { session: id, sql: 'SELECT orders' });
    expect([after.isError, after.data.problem?.code]).toEqual([true, 'SESSION_CLOSED']);
    const { record } = (await call(client, 'session_record', { session: id })).data as unknown as {
      record: { events: { code: string; data: { transport?: object } }[] };
    };
    expect(record.events.map(({ code }) => code)).toEqual([
      'session.requested',
      'session.opened',
      'statement.authorized',
      'statement.executed',
      'statement.authorized',
      'statement.executed',
      'session.closed',
      'statement.denied',
    ]);
    expect(record.events[0]?.data.transport).toMatchObject({
      protocol: 'mcp',
      address: expect.stringContaining('127.0.0.1'),
    });
    expect(engine.ran).toEqual(['SELECT orders']);
  });

  it('serves the guide for agents', async () => {
    const { gateway } = await house();
    const client = await connect((await serve(gateway)).url, options);
    const { resources } = await client.listResources();
    expect(resources.map(({ uri }) => uri)).toEqual(['sallyport://guide/agents']);
    const { contents } = await client.readResource({ uri: 'sallyport://guide/agents' });
    expect((contents[0] as { text: string }).text).toContain('# For agents');
  });

  it('a handle is of no use to anyone else', async () => {
    const { gateway, engine } = await house();
    const { url } = await serve(gateway);
    const id = await session(await connect(url, options));
    for (const token of ['b', 'c']) {
      const thief = await connect(url, { ...options, token });
      for (const [name, args] of [
        ['run_statement', { sql: 'SELECT orders' }],
        ['describe_scope', {}],
        ['explain_statement', { sql: 'SELECT orders' }],
        ['session_record', {}],
        ['more_rows', { more: 'x.1' }],
        ['close_session', {}],
      ] as const) {
        const { data } = await call(thief, name, { session: id, ...args });
        expect([token, name, data.problem?.code]).toEqual([token, name, 'NOT_FOUND']);
      }
    }
    expect([engine.ran, engine.live()]).toEqual([[], 1]);
  });
});
