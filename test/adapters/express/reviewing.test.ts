import { describe, expect, it } from 'vitest';
import { readPreferredWait } from '../../../src/adapters/express/prefer.js';
import type { Gateway } from '../../../src/core/index.js';
import { office } from '../../core/approvals/test-reviewers.js';
import { mount, type Mounted } from './test-hosts.js';

interface Place extends Mounted {
  readonly id: string;
  readonly gateway: Gateway;
  readonly ran: readonly string[];
  /** What a person sees of a ticket. */
  readonly see: (ticket: unknown, token?: string) => Promise<Readonly<Record<string, unknown>>>;
}

async function place(): Promise<Place> {
  const { gateway, id, engine } = await office();
  const mounted = await mount(gateway);
  return {
    ...mounted,
    id,
    gateway,
    ran: engine.ran,
    see: async (ticket, token = 'bob') => (await mounted.ask('GET', `/approvals/${String(ticket)}`, { token })).json,
  };
}

const write = ({ ask, id }: Place, body: object = {}, headers: Readonly<Record<string, string>> = {}) =>
  ask('POST', `/sessions/${id}/statements`, { token: 'agent', body: { sql: 'DELETE orders', ...body }, headers });

describe('approvals over REST', () => {
  it('go all the way: a ticket, a decision that echoes the digest, and one run', async () => {
    const here = await place();
    const held = await write(here);
    expect([held.status, held.headers.get('location'), held.headers.get('retry-after')]).toEqual([
      202,
      `/jit/approvals/${String(held.json['ticket'])}`,
      '5',
    ]);
    const { ticket, digest } = held.json;
    const listed = await here.ask('GET', '/approvals', { token: 'bob' });
    expect(listed.json).toMatchObject({
      approvals: [{ ticket, digest, state: 'pending', statement: { canonical: 'DELETE orders' }, mine: { may: true } }],
    });
    const decided = await here.ask('POST', `/approvals/${String(ticket)}/decision`, {
      token: 'bob',
      body: { decision: 'approve', digest, comment: 'ok' },
    });
    expect([decided.status, decided.json['state']]).toEqual([200, 'approved']);
    expect((await write(here, { ticket })).status).toBe(200);
    expect((await write(here, { ticket })).json).toMatchObject({ replayed: true, rows: [] });
    expect(here.ran).toHaveLength(1);
    const { events } = (await here.ask('GET', `/sessions/${here.id}/record`, { token: 'bob' })).json as {
      readonly events: readonly { readonly code: string; readonly data: object }[];
    };
    expect(events.find(({ code }) => code === 'statement.approval_decided')?.data).toMatchObject({
      transport: { protocol: 'rest', address: expect.stringContaining('127.0.0.1') as string },
    });
    expect((await here.ask('GET', '/approvals?state=decided', { token: 'carol' })).json).toMatchObject({
      approvals: [{ ticket, state: 'used', decisions: [{ reviewer: { id: 'idp:bob' }, comment: 'ok' }] }],
    });
    expect((await here.see(ticket, 'agent'))['mine']).toEqual({ may: false, why: 'review.delegated' });
  });

  it('answers a stale digest, a second answer and a decided one with a conflict', async () => {
    const here = await place();
    const { ticket, digest } = (await write(here)).json;
    const decide = (token: string, body: object) =>
      here.ask('POST', `/approvals/${String(ticket)}/decision`, {
        token,
        body: { decision: 'approve', digest, ...body },
      });
    expect((await decide('bob', { digest: '0'.repeat(64) })).json).toMatchObject({
      status: 409,
      reason: 'approval.digest',
    });
    expect(
      (await here.ask('POST', `/approvals/${String(ticket)}/decision`, { token: 'bob', body: { decision: 'approve' } }))
        .json,
    ).toMatchObject({ status: 400, reason: 'request.digest' });
    expect((await decide('alice', {})).json).toMatchObject({ status: 403, reason: 'review.self' });
    expect((await decide('bob', {})).status).toBe(200);
    expect((await decide('carol', {})).json).toMatchObject({ status: 409, reason: 'approval.state' });
  });

  it('waits for the answer where that is preferred, and goes on by itself', async () => {
    const here = await place();
    const waiting = write(here, {}, { prefer: 'respond-async, wait=30' });
    await expect
      .poll(async () => (await here.ask('GET', '/approvals', { token: 'bob' })).text)
      .toContain('DELETE orders');
    const [{ ticket, digest } = {}] = (await here.ask('GET', '/approvals', { token: 'bob' })).json[
      'approvals'
    ] as readonly Readonly<Record<string, string>>[];
    await here.ask('POST', `/approvals/${String(ticket)}/decision`, {
      token: 'bob',
      body: { decision: 'approve', digest },
    });
    expect((await waiting).status).toBe(200);
    expect(here.ran).toEqual(['DELETE orders']);
    expect(
      (
        await here.ask('GET', `/approvals/${String(ticket)}`, { token: 'agent', headers: { prefer: 'wait=30' } })
      ).headers.get('preference-applied'),
    ).toBe('wait=30');
  });

  it.each([
    [undefined, 0],
    ['wait=30', 30_000],
    ['wait="5"', 5_000],
    ['respond-async, wait=7; x=1', 7_000],
    ['wait=600', 60_000],
    ['await=5', 0],
    ['wait=-1', 0],
    ['wait=x', 0],
  ])('reads %s as %i ms', (prefer, ms) => expect(readPreferredWait(prefer)).toBe(ms));

  it('lists and revokes live sessions, with or without words', async () => {
    const here = await place();
    expect((await here.ask('GET', '/sessions', { token: 'bob' })).json).toMatchObject({
      sessions: [{ id: here.id, state: 'open' }],
    });
    expect((await here.ask('GET', `/sessions/${here.id}/record`, { token: 'bob' })).status).toBe(200);
    const revoked = await here.ask('DELETE', `/sessions/${here.id}?revoke`, {
      token: 'bob',
      body: { comment: 'enough' },
    });
    expect([revoked.status, revoked.json['endedBy']]).toEqual([200, 'revoked']);
    expect((await here.ask('DELETE', `/sessions/${here.id}?revoke`, { token: 'bob' })).status).toBe(200);
    expect((await write(here)).json).toMatchObject({ status: 410, code: 'SESSION_REVOKED' });
  });

  it('lists and signs what was done behind break-glass sessions', async () => {
    const here = await place();
    const { json } = await here.ask('POST', '/sessions', {
      token: 'oncall',
      body: {
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'write',
        ttl: 60,
        reason: 'the site is down',
        breakGlass: true,
      },
    });
    expect(json['breakGlass']).toBe(true);
    expect((await here.ask('GET', '/reviews', { token: 'bob' })).json).toMatchObject({
      reviews: [{ session: json['id'], reason: 'the site is down' }],
    });
    expect((await here.ask('POST', `/reviews/${String(json['id'])}`, { token: 'bob', body: {} })).status).toBe(400);
    expect(
      (await here.ask('POST', `/reviews/${String(json['id'])}`, { token: 'bob', body: { comment: 'fine' } })).json,
    ).toMatchObject({ status: 403, reason: 'review.open' });
    await here.ask('DELETE', `/sessions/${String(json['id'])}`, { token: 'oncall' });
    expect(
      (await here.ask('POST', `/reviews/${String(json['id'])}`, { token: 'bob', body: { comment: 'fine' } })).json,
    ).toMatchObject({ signed: { comment: 'fine', by: { id: 'idp:bob' } } });
    expect((await here.ask('GET', '/reviews', { token: 'bob' })).json).toEqual({ reviews: [] });
  });

  it("refuses an agent on every path that is a reviewer's, and answers foreign and unknown alike", async () => {
    const here = await place();
    const { ticket, digest } = (await write(here)).json;
    const asks = [
      ['GET', '/approvals'],
      ['GET', '/approvals?state=decided'],
      ['POST', `/approvals/${String(ticket)}/decision`, { decision: 'approve', digest }],
      ['POST', '/approvals/none/decision', { decision: 'approve', digest }],
      ['GET', '/sessions'],
      ['DELETE', `/sessions/${here.id}?revoke`],
      ['DELETE', '/sessions/none?revoke'],
      ['GET', '/reviews'],
      ['POST', `/reviews/${here.id}`, { comment: 'x' }],
    ] as const;
    for (const [method, path, body] of asks)
      expect([method, path, (await here.ask(method, path, { token: 'agent', body })).status]).toEqual([
        method,
        path,
        403,
      ]);
    const [foreign, none] = await Promise.all(
      [String(ticket), 'none'].map((each) => here.ask('GET', `/approvals/${each}`, { token: 'dave2' })),
    );
    expect([foreign?.status, none?.status]).toEqual([401, 401]);
    const [unseen, missing] = await Promise.all(
      [String(ticket), 'none'].map((each) => here.ask('GET', `/approvals/${each}`, { token: 'other-agent' })),
    );
    expect({ ...unseen?.json, instance: '' }).toEqual({ ...missing?.json, instance: '' });
    for (const query of ['?state=all', '?revoke', '?state=pending&x=1'])
      expect((await here.ask('GET', `/approvals${query}`, { token: 'bob' })).status).toBe(400);
  });

  it('says the same of everything whatever stands in it', async () => {
    const here = await place();
    const nasty = '<script>alert(1)</script>\u202e"\'`';
    const { ticket, digest } = (await write(here, { binds: [nasty] })).json;
    const { json, headers } = await here.ask('POST', `/approvals/${String(ticket)}/decision`, {
      token: 'bob',
      body: { decision: 'reject', digest, comment: nasty },
    });
    expect(json).toMatchObject({ statement: { binds: [nasty] }, decisions: [{ comment: nasty }] });
    expect([headers.get('content-type'), headers.get('x-content-type-options')]).toEqual([
      'application/json',
      'nosniff',
    ]);
  });
});
