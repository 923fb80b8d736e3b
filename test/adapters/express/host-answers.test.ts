import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import type { Express } from 'express';
import { describe, expect, it } from 'vitest';
import { mcpRouter } from '../../../src/adapters/mcp/index.js';
import type { AuditEvent, Row } from '../../../src/core/index.js';
import { house } from './test-gateway.js';
import { hosts, mount, type Mounted } from './test-hosts.js';
import { columns, inLines, sql, until } from './streams.js';

/** A host's own time limit, as such middleware has it: it answers, and lets the handler go on. */
const limited =
  (path: RegExp, ms = 50) =>
  (app: Express): void => {
    app.use((incoming, response, next) => {
      if (!path.test(incoming.path)) return next();
      const timer = setTimeout(
        () => (response.headersSent ? response.end() : response.status(503).json({ message: 'too slow' })),
        ms,
      );
      response.on('close', () => clearTimeout(timer));
      next();
    });
  };
const statements = /\/statements$/;
const outcome = (events: readonly AuditEvent[]) => events.find(({ code }) => code === 'statement.failed')?.data;

/** An engine that is slow, unless it is told otherwise, and stops when it is told to. */
function slowly() {
  const state = { cancelled: 0, slow: true };
  const answer = (_statement: unknown, signal: AbortSignal) =>
    new Promise<{ columns: string[]; rows: Row[] }>((resolve, reject) => {
      if (!state.slow) return resolve({ columns, rows: [[1, 'one']] });
      signal.addEventListener('abort', () => {
        state.cancelled += 1;
        reject(signal.reason as Error);
      });
    });
  return { state, answer };
}

async function asked(
  { port }: Mounted,
  path: string,
  agent: Agent,
  body: unknown = sql,
): Promise<{ readonly answer: IncomingMessage; readonly text: string }> {
  const asking = request({
    port,
    host: '127.0.0.1',
    method: 'POST',
    path,
    agent,
    headers: {
      authorization: 'Bearer a',
      'content-type': 'application/json',
      accept: 'application/json, text/event-stream',
    },
  });
  asking.end(JSON.stringify(body));
  const [answer] = (await once(asking, 'response')) as [IncomingMessage];
  return { answer, text: await answer.setEncoding('utf8').reduce((all: string, chunk: string) => all + chunk, '') };
}

async function* endless(): AsyncGenerator<readonly Row[]> {
  for (let n = 0; ; n += 1) {
    yield [[n, 'x']];
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

describe.each(hosts)('a host that answers first, $name', ({ host }) => {
  it.each([
    ['one piece', {}],
    ['lines', inLines],
  ])('ends the statement (%s), which blocks nobody', async (_form, headers) => {
    const { state, answer } = slowly();
    const { gateway, audit } = await house(answer);
    const faults: unknown[] = [];
    const mounted = await mount(gateway, {
      host,
      before: limited(statements),
      options: { onFault: (fault) => faults.push(fault) },
    });
    const session = await mounted.session();
    const told = await mounted.ask('POST', `/sessions/${session}/statements`, { body: sql, headers });
    expect([told.status, told.json]).toEqual([503, { message: 'too slow' }]);
    await until(() => outcome(audit.events) !== undefined);
    expect([state.cancelled, outcome(audit.events)?.['code'], faults]).toEqual([1, 'ABORTED', []]);
    state.slow = false;
    expect((await mounted.ask('POST', `/sessions/${session}/statements`, { body: sql, headers })).status).toBe(200);
  });

  it('keeps its connection, and its answer', async () => {
    const { state, answer } = slowly();
    const { gateway, audit } = await house(answer);
    const mounted = await mount(gateway, { host, before: limited(statements) });
    const session = await mounted.session();
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const first = await asked(mounted, `/jit/sessions/${session}/statements`, agent);
    await until(() => outcome(audit.events) !== undefined);
    state.slow = false;
    const second = await asked(mounted, `/jit/sessions/${session}/statements`, agent);
    expect([first.answer.statusCode, second.answer.statusCode, second.answer.socket === first.answer.socket]).toEqual([
      503,
      200,
      true,
    ]);
    agent.destroy();
  });

  it('amid the lines ends them, and counts what went out', async () => {
    const { gateway, audit } = await house(() => ({ columns, rows: endless() }));
    const mounted = await mount(gateway, { host, before: limited(statements, 250) });
    const { status, text } = await mounted.ask('POST', `/sessions/${await mounted.session()}/statements`, {
      body: sql,
      headers: inLines,
    });
    expect([status, text.includes('"end"')]).toEqual([200, false]);
    await until(() => audit.events.some(({ code }) => code === 'statement.delivered'));
    const delivered = audit.events.find(({ code }) => code === 'statement.delivered')?.data;
    expect(delivered).toMatchObject({ code: 'ABORTED', rows: text.trim().split('\n').length - 1 });
  });

  it('over MCP ends the statement too', async () => {
    const { state, answer } = slowly();
    const { gateway, audit } = await house(answer);
    const mounted = await mount(gateway, {
      host,
      before: (app) => {
        limited(/^\/mcp/)(app);
        app.use('/mcp', mcpRouter(gateway));
      },
    });
    const call = {
      jsonrpc: '2.0',
      id: 1,
      method: 'tools/call',
      params: { name: 'run_statement', arguments: { session: await mounted.session(), ...sql } },
    };
    const told = await asked(mounted, '/mcp', new Agent(), call);
    expect([200, 503]).toContain(told.answer.statusCode);
    await until(() => outcome(audit.events) !== undefined);
    expect([state.cancelled, outcome(audit.events)?.['code']]).toEqual([1, 'ABORTED']);
  });
});
