import { describe, expect, it } from 'vitest';
import { AccessError } from '../../../src/core/index.js';
import { call, connect, eras, house, opening, serve, session } from './test-gateway.js';
import { legacy, meta, modern, post } from './wire.js';

describe.each(eras)('arguments, client of $era', ({ options }) => {
  it.each([
    ['one that there is not', 'open_session', { ...opening, role: 'admin' }, 'request.unknown_field'],
    ['one where there are none', 'list_connections', { all: true }, 'request.unknown_field'],
    ['one that is missing', 'open_session', { ...opening, reason: undefined }, 'request.reason'],
    ['another type', 'open_session', { ...opening, ttl: '60' }, 'request.ttl'],
    ['too long a life', 'open_session', { ...opening, ttl: 86_401 }, 'request.ttl'],
    ['an access there is not', 'open_session', { ...opening, access: 'admin' }, 'request.access'],
    ['half a letter', 'run_statement', { session: 'x', sql: "SELECT '\ud800'" }, 'request.sql'],
    ['nothing to run', 'run_statement', { session: 'x', sql: '' }, 'request.sql'],
    [
      'a number that JSON has rounded',
      'run_statement',
      { session: 'x', sql: 'SELECT ?', binds: [2 ** 53] },
      'request.binds',
    ],
    ['an object to bind', 'run_statement', { session: 'x', sql: 'SELECT ?', binds: [{}] }, 'request.binds'],
    [
      'too many binds',
      'run_statement',
      { session: 'x', sql: 'SELECT ?', binds: Array(10_001).fill(1) },
      'request.binds',
    ],
    ['a page before the first', 'session_record', { session: 'x', from: 1 }, 'request.from'],
  ])('%s: refused, and nothing runs', async (_what, tool, args, reason) => {
    const { gateway, engine, audit } = await house();
    const client = await connect((await serve(gateway)).url, options);
    const { isError, data, text } = await call(client, tool, args);
    expect([isError, data.problem?.code, data.problem?.reason]).toEqual([true, 'INVALID_REQUEST', reason]);
    expect(text).toContain('DENIED INVALID_REQUEST');
    expect(text).not.toContain('admin');
    expect([engine.ran, engine.live(), audit.events.length]).toEqual([[], 0, 1]);
  });
});

describe('requests', () => {
  it.each([
    ['2026-07-28', modern],
    ['2025-11-25', legacy],
  ] as const)('arguments that are no object, a tool there is not: %s', async (_era, send) => {
    const { gateway, audit } = await house();
    const { url } = await serve(gateway);
    for (const args of ['x', 7, ['x'], true])
      expect((await send(url, 'list_connections', args)).message.error?.code ?? 'refused').toBeTruthy();
    for (const name of ['drop_everything', 'constructor', 'toString'])
      expect((await send(url, name)).message.error?.code).toBe(-32_602);
    expect(audit.events).toHaveLength(1);
  });

  it.each(['2025-11-25', '2025-06-18', '2025-03-26', '2024-11-05'])('%s is spoken too', async (version) => {
    const { gateway } = await house();
    const { url } = await serve(gateway);
    const greeted = await post(url, {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: version, capabilities: {}, clientInfo: { name: 'old', version: '1' } },
    });
    expect(greeted.message.result).toMatchObject({ protocolVersion: version, serverInfo: { name: 'sallyport' } });
    expect(
      (await legacy(url, 'list_connections', {}, { version })).message.result?.['structuredContent'],
    ).toMatchObject({ status: 'completed' });
    expect((await legacy(url, 'open_session', opening, { version: '1999-01-01' })).status).toBe(400);
  });

  it('a prototype among the arguments changes nothing', async () => {
    const { gateway } = await house();
    const { url } = await serve(gateway);
    const args = `{"connection":"warehouse","schema":"acme.ops","access":"read","ttl":60,"reason":"x","__proto__":{"access":"write","ttl":3600}}`;
    const answered = await post(url, undefined, {
      body: `{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"open_session","arguments":${args}}}`,
    });
    expect(answered.message.result?.['structuredContent']).toMatchObject({ session: { access: 'read' } });
  });

  it('a client of many at once gets each answer to its own question', async () => {
    const { gateway } = await house(({ canonical }) => ({ columns: ['SQL'], rows: [[canonical]] }));
    const { url } = await serve(gateway);
    const [a, b] = [await connect(url), await connect(url, { token: 'b' })];
    const sessions = await Promise.all([a, b].flatMap((client) => Array.from({ length: 4 }, () => session(client))));
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, n) =>
        call(n % 8 < 4 ? a : b, 'run_statement', { session: sessions[n % 8], sql: `SELECT t${n}` }),
      ),
    );
    expect(
      answers.map(({ data }) =>
        (data as unknown as { result?: { rows: string[][] } }).result?.rows[0]?.[0]?.toLowerCase(),
      ),
    ).toEqual(Array.from({ length: 100 }, (_, n) => `select t${n}`));
  });

  it('what fails inside is said without its words', async () => {
    const told: string[] = [];
    const { gateway } = await house(() => {
      throw new AccessError('INTERNAL', 'canary-4711 at /srv/app', { cause: new Error('canary-4711') });
    });
    const { url } = await serve(gateway, { onFault: ({ code }) => told.push(code) });
    const answered = await modern(url, 'run_statement', {
      session: await session(await connect(url)),
      sql: 'SELECT orders',
    });
    expect(answered.message.result?.['structuredContent']).toMatchObject({ status: 'failed' });
    expect(answered.text).not.toMatch(/canary|srv/);
    expect(told).toHaveLength(1);
  });

  it('the list of tools is the same for all, typed in and out, and says what a tool may do', async () => {
    const { gateway } = await house();
    const { url } = await serve(gateway);
    const { message } = await post(
      url,
      { jsonrpc: '2.0', id: 1, method: 'tools/list', params: { _meta: meta() } },
      { headers: { 'mcp-protocol-version': '2026-07-28', 'mcp-method': 'tools/list' } },
    );
    const { tools } = message.result as unknown as {
      tools: {
        name: string;
        description: string;
        inputSchema: { type: string; additionalProperties: boolean };
        outputSchema: { type: string; required: string[] };
        annotations: Record<string, boolean>;
      }[];
    };
    for (const { inputSchema, outputSchema, description } of tools) {
      expect([
        inputSchema.type,
        inputSchema.additionalProperties,
        outputSchema.type,
        outputSchema.required,
        description.length > 60,
      ]).toEqual(['object', false, 'object', ['status'], true]);
    }
    expect(Object.fromEntries(tools.map(({ name, annotations }) => [name, annotations['readOnlyHint']]))).toEqual({
      list_connections: true,
      open_session: false,
      describe_scope: true,
      explain_statement: true,
      run_statement: false,
      more_rows: true,
      session_record: true,
      close_session: false,
    });
    expect(tools.find(({ name }) => name === 'run_statement')?.annotations).toMatchObject({
      destructiveHint: true,
      idempotentHint: false,
      openWorldHint: true,
    });
  });
});
