import { createServer, request as rawRequest, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { once } from 'node:events';
import express from 'express';
import { describe, expect, it } from 'vitest';
import { mcpRouter } from '../../../src/adapters/mcp/index.js';
import { memoryIdentity } from '../../../src/adapters/memory/index.js';
import { AccessError, type Gateway } from '../../../src/core/index.js';
import { connect, house, opening, serve } from './test-gateway.js';
import { legacy, modern, post } from './wire.js';

const known = memoryIdentity({
  good: { subject: 'agent-a', audience: ['https://api.acme.example/mcp'], scopes: ['jit', 'other'] },
  slash: { subject: 'agent-a', audience: ['HTTPS://API.acme.example/mcp'], scopes: ['jit'] },
  rest: { subject: 'agent-a', audience: ['https://api.acme.example/jit'], scopes: ['jit'] },
  scopeless: { subject: 'agent-a', audience: ['https://api.acme.example/mcp'], scopes: ['other'] },
});
const protectedBy = {
  resource: 'https://api.acme.example/mcp',
  authorizationServers: ['https://idp.acme.example'],
  scopes: ['jit'],
  hosts: ['127.0.0.1'],
};

describe('the door', () => {
  it.each([
    [
      'no token',
      '',
      'credential.missing',
      'Bearer realm="sallyport", resource_metadata="https://api.acme.example/mcp/.well-known/oauth-protected-resource", scope="jit"',
    ],
    [
      'a token nobody knows',
      'stolen',
      'token.unknown',
      'Bearer realm="sallyport", error="invalid_token", resource_metadata="https://api.acme.example/mcp/.well-known/oauth-protected-resource", scope="jit"',
    ],
    [
      'a token for another resource',
      'rest',
      'token.resource',
      'Bearer realm="sallyport", error="invalid_token", resource_metadata="https://api.acme.example/mcp/.well-known/oauth-protected-resource", scope="jit"',
    ],
  ])('%s is answered 401, with where to get one', async (_what, token, reason, challenge) => {
    const { gateway, audit, engine } = await house(undefined, { identity: known });
    const { url } = await serve(gateway, protectedBy);
    for (const answered of [
      await modern(url, 'open_session', opening, { token }),
      await legacy(url, 'open_session', opening, { token }),
      await post(url, { jsonrpc: '2.0', id: 1, method: 'initialize', params: {} }, { token }),
    ]) {
      expect([
        answered.status,
        answered.headers.get('www-authenticate'),
        answered.message.error?.data?.['reason'],
      ]).toEqual([401, challenge, reason]);
      expect(answered.text).not.toContain('stolen');
    }
    expect([engine.live(), audit.events.map(({ code }) => code)]).toEqual([
      0,
      token === '' ? ['gateway.started'] : ['gateway.started', 'identity.refused'],
    ]);
  });

  it('a token without a scope that is needed is answered 403, with the scope', async () => {
    const { gateway } = await house(undefined, { identity: known });
    const { url } = await serve(gateway, protectedBy);
    const { status, headers } = await modern(url, 'list_connections', {}, { token: 'scopeless' });
    expect([status, headers.get('www-authenticate')]).toEqual([
      403,
      'Bearer realm="sallyport", error="insufficient_scope", resource_metadata="https://api.acme.example/mcp/.well-known/oauth-protected-resource", scope="jit"',
    ]);
    for (const token of ['good', 'slash'])
      expect((await modern(url, 'list_connections', {}, { token })).status).toBe(200);
  });

  it('the metadata needs no token, below the mount and where RFC 9728 looks for it', async () => {
    const { gateway } = await house();
    const mount = mcpRouter(gateway, protectedBy);
    const app = express().use('/mcp', mount).use('/.well-known/oauth-protected-resource/mcp', mount.metadata);
    const server = app.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    for (const path of ['/mcp/.well-known/oauth-protected-resource', '/.well-known/oauth-protected-resource/mcp']) {
      const answer = await fetch(`http://127.0.0.1:${port}${path}`);
      expect([path, answer.status, answer.headers.get('access-control-allow-origin')]).toEqual([path, 200, '*']);
      expect(await answer.json()).toEqual({
        resource: 'https://api.acme.example/mcp',
        authorization_servers: ['https://idp.acme.example'],
        bearer_methods_supported: ['header'],
        resource_name: 'Sallyport',
        scopes_supported: ['jit'],
      });
    }
    server.close();
    const plain = await serve(gateway);
    expect((await fetch(`${plain.url}/.well-known/oauth-protected-resource`)).status).toBe(404);
  });

  it('a page of any origin is refused, unless that origin is let in', async () => {
    const { gateway, engine } = await house();
    const { url } = await serve(gateway, { origins: ['https://tool.acme.example'] });
    for (const origin of [
      'https://evil.example',
      'null',
      'https://tool.acme.example:8443',
      'http://tool.acme.example',
      'https://tool.acme.example.evil.example',
      'http://127.0.0.1',
    ]) {
      const { status, message } = await modern(url, 'open_session', opening, { headers: { origin } });
      expect([origin, status, message.error?.data?.['reason']]).toEqual([origin, 403, 'request.origin']);
    }
    expect(engine.live()).toBe(0);
    expect(
      (await modern(url, 'list_connections', {}, { headers: { origin: 'https://tool.acme.example' } })).status,
    ).toBe(200);
    const strict = await serve(gateway);
    expect((await modern(strict.url, 'list_connections', {}, { headers: { origin: strict.origin } })).status).toBe(403);
  });

  it('a Host that is not this service is refused (DNS rebinding)', async () => {
    const { gateway } = await house();
    const { port } = await serve(gateway);
    const asked = (host: string): Promise<number | undefined> =>
      new Promise((resolve, reject) => {
        const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'ping' });
        const request = rawRequest(
          {
            port,
            host: '127.0.0.1',
            path: '/mcp',
            method: 'POST',
            headers: {
              host,
              authorization: 'Bearer a',
              'content-type': 'application/json',
              accept: 'application/json, text/event-stream',
              'content-length': body.length,
            },
          },
          (response) => {
            response.resume();
            resolve(response.statusCode);
          },
        );
        request.on('error', reject).end(body);
      });
    for (const host of [
      'evil.example',
      `evil.example:${port}`,
      '127.0.0.1.evil.example',
      'localhost@evil.example',
      'evil@localhost',
      'localhost/',
      '[::2]',
      'localhost:',
    ])
      expect([host, await asked(host)]).toEqual([host, 403]);
    for (const host of [`127.0.0.1:${port}`, 'localhost', 'LOCALHOST:1', '[::1]'])
      expect([host, await asked(host)]).toEqual([host, 200]);
  });

  it('who is turned away is told to the service, and never with what they sent', async () => {
    const told: unknown[] = [];
    const { gateway, audit } = await house(undefined, { identity: known });
    const { url } = await serve(gateway, {
      ...protectedBy,
      onRefused: ({ status, reason }, { address, userAgent }) => {
        told.push([status, reason, address, userAgent]);
        throw new Error('the log is full');
      },
    });
    const headers = { 'user-agent': 'probe/1' };
    for (const token of ['', 'stolen', 'rest', 'scopeless'])
      await modern(url, 'open_session', opening, { token, headers });
    await modern(url, 'open_session', opening, {
      token: 'good',
      headers: { ...headers, origin: 'https://evil.example' },
    });
    await post(url, undefined, { token: 'good', headers, body: '{' });
    expect((await modern(url, 'list_connections', {}, { token: 'good', headers })).status).toBe(200);
    const from = [expect.stringContaining('127.0.0.1'), 'probe/1'];
    expect(told).toEqual([
      [401, 'credential.missing', ...from],
      [401, 'token.unknown', ...from],
      [401, 'token.resource', ...from],
      [403, 'token.scope', ...from],
      [403, 'request.origin', ...from],
      [400, 'request.json', ...from],
    ]);
    expect(audit.events.map(({ code, data }) => [code, data['reason']])).toEqual([
      ['gateway.started', undefined],
      ['identity.refused', 'token.unknown'],
      ['identity.refused', 'token.resource'],
    ]);
  });

  it('a token in the address is not seen, and the address is refused', async () => {
    const { gateway } = await house();
    const { url } = await serve(gateway);
    const { status, message } = await post(
      `${url}?access_token=a`,
      { jsonrpc: '2.0', id: 1, method: 'ping' },
      { token: '' },
    );
    expect([status, message.error?.data?.['reason']]).toEqual([400, 'request.query']);
  });

  it('an identity provider that cannot tell is 503, and told', async () => {
    const told: string[] = [];
    const { gateway } = await house(undefined, {
      identity: { authenticate: () => Promise.reject(new AccessError('IDENTITY_UNAVAILABLE')) },
    });
    const { url } = await serve(gateway, { onFault: ({ code }) => told.push(code) });
    const { status, headers } = await modern(url, 'list_connections');
    expect([status, headers.get('retry-after'), told]).toEqual([503, '5', ['IDENTITY_UNAVAILABLE']]);
  });

  it('hands on what is not its own, and answers nothing to other methods', async () => {
    const { gateway } = await house();
    const { url, origin } = await serve(gateway);
    expect((await fetch(`${url}/elsewhere`)).status).toBe(404);
    expect((await fetch(`${origin}/jit/connections`, { headers: { authorization: 'Bearer a' } })).status).toBe(200);
    for (const method of ['GET', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await fetch(url, { method, headers: { authorization: 'Bearer a' } });
      expect([method, answer.status, answer.headers.get('allow')]).toEqual([method, 405, 'POST']);
    }
  });

  it.each([
    [
      'Express 4.22',
      (mount: RequestListener) => (createRequire(import.meta.url)('express4') as typeof express)().use('/', mount),
    ],
    ['node:http itself', (mount: RequestListener) => mount],
  ])('works under %s', async (_host, host) => {
    const { gateway } = await house();
    const mcp = mcpRouter(gateway);
    const server = createServer(
      host((request, response) => mcp(request, response, () => response.writeHead(404).end())),
    ).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as { port: number };
    for (const send of [modern, legacy])
      expect(
        (await send(`http://127.0.0.1:${port}/`, 'list_connections')).message.result?.['structuredContent'],
      ).toMatchObject({ status: 'completed' });
    expect((await fetch(`http://127.0.0.1:${port}/elsewhere`)).status).toBe(404);
    server.closeAllConnections();
    server.close();
  });

  it('takes a body that the host has read already', async () => {
    const { gateway } = await house();
    for (const parser of [express.json(), express.raw({ type: '*/*' })]) {
      const server = express().use(parser, mcpRouter(gateway)).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      expect(
        (await modern(`http://127.0.0.1:${port}/`, 'list_connections')).message.result?.['structuredContent'],
      ).toMatchObject({ status: 'completed' });
      expect(
        (await legacy(`http://127.0.0.1:${port}/`, 'list_connections')).message.result?.['structuredContent'],
      ).toMatchObject({ status: 'completed' });
      server.closeAllConnections();
      server.close();
    }
  });
});

describe('mcpRouter', () => {
  it.each([
    ['no gateway', undefined, {}],
    ['an option nobody knows', 'gateway', { page: 1 }],
    ['a resource without issuers', 'gateway', { resource: 'https://a.example/mcp' }],
    ['issuers without a resource', 'gateway', { authorizationServers: ['https://i.example'] }],
    [
      'a resource in clear',
      'gateway',
      { resource: 'http://a.example/mcp', authorizationServers: ['https://i.example'] },
    ],
    [
      'a resource with a query',
      'gateway',
      { resource: 'https://a.example/mcp?x', authorizationServers: ['https://i.example'] },
    ],
    ['a short key', 'gateway', { stateKey: 'short' }],
    ['a page of nothing', 'gateway', { pageRows: 0 }],
    ['half a page', 'gateway', { pageRows: 1.5 }],
    ['scopes in one text', 'gateway', { scopes: 'a b' }],
    ['a scope with a quote', 'gateway', { scopes: ['a"b'] }],
    ['no list of hosts', 'gateway', { hosts: 'a' }],
    ['an address that is no function', 'gateway', { reviewUrl: 'https://a.example' }],
    ['a page in clear', 'gateway', { reviewUrl: () => 'http://a.example' }],
    ['no page at all', 'gateway', { reviewUrl: () => undefined }],
    ['a page with a password', 'gateway', { reviewUrl: () => 'https://me:secret@a.example' }],
    [
      'a page that cannot be said',
      'gateway',
      {
        reviewUrl: () => {
          throw new Error('no page');
        },
      },
    ],
    ['a listener that is none', 'gateway', { onRefused: true }],
  ])('refuses %s', (_what, gateway, options) => {
    expect(() =>
      mcpRouter((gateway === undefined ? undefined : { run: () => undefined }) as unknown as Gateway, options as never),
    ).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  });

  it('keeps the token from the SDK, and what the SDK says from the log', async () => {
    const told: AccessError[] = [];
    const { gateway } = await house();
    const { url } = await serve(gateway, { onFault: (fault) => told.push(fault) });
    await connect(url);
    await post(url, undefined, { body: '{' });
    expect(told).toEqual([]);
  });
});
