import { describe, expect, it } from 'vitest';
import { memoryEngine, memoryIdentity } from '../../../src/adapters/memory/index.js';
import { office } from '../../core/approvals/test-reviewers.js';
import { finance, house, ops } from '../../core/test-gateway.js';
import { mount } from './test-hosts.js';

const opening = { connection: 'warehouse', schema: 'ACME.OPS', access: 'read', ttl: 60, reason: 'to look' };

async function place() {
  const at = await office();
  return { ...(await mount(at.gateway)), id: at.id };
}

describe('suspending over REST', () => {
  it('suspends, lists and reinstates', async () => {
    const { ask, id } = await place();
    const made = await ask('POST', '/suspensions', {
      token: 'bob',
      body: { actor: 'idp:agent', ttl: 90, comment: 'enough' },
    });
    expect([made.status, made.json]).toEqual([
      201,
      expect.objectContaining({
        actor: 'idp:agent',
        places: [{ connection: 'warehouse', schemas: ['ACME.OPS'] }],
        by: { id: 'idp:bob' },
        comment: 'enough',
        sessions: [id],
        tickets: [],
      }),
    ]);
    expect(Date.parse(String(made.json['expiresAt'])) - Date.parse(String(made.json['suspendedAt']))).toBe(90_000);
    const refused = await ask('POST', '/sessions', { token: 'agent', body: opening });
    expect([refused.status, refused.headers.get('retry-after'), refused.json['code'], refused.json['reason']]).toEqual([
      403,
      '90',
      'ACTOR_SUSPENDED',
      'suspension.holds',
    ]);
    const stopped = await ask('POST', `/sessions/${id}/statements`, { token: 'agent', body: { sql: 'SELECT orders' } });
    expect([stopped.status, stopped.json['code']]).toEqual([403, 'ACTOR_SUSPENDED']);
    expect((await ask('GET', `/sessions/${id}/record`, { token: 'agent' })).status).toBe(200);
    expect((await ask('DELETE', `/sessions/${id}`, { token: 'agent' })).status).toBe(200);
    expect((await ask('GET', '/suspensions', { token: 'carol' })).json).toMatchObject({
      suspensions: [{ actor: 'idp:agent', comment: 'enough' }],
    });
    const ended = await ask('DELETE', '/suspensions/idp%3Aagent', { token: 'carol', body: { comment: 'mended' } });
    expect([ended.status, ended.json]).toEqual([
      200,
      expect.objectContaining({ actor: 'idp:agent', by: { id: 'idp:carol' }, comment: 'mended' }),
    ]);
    expect((await ask('GET', '/suspensions', { token: 'carol' })).json).toEqual({ suspensions: [] });
    expect((await ask('POST', '/sessions', { token: 'agent', body: opening })).status).toBe(201);
    expect((await ask('DELETE', '/suspensions/idp:agent', { token: 'carol' })).json).toMatchObject({
      status: 404,
      reason: 'suspension.unknown',
    });
  });

  it('an actor whose id has a slash, or is not ASCII, has a path too', async () => {
    const { ask } = await place();
    for (const actor of ['idp:a/b', 'idp:https://x/y?z#t', 'idp:ü', 'idp:..', 'idp:%2F']) {
      expect((await ask('POST', '/suspensions', { token: 'bob', body: { actor } })).status).toBe(201);
      expect((await ask('DELETE', `/suspensions/${encodeURIComponent(actor)}`, { token: 'bob' })).json).toMatchObject({
        actor,
      });
    }
    expect((await ask('DELETE', '/suspensions/%ff', { token: 'bob' })).json).toMatchObject({
      status: 400,
      reason: 'request.actor',
    });
    expect((await ask('DELETE', `/suspensions/${'x'.repeat(256)}`, { token: 'bob' })).json).toMatchObject({
      status: 400,
      reason: 'request.actor',
    });
    expect((await ask('GET', '/suspensions/x', { token: 'bob' })).headers.get('allow')).toBe('OPTIONS, DELETE');
  });

  it('an actor that a client would drop from a path stands in the query', async () => {
    const { ask } = await place();
    for (const actor of ['..', '.', 'idp:a b', 'idp:a+b', 'idp:ü&x=y']) {
      expect((await ask('POST', '/suspensions', { token: 'bob', body: { actor } })).status).toBe(201);
      expect(
        (
          await ask('DELETE', `/suspensions?actor=${encodeURIComponent(actor)}`, {
            token: 'bob',
            body: { comment: 'mended' },
          })
        ).json,
      ).toMatchObject({ actor, comment: 'mended' });
      expect((await ask('POST', '/suspensions', { token: 'bob', body: { actor } })).status).toBe(201);
      expect(
        (await ask('DELETE', `/suspensions?${String(new URLSearchParams({ actor }))}`, { token: 'bob' })).json,
      ).toMatchObject({ actor });
    }
    for (const query of ['', '?', '?actor=a&actor=b', '?actor=a&x=y', '?x=a', '?revoke']) {
      expect((await ask('DELETE', `/suspensions${query}`, { token: 'bob' })).json).toMatchObject({
        status: 400,
        reason: 'request.query',
      });
    }
    for (const value of ['', '%ff', 'x'.repeat(256)])
      expect((await ask('DELETE', `/suspensions?actor=${value}`, { token: 'bob' })).json).toMatchObject({
        status: 400,
        reason: 'request.actor',
      });
    expect((await ask('DELETE', '/suspensions/a?actor=b', { token: 'bob' })).json).toMatchObject({
      status: 400,
      reason: 'request.query',
    });
  });

  it.each<[string, object]>([
    ['actor', {}],
    ['actor', { actor: 1 }],
    ['ttl', { actor: 'a', ttl: 0 }],
    ['ttl', { actor: 'a', ttl: 2_592_001 }],
    ['ttl', { actor: 'a', ttl: 1.5 }],
    ['comment', { actor: 'a', comment: '' }],
  ])('refuses a body whose %s is wrong', async (field, body) => {
    const { ask } = await place();
    expect((await ask('POST', '/suspensions', { token: 'bob', body })).json).toMatchObject({
      status: 400,
      code: 'INVALID_REQUEST',
      reason: `request.${field}`,
    });
  });

  it('is not for agents, and not for who asks without a token', async () => {
    const { ask } = await place();
    for (const [method, path, body] of [
      ['POST', '/suspensions', { actor: 'idp:other' }],
      ['GET', '/suspensions', undefined],
      ['DELETE', '/suspensions/idp%3Aother', undefined],
    ] as const) {
      const given = body === undefined ? {} : { body };
      expect((await ask(method, path, { token: 'agent', ...given })).json).toMatchObject({
        status: 403,
        code: 'NOT_PERMITTED',
        reason: 'review.delegated',
      });
      expect((await ask(method, path, { token: 'nobody', ...given })).status).toBe(401);
    }
  });

  it('is not found where approvals are not configured', async () => {
    const { gateway } = await house({
      connections: { warehouse: memoryEngine([ops, finance], () => ({ columns: [], rows: [] })) },
      identity: memoryIdentity({ bob: { subject: 'bob', scopes: ['sallyport.review'] } }),
    });
    const { ask } = await mount(gateway);
    expect((await ask('GET', '/suspensions', { token: 'bob' })).json).toMatchObject({
      status: 404,
      reason: 'approval.not_configured',
    });
  });
});
