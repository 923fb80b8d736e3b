import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { memoryIdentity } from '../../../src/adapters/memory/index.js';
import type { Credential } from '../../../src/core/index.js';
import { house, opening } from './test-gateway.js';
import { hosts, mount } from './test-hosts.js';

/** Sends a request byte by byte as written, and gives the answer's head. */
async function raw(port: number, lines: readonly string[]): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  socket.end(
    `GET /jit/connections HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n`,
  );
  let text = '';
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  await once(socket, 'close');
  return text;
}

const of = (...audience: string[]) => ({ subject: 'agent-a', audience });

describe.each(hosts)('the credential, $name', ({ host }) => {
  it.each([
    ['nothing', [], 'credential.missing'],
    ['an empty header', ['Authorization:'], 'credential.malformed'],
    ['a scheme without a token', ['Authorization: Bearer'], 'credential.malformed'],
    ['a token without a scheme', ['Authorization: a'], 'credential.malformed'],
    ['another scheme', ['Authorization: Basic YTpi'], 'credential.malformed'],
    ['two tokens in one', ['Authorization: Bearer a, Bearer b'], 'credential.malformed'],
    ['two words', ['Authorization: Bearer a b'], 'credential.malformed'],
    ['a quoted token', ['Authorization: Bearer "a"'], 'credential.malformed'],
    ['a tab', ['Authorization: Bearer\ta'], 'credential.malformed'],
    ['letters that no token has', ['Authorization: Bearer \xe9'], 'credential.malformed'],
    ['two headers', ['Authorization: Bearer a', 'Authorization: Bearer b'], 'credential.repeated'],
    ['the same header twice', ['Authorization: Bearer a', 'authorization: Bearer a'], 'credential.repeated'],
    ['a cookie', ['Cookie: access_token=a'], 'credential.missing'],
    ['a proxy’s header', ['Proxy-Authorization: Bearer a'], 'credential.missing'],
    ['an unknown token', ['Authorization: Bearer stolen'], 'token.unknown'],
  ])('%s is refused', async (_what, lines, reason) => {
    const { gateway } = await house();
    const { port } = await mount(gateway, { host });
    const answer = await raw(port, lines);
    const { code, reason: said } = JSON.parse(answer.slice(answer.indexOf('{'))) as Record<string, string>;
    expect([answer.slice(0, 12), code, said]).toEqual(['HTTP/1.1 401', 'UNAUTHENTICATED', reason]);
    const challenge = `Bearer realm="sallyport"${reason === 'credential.missing' ? '' : ', error="invalid_token"'}\r\n`;
    expect(answer).toContain(`www-authenticate: ${challenge}`);
  });

  it('a token for another address is refused where the mount says what its own is, and the refusal is recorded', async () => {
    const identity = memoryIdentity({
      a: of('https://api.acme.example/jit'),
      written: of('HTTPS://API.acme.example:443/jit'),
      both: of('https://api.acme.example/mcp', 'https://api.acme.example/jit'),
      mcp: of('https://api.acme.example/mcp'),
      none: of(),
      silent: { subject: 'agent-a' },
    });
    const { gateway, audit } = await house(undefined, { identity });
    const { ask } = await mount(gateway, { host, options: { resource: 'https://api.acme.example/jit' } });
    for (const token of ['a', 'written', 'both', 'silent'])
      expect([token, (await ask('GET', '/connections', { token })).status]).toEqual([token, 200]);
    for (const token of ['mcp', 'none']) {
      for (const [method, path, body] of [
        ['GET', '/connections'],
        ['POST', '/sessions', opening],
        ['GET', '/approvals'],
      ] as const) {
        const { status, json } = await ask(method, path, { token, body });
        expect([token, path, status, json['code'], json['reason'], json['hint']]).toEqual([
          token,
          path,
          401,
          'UNAUTHENTICATED',
          'token.resource',
          'Get a token for the resource https://api.acme.example/jit.',
        ]);
      }
    }
    expect(audit.events.map(({ code, data }) => [code, data['code'], data['reason']])).toEqual([
      ['gateway.started', undefined, undefined],
      ['identity.refused', 'UNAUTHENTICATED', 'token.resource'],
    ]);
    const { ask: elsewhere } = await mount(gateway, { host });
    expect((await elsewhere('GET', '/connections', { token: 'mcp' })).status).toBe(200);
    await gateway.shutdown();
    expect(audit.events.filter(({ code }) => code === 'identity.refused').map(({ data }) => data['count'])).toEqual([
      1, 5,
    ]);
  });

  it.each(['Bearer a', 'bearer a', 'BEARER   a', 'Bearer a '])('"%s" is taken', async (value) => {
    const { gateway } = await house();
    const { port } = await mount(gateway, { host });
    expect(await raw(port, [`AUTHORIZATION: ${value}`])).toContain('HTTP/1.1 200');
  });

  it('arrives as it was sent, and goes nowhere else', async () => {
    const token = 'aA0-._~+/==';
    const seen: Credential[] = [];
    const known = memoryIdentity({ [token]: { subject: 'agent-a' } });
    const { gateway, audit } = await house(undefined, {
      identity: {
        authenticate: (credential, signal) => {
          seen.push(credential);
          return known.authenticate(credential, signal);
        },
      },
    });
    const { ask, session } = await mount(gateway, { host });
    const id = await session(token);
    const told = [
      await ask('GET', `/sessions/${id}`, { token }),
      await ask('GET', `/sessions/${id}/record`, { token }),
      await ask('GET', '/sessions/x', { token }),
    ];
    expect(new Set(seen.map((each) => JSON.stringify(each)))).toEqual(
      new Set([JSON.stringify({ scheme: 'bearer', token })]),
    );
    expect(told.map(({ text }) => text).join('') + JSON.stringify(audit.events)).not.toContain(token);
  });

  it('is asked for before a body is read', async () => {
    const { gateway } = await house();
    const { ask } = await mount(gateway, { host });
    expect((await ask('POST', '/sessions', { token: '', body: 'no JSON' })).status).toBe(401);
  });
});
