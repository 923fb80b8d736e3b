import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { connect, type OpenPage } from '../../examples/agent/connect.js';
import { work, type Mind, type Told } from '../../examples/agent/loop.js';
import { modelMind, modelOf } from '../../examples/agent/model.js';
import { reviewAs } from '../../examples/agent/reviewer.js';
import { script } from '../../examples/agent/script.js';
import { SignIn, type KnownClient } from '../../examples/agent/sign-in.js';
import { openPlace, type Place } from '../../examples/quickstart/place.js';
import { clientCredentialsToken, signIn } from '../../examples/quickstart/tokens.js';

vi.setConfig({ testTimeout: 120_000 });

const folder = mkdtempSync(join(tmpdir(), 'sallyport-agent-'));
let place: Place;
beforeAll(async () => {
  place = await openPlace({ port: 0, journal: join(folder, 'audit'), engine: 'duckdb' });
});
afterAll(async () => {
  await place.close();
  rmSync(folder, { recursive: true });
});

/** Signs alice in and connects, as an agent does that knows nothing but the address. */
async function connected(
  known?: KnownClient,
  openPage: OpenPage = () => Promise.reject(new Error('no page was to be opened')),
) {
  const redirectUri = known === undefined ? `${place.host}/callback` : place.redirectUri;
  const signing = new SignIn(redirectUri, (url) => signIn(url, 'alice', redirectUri), known);
  return { client: await connect(place.mcp, signing, openPage), signing };
}

const claimsOf = (token = ''): Record<string, unknown> =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as Record<string, unknown>;

describe('a real MCP client and the quick start’s identity provider', () => {
  it('discovers, registers itself, signs in with PKCE, and calls', async () => {
    const { client, signing } = await connected();
    expect(signing.clientInformation()?.client_id).toMatch(/^[\w-]{10,}$/);
    expect(claimsOf(signing.tokens()?.access_token)).toMatchObject({
      sub: 'alice',
      aud: place.mcp,
      scope: 'jit',
      act: { sub: 'visitor' },
    });
    const answer = await client.callTool({ name: 'list_connections', arguments: {} });
    expect(answer.structuredContent).toEqual({
      status: 'completed',
      connections: [{ name: 'warehouse', engine: 'duckdb', schemas: [{ schema: 'ACME.OPS', access: ['read'] }] }],
    });
    await client.close();
  });

  it('does the same as a client that is known already', async () => {
    const { client, signing } = await connected({ ...place.directory.agents.orders, issuer: place.issuer });
    expect(claimsOf(signing.tokens()?.access_token)).toMatchObject({
      sub: 'alice',
      aud: place.mcp,
      act: { sub: 'orders-agent' },
      client_id: 'orders-agent',
    });
    const answer = await client.callTool({ name: 'list_connections', arguments: {} });
    expect(answer.structuredContent).toMatchObject({
      connections: [{ schemas: [{ schema: 'ACME.OPS', access: ['read', 'write'] }] }],
    });
    await client.close();
  });

  it('a token for the REST mount is not one for this', async () => {
    const { value } = await clientCredentialsToken(place.issuer, place.directory.agents.orders);
    const answer = await fetch(place.mcp, {
      method: 'POST',
      headers: { authorization: `Bearer ${value}`, 'content-type': 'application/json' },
      body: '{}',
    });
    expect([answer.status, answer.headers.get('www-authenticate')]).toEqual([
      401,
      `Bearer realm="sallyport", error="invalid_token", resource_metadata="${place.mcp}/.well-known/oauth-protected-resource", scope="jit"`,
    ]);
  });
});

describe('a token for this', () => {
  it('is not one for the REST mount, and what it asked for there is recorded as refused', async () => {
    const { client, signing } = await connected({ ...place.directory.agents.orders, issuer: place.issuer });
    const headers = {
      authorization: `Bearer ${signing.tokens()?.access_token ?? ''}`,
      'content-type': 'application/json',
    };
    const listed = await fetch(`${place.mount}/connections`, { headers });
    const opened = await fetch(`${place.mount}/sessions`, {
      method: 'POST',
      headers,
      body: JSON.stringify({
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'read',
        ttl: 60,
        reason: 'the other door',
      }),
    });
    for (const answer of [listed, opened])
      expect([answer.status, await answer.json()]).toEqual([
        401,
        expect.objectContaining({
          code: 'UNAUTHENTICATED',
          reason: 'token.resource',
          hint: `Get a token for the resource ${place.mount}.`,
        }),
      ]);
    expect((await client.callTool({ name: 'list_connections', arguments: {} })).structuredContent).toMatchObject({
      status: 'completed',
    });
    await client.close();
  });
});

const orders = (): KnownClient => ({ ...place.directory.agents.orders, issuer: place.issuer });
const review: OpenPage = (url) => reviewAs('bob', place, url.slice(url.lastIndexOf('/') + 1));

/** What the record says of every session that was opened on the way. */
async function ends(told: readonly Told[]): Promise<unknown[]> {
  const { client } = await connected(orders());
  const opened = told.flatMap(({ data, tool }) =>
    tool === 'open_session' ? [(data['session'] as { id: string }).id] : [],
  );
  const records = await Promise.all(
    opened.map(
      async (session) =>
        (await client.callTool({ name: 'session_record', arguments: { session } })).structuredContent as {
          record: { events: { code: string }[] };
        },
    ),
  );
  await client.close();
  return records.map(({ record }) => record.events.map(({ code }) => code).filter((code) => code === 'session.closed'));
}

async function* restless(): Mind {
  for (;;)
    yield {
      tool: 'open_session',
      args: { connection: 'warehouse', schema: 'ACME.OPS', access: 'read', ttl: 60, reason: 'restless' },
    };
}

describe('the page where a person decides', () => {
  it('is of no use to the agent that was told of it: neither of its tokens decides, and nothing runs', async () => {
    const tried: unknown[] = [];
    let signing: SignIn | undefined;
    const deciding: OpenPage = async (url) => {
      const ticket = url.slice(url.lastIndexOf('/') + 1);
      const rest = (await clientCredentialsToken(place.issuer, place.directory.agents.orders)).value;
      for (const token of [signing?.tokens()?.access_token ?? '', rest]) {
        const answer = await fetch(`${place.mount}/approvals/${ticket}/decision`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
          body: JSON.stringify({ decision: 'approve', digest: '0'.repeat(64), comment: 'mine' }),
        });
        tried.push([answer.status, ((await answer.json()) as { code: string }).code]);
      }
      throw new Error('and so it gave up');
    };
    const at = await connected(orders(), deciding);
    signing = at.signing;
    const call = async (name: string, args: object) =>
      (await at.client.callTool({ name, arguments: { ...args } })).structuredContent as Record<
        string,
        Record<string, unknown>
      >;
    const id = (
      await call('open_session', {
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'write',
        ttl: 60,
        reason: 'to see whether it can',
      })
    )['session']?.['id'];
    await call('run_statement', { session: id, sql: `DELETE FROM ops.orders WHERE status = 'cancelled'` }).catch(
      () => undefined,
    );
    expect(tried).toEqual([
      [401, 'UNAUTHENTICATED'],
      [403, 'NOT_PERMITTED'],
    ]);
    const { events } = (await call('session_record', { session: id }))['record'] as unknown as {
      events: { code: string }[];
    };
    expect(events.map(({ code }) => code)).toEqual([
      'session.requested',
      'session.opened',
      'statement.approval_requested',
      'statement.approval_decided',
    ]);
    expect(events[3]).toMatchObject({ data: { decision: 'refused', why: 'review.scope' } });
    await call('close_session', { session: id });
    await at.client.close();
  });
});

describe('the agent', () => {
  it('answers by the script: reads, is refused, asks a person, clears away, closes', async () => {
    const told: Told[] = [];
    const { client } = await connected(orders(), review);
    const answer = await work(client, script(), (each) => told.push(each));
    expect(answer).toMatch(
      /^91 orders were cancelled, worth 23181\.31\. 91 of them were cleared away, with a person's consent\. Salaries were not to be had \(OUT_OF_SCOPE\)/,
    );
    expect(told.map(({ tool, isError }) => `${tool}${isError ? ' refused' : ''}`)).toEqual([
      'list_connections',
      'open_session',
      'describe_scope',
      'run_statement',
      'run_statement refused',
      'close_session',
      'open_session',
      'explain_statement',
      'run_statement',
      'session_record',
      'close_session',
    ]);
    expect(await ends(told)).toEqual([['session.closed'], ['session.closed']]);
    await client.close();
  });

  it('leaves no session open, whatever its mind does', async () => {
    const told: Told[] = [];
    const { client } = await connected(orders());
    await expect(work(client, restless(), (each) => told.push(each), 3)).rejects.toThrow('no answer after 3 steps');
    expect(await ends(told)).toEqual([['session.closed'], ['session.closed'], ['session.closed']]);
    await client.close();
  });

  it('thinks with a model of the environment, given the guide and the tools', async () => {
    const asked: {
      readonly messages: readonly { role: string; content: string }[];
      readonly tools: readonly { function: { name: string } }[];
    }[] = [];
    const says = [
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: '1', function: { name: 'list_connections', arguments: '{}' } },
          { id: '2', function: { name: 'list_connections', arguments: '{not json' } },
        ],
      },
      { role: 'assistant', content: 'You may read and write ACME.OPS.' },
    ];
    const endpoint = createServer((request, response) => {
      let body = '';
      request
        .on('data', (chunk: Buffer) => {
          body += chunk.toString();
        })
        .on('end', () => {
          asked.push(JSON.parse(body) as (typeof asked)[number]);
          response.end(JSON.stringify({ choices: [{ message: says[asked.length - 1] }] }));
        });
    }).listen(0, '127.0.0.1');
    await once(endpoint, 'listening');
    const model = modelOf({
      AGENT_MODEL_URL: `http://127.0.0.1:${(endpoint.address() as { port: number }).port}`,
      AGENT_MODEL: 'scripted',
    });
    if (model === undefined) throw new Error('no model');
    const { client } = await connected(orders());
    expect(await work(client, modelMind(model, client, 'What may I see?'), () => undefined)).toBe(
      'You may read and write ACME.OPS.',
    );
    expect(asked[0]?.tools.map((tool) => tool.function.name)).toContain('run_statement');
    expect(asked[0]?.messages[0]?.content).toContain('Ask for the least');
    expect(asked[1]?.messages.filter(({ role }) => role === 'tool').map(({ content }) => content)).toEqual([
      'warehouse (duckdb): ACME.OPS, read or write',
      'The arguments were not JSON.',
    ]);
    await client.close();
    endpoint.close();
  });
});
