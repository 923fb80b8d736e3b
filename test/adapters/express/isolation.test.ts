import { describe, expect, it } from 'vitest';
import { routes } from '../../../src/adapters/express/routes.js';
import { office } from '../../core/approvals/test-reviewers.js';
import { house, opening } from './test-gateway.js';
import { hosts, mount, type Told } from './test-hosts.js';

const sql = { sql: 'SELECT orders' };
const digest = '0'.repeat(64);

/** What each path takes that takes anything. A new one stands here, or this file fails. */
const bodies: Readonly<Record<string, unknown>> = {
  'POST /sessions': opening,
  'POST /sessions/{session}/statements': sql,
  'POST /sessions/{session}/explain': sql,
  'POST /approvals/{ticket}/decision': { decision: 'approve', digest },
  'POST /reviews/{session}': { comment: 'looked at' },
};

type Asking = readonly [method: string, path: string, body: unknown];

const all: readonly Asking[] = [
  ...Object.entries(routes).flatMap(([path, route]) =>
    Object.keys(route).map((method) => [method, path, bodies[`${method} ${path}`]] as const),
  ),
  ['DELETE', '/sessions/{session}?revoke', undefined],
  ['POST', '/sessions/{session}/statements', { sql: 'not readable' }],
];
const onSession = all.filter(([, path]) => path.includes('{session}'));
const onTicket = all.filter(([, path]) => path.includes('{ticket}'));
const lists = all.filter(([method, path]) => method === 'GET' && !path.includes('{') && path !== '/openapi.json');

const at = (path: string, id: string): string => path.replace(/\{\w+\}/, id);
const unlike = (id: string): string => id.replace(/.{4}$/, (end) => (end === '0000' ? '1111' : '0000'));

/** All that a client could tell two answers apart by. */
const seen = ({ status, headers, text }: Told) => {
  const { date: _, ...rest } = Object.fromEntries(headers);
  return { status, headers: rest, text: text.replaceAll(/urn:uuid:[0-9a-f-]{36}/g, 'urn:uuid:') };
};

describe.each(hosts)('two agents, $name', ({ host }) => {
  it('neither can see, use, close or learn of the other’s session', async () => {
    const { gateway, engine } = await house();
    const { ask, session } = await mount(gateway, { host });
    const foreign = await session('a');
    await ask('POST', `/sessions/${foreign}/statements`, { body: sql });
    for (const [method, path, body] of onSession) {
      const denied = await ask(method, at(path, foreign), { token: 'b', body });
      const missing = await ask(method, at(path, unlike(foreign)), { token: 'b', body });
      expect(seen(denied)).toEqual(seen(missing));
      expect([method, path, denied.status, denied.json['code']]).toEqual([method, path, 404, 'NOT_FOUND']);
      expect(denied.text).not.toContain('agent-a');
    }
    expect((await ask('GET', `/sessions/${foreign}`)).json['state']).toBe('open');
    expect(engine.ran).toHaveLength(1);
    expect(engine.live()).toBe(1);
  });

  it('still nothing is told once the session is closed', async () => {
    const { gateway } = await house();
    const { ask, session } = await mount(gateway, { host });
    const foreign = await session('a');
    await ask('DELETE', `/sessions/${foreign}`);
    for (const [method, path, body] of onSession)
      expect((await ask(method, at(path, foreign), { token: 'b', body })).status).toBe(404);
  });

  it('without a good token no path answers', async () => {
    const { gateway } = await house();
    const { ask, session } = await mount(gateway, { host });
    const id = await session('a');
    const paths = all
      .filter(([, path]) => path !== '/openapi.json')
      .map(
        ([method, path, body]) =>
          [method, method === 'DELETE' && path === '/suspensions' ? `${path}?actor=a` : at(path, id), body] as const,
      );
    for (const [method, path, body] of paths) {
      const { status, headers } = await ask(method, path, { token: '', body });
      expect([path, status, headers.get('www-authenticate')]).toEqual([path, 401, 'Bearer realm="sallyport"']);
    }
    for (const [method, path, body] of paths) {
      const { status, headers } = await ask(method, path, { token: 'stolen', body });
      expect([path, status, headers.get('www-authenticate')]).toEqual([
        path,
        401,
        'Bearer realm="sallyport", error="invalid_token"',
      ]);
    }
  });
});

describe.each(hosts)('two agents where people agree, $name', ({ host }) => {
  // The same person's other agent, and the same agent in other hands, are as foreign as anybody.
  it.each(['other-agent', 'agent-elsewhere'])('%s learns of neither session nor ticket', async (token) => {
    const { gateway, id, ticket, engine } = await office();
    const { ask } = await mount(gateway, { host });
    const held = await ticket();
    for (const [foreign, paths] of [
      [id, onSession],
      [held, onTicket],
    ] as const) {
      for (const [method, path, body] of paths) {
        const denied = await ask(method, at(path, foreign), { token, body });
        const missing = await ask(method, at(path, unlike(foreign)), { token, body });
        expect(seen(denied)).toEqual(seen(missing));
        expect([method, path, [403, 404].includes(denied.status)]).toEqual([method, path, true]);
        expect(denied.text).not.toMatch(/ORDERS|tidy|idp:/);
      }
    }
    for (const [method, path] of lists) {
      const { text } = await ask(method, path, { token });
      expect([path, text.includes(id), text.includes(held)]).toEqual([path, false, false]);
    }
    expect((await ask('GET', `/sessions/${id}`, { token: 'agent' })).json['state']).toBe('open');
    expect((await ask('GET', `/approvals/${held}`, { token: 'agent' })).json['state']).toBe('pending');
    expect([engine.ran, engine.live()]).toEqual([[], 1]);
    await gateway.shutdown();
  });
});
