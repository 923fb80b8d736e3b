import { randomBytes } from 'node:crypto';
import { Webhook } from 'standardwebhooks';
import { afterEach, describe, expect, it } from 'vitest';
import { parseRoute } from '../../../page/route.js';
import { webhook, type WebhookOptions } from '../../../src/adapters/webhook/index.js';
import { office, people } from '../../core/approvals/test-reviewers.js';
import { closeAll, ends, receiver, type Asked } from '../http/receiver.js';
import { never, notice } from '../notices.js';
import { soon } from '../expect-eventually.js';
import { sqlForAll } from '../sql.js';

afterEach(closeAll);

const secretOf = (bytes: number): string => `whsec_${randomBytes(bytes).toString('base64')}`;
const secret = secretOf(32);
const analyzer = sqlForAll();

/** What an implementation that is not ours takes the message for; throws where it does not believe it. */
const verified = (by: string, { body, headers }: Asked): unknown =>
  new Webhook(by).verify(body, headers as Record<string, string>);

describe('a webhook', () => {
  it('is signed so that an implementation of Standard Webhooks that is not ours believes it, and nothing that was changed', async () => {
    const { url, asked } = await receiver(ends(204));
    await webhook({ url, secret }).notify(notice, never);
    const [message] = asked as [Asked];
    expect(verified(secret, message)).toEqual({
      type: 'approval.requested',
      timestamp: '2026-09-21T14:13:20.000Z',
      data: {
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'write',
        principal: { id: 'idp:alice', name: 'Alice' },
        actor: { id: 'idp:agent' },
        reason: 'to tidy up',
        session: notice.session,
        ticket: notice.ticket,
        digest: notice.digest,
        state: 'pending',
        expiresAt: '2026-09-21T14:28:20.000Z',
        statement: notice.statement,
      },
    });
    expect(message.headers).toMatchObject({ 'webhook-id': notice.id, 'content-type': 'application/json' });
    expect(() => verified(secretOf(32), message)).toThrow('No matching signature');
    expect(() => verified(secret, { ...message, body: message.body.replace('tidy', 'wipe') })).toThrow(
      'No matching signature',
    );
    for (const [name, value] of [
      ['webhook-id', 'another'],
      ['webhook-timestamp', String(Number(message.headers['webhook-timestamp']) - 1)],
    ] as const) {
      expect(() => verified(secret, { ...message, headers: { ...message.headers, [name]: value } })).toThrow(
        'No matching signature',
      );
    }
  });

  it('is signed by each secret while one is replaced by another', async () => {
    const { url, asked } = await receiver(ends(200));
    const next = secretOf(64);
    await webhook({ url, secret: [next, secret] }).notify(notice, never);
    for (const each of [secret, next])
      expect(verified(each, asked[0] as Asked)).toMatchObject({ type: 'approval.requested' });
    expect(String(asked[0]?.headers['webhook-signature'])).toMatch(/^v1,[\w+/]+= v1,[\w+/]+=$/);
  });

  it.each([
    [{}, 'https://jit.acme.dev/jit/review#/approvals/019a0000-0000-7000-8000-00000000000b'],
    [
      { type: 'session.revoked', ticket: undefined },
      'https://jit.acme.dev/jit/review#/sessions/019a0000-0000-7000-8000-00000000000a',
    ],
    [
      { type: 'breakglass.activated', ticket: undefined },
      'https://jit.acme.dev/jit/review#/reviews/019a0000-0000-7000-8000-00000000000a',
    ],
  ])('says where to look: %o', async (more, link) => {
    const { url, asked } = await receiver(ends(200));
    await webhook({ url, secret, page: 'https://jit.acme.dev/jit/review' }).notify(
      { ...notice, ...more } as typeof notice,
      never,
    );
    expect(JSON.parse(asked[0]?.body ?? '')).toMatchObject({ data: { link } });
    expect(link).toContain(`#/${parseRoute(new URL(link).hash).view}/`);
  });

  it('goes without a link where the function has none that can be used', async () => {
    const { url, asked } = await receiver(ends(200));
    const pages = [
      () => undefined,
      () => 'javascript:alert(1)',
      () => {
        throw new Error('no page');
      },
      ({ ticket = '' }) => `https://acme.dev/${ticket}`,
    ];
    for (const page of pages) await webhook({ url, secret, page }).notify(notice, never);
    expect(asked.map(({ body }) => (JSON.parse(body) as { data: { link?: string } }).data.link)).toEqual([
      undefined,
      undefined,
      undefined,
      'https://acme.dev/019a0000-0000-7000-8000-00000000000b',
    ]);
  });

  it.each([
    ['plain http', { url: 'http://hooks.acme.dev/' }],
    ['a password in the address', { url: 'https://u:p@hooks.acme.dev/' }],
    ['no address', { url: 'hooks' }],
    ['no secret', { secret: [] }],
    ['a secret without its prefix', { secret: secret.slice(6) }],
    ['a short secret', { secret: secretOf(23) }],
    ['a long secret', { secret: secretOf(65) }],
    ['a secret that is no base64', { secret: `${secret.slice(0, -3)}*==` }],
    ['one bad secret among good ones', { secret: [secret, 'whsec_'] }],
    ['base64 of the URL alphabet', { secret: `whsec_${Buffer.alloc(32, 0xff).toString('base64url')}` }],
    ['no time', { timeoutMs: 0 }],
    ['half a retry', { retries: 0.5 }],
    ['a negative queue', { waiting: -1 }],
    ['a page over plain http', { page: 'http://acme.dev' }],
    ['a callback that is none', { onDropped: 1 }],
  ])('refuses to be set up with %s, and tells nothing of the secret', (_what, more) => {
    const setUp = (): unknown => webhook({ url: 'https://hooks.acme.dev/', secret, ...more } as WebhookOptions);
    expect(setUp).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    try {
      setUp();
    } catch (error) {
      for (const each of [secret, (more as { secret?: unknown }).secret ?? secret].flat().map(String))
        if (each.length > 6) expect(String((error as Error).stack)).not.toContain(each.slice(6));
    }
  });

  it('takes an address of this machine, and secrets of 24 and 64 bytes', () => {
    for (const url of [
      'http://localhost:1/',
      'http://127.0.0.2:1/',
      'http://[::1]:1/',
      new URL('https://hooks.acme.dev/in?x=1'),
    ])
      expect(webhook({ url, secret: [secretOf(24), secretOf(64)] })).toBeDefined();
  });

  it('tells of a held statement and what became of it, without a value, a token or a secret in it', async () => {
    const { url, asked } = await receiver(ends(200));
    const hook = webhook({ url, secret });
    const at = await office({ analyzer, approvals: { ...people, notify: [hook] } });
    const ticket = await at.ticket(
      await at.write({
        sql: `DELETE FROM orders /* canary-comment */ WHERE note = 'canary-literal' AND id = ? AND n = 4242424242`,
        binds: ['canary-bind'],
      }),
    );
    expect((await at.decide(ticket, 'bob', { comment: 'go on' })).status).toBe('completed');
    await soon(() => asked.length).toBe(2);
    const told = asked.map((each) => verified(secret, each)) as { type: string; data: Record<string, unknown> }[];
    expect(told.map(({ type }) => type).toSorted()).toEqual(['approval.decided', 'approval.requested']);
    expect(told.find(({ type }) => type === 'approval.decided')?.data).toMatchObject({
      ticket,
      decision: 'approve',
      state: 'approved',
      by: { id: 'idp:bob' },
      comment: 'go on',
    });
    expect(told[0]?.data['statement']).toMatchObject({
      redacted: 'DELETE FROM orders WHERE note = ? AND id = ? AND n = ?',
      whole: false,
      writes: ['ACME.OPS.ORDERS'],
    });
    const all = JSON.stringify(asked);
    for (const canary of ['canary', '4242424242', secret.slice(6), 'agent-elsewhere', 'bearer'])
      expect(all).not.toContain(canary);
    await at.gateway.shutdown();
  });

  it('says that nothing is hidden only where that is so', async () => {
    const { url, asked } = await receiver(ends(200));
    const at = await office({ analyzer, approvals: { ...people, notify: [webhook({ url, secret })] } });
    const given = [
      ['DELETE FROM orders', []],
      ['DELETE FROM orders WHERE id = ?', [7]],
      ["DELETE FROM orders WHERE id = '?'", []],
      ['DELETE FROM orders WHERE id = 7', []],
      ['DELETE FROM orders WHERE id = x', []],
    ] as const;
    for (const [sql, binds] of given) await at.ticket(await at.write({ sql, binds }));
    await soon(() => asked.length).toBe(given.length);
    const whole = asked
      .map(
        ({ body }) =>
          (JSON.parse(body) as { data: { statement: { redacted: string; whole: boolean } } }).data.statement,
      )
      .filter((each) => each.whole);
    expect(whole.map(({ redacted }) => redacted).toSorted()).toEqual([
      'DELETE FROM orders',
      'DELETE FROM orders WHERE id = x',
    ]);
    await at.gateway.shutdown();
  });

  it('says of an opening how long it would last', async () => {
    const { url, asked } = await receiver(ends(200));
    const at = await office({ approvals: { ...people, notify: [webhook({ url, secret })] } });
    await at.ticket(
      await at.open({
        credential: { scheme: 'bearer', token: 'agent' },
        schema: 'ACME.FINANCE',
        ttlMs: 120_000,
        reason: 'to count',
      }),
    );
    await soon(() => asked.length).toBe(1);
    expect((JSON.parse(asked[0]?.body ?? '') as { data: object }).data).toMatchObject({
      schema: 'ACME.FINANCE',
      ttlMs: 120_000,
      reason: 'to count',
      state: 'pending',
    });
    await at.gateway.shutdown();
  });
});
