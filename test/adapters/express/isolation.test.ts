import { describe, expect, it } from 'vitest';
import { house } from './house.js';
import { hosts, mount, type Told } from './mounted.js';

const sql = { sql: 'SELECT orders' };
const onSession = [
  ['GET', '', undefined], ['DELETE', '', undefined], ['DELETE', '?revoke', undefined], ['GET', '/record', undefined],
  ['POST', '/statements', sql], ['POST', '/explain', sql], ['POST', '/statements', { sql: 'not readable' }],
] as const;

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
    const unknown = foreign.replace(/.{4}$/, (end) => (end === '0000' ? '1111' : '0000'));
    for (const [method, path, body] of onSession) {
      const denied = await ask(method, `/sessions/${foreign}${path}`, { token: 'b', body });
      const missing = await ask(method, `/sessions/${unknown}${path}`, { token: 'b', body });
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
    for (const [method, path, body] of onSession) expect((await ask(method, `/sessions/${foreign}${path}`, { token: 'b', body })).status).toBe(404);
  });

  it('without a good token no path answers', async () => {
    const { gateway } = await house();
    const { ask, session } = await mount(gateway, { host });
    const id = await session('a');
    const paths = [...onSession.map(([method, path, body]) => [method, `/sessions/${id}${path}`, body] as const), ['GET', '/connections', undefined], ['POST', '/sessions', {}], ['GET', '/approvals', undefined]] as const;
    for (const [method, path, body] of paths) {
      const { status, headers } = await ask(method, path, { token: '', body });
      expect([path, status, headers.get('www-authenticate')]).toEqual([path, 401, 'Bearer realm="sallyport"']);
    }
    for (const [method, path, body] of paths.filter(([, , content]) => content === undefined || content === sql)) {
      const { status, headers } = await ask(method, path, { token: 'stolen', body });
      expect([path, status, headers.get('www-authenticate')]).toEqual([path, 401, 'Bearer realm="sallyport", error="invalid_token"']);
    }
  });
});
