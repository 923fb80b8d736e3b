import { describe, expect, it, vi } from 'vitest';
import { memoryApprover, memoryPolicy } from '../../../src/adapters/memory/index.js';
import { AccessError, type Gateway } from '../../../src/core/index.js';
import { call, connect, decide, eras, house, opening, serve, session } from './test-gateway.js';
import { modern } from './wire.js';

const reviewUrl = (ticket: string): string => `https://acme.example/reviews/${ticket}`;
const affected = () => ({ columns: [], rows: [], affected: 3 });
const approving = (more = {}) => house(affected, { approvals: {}, ...more });
const held = { sql: 'DELETE orders', binds: [7] };

interface Waiting {
  readonly pending: { readonly ticket: string; readonly reviewUrl?: string; readonly expiresAt: string };
}

describe.each(eras)('an idempotency_key, client of $era', ({ options }) => {
  it('names a change that runs once, and an unknown end is told as one', async () => {
    let lost = false;
    const { gateway, engine } = await house(
      () => {
        if (lost) throw new AccessError('ENGINE_UNAVAILABLE');
        return affected();
      },
      { policy: memoryPolicy([{ id: 'all', subject: '*', connection: '*', object: '*', action: '*' }]) },
    );
    const client = await connect((await serve(gateway)).url, options);
    const id = await session(client);
    const asked = { session: id, sql: 'DELETE orders', idempotency_key: 'k' };
    expect((await call(client, 'run_statement', asked)).text).toContain('DELETE ran: 3 rows changed.');
    const again = await call(client, 'run_statement', asked);
    expect([again.status, again.text]).toEqual(['completed', expect.stringContaining('it did not run again')]);
    const reused = await call(client, 'run_statement', { ...asked, sql: 'DELETE customers' });
    expect(reused.data.problem).toMatchObject({ code: 'INVALID_REQUEST', reason: 'key.reused' });
    lost = true;
    const unknown = await call(client, 'run_statement', { ...asked, idempotency_key: 'k2' });
    expect([unknown.isError, unknown.text]).toEqual([
      true,
      expect.stringContaining('It may have changed something: do not send it again unasked'),
    ]);
    expect(unknown.text).not.toMatch(/may succeed later|Nothing ran/);
    expect(engine.ran).toHaveLength(2);
  });
});

describe.each(eras)('a ticket, client of $era', ({ options }) => {
  it('is handed out with the address, waits for the person, and counts once for that request', async () => {
    const { gateway, engine } = await approving();
    const client = await connect((await serve(gateway, { reviewUrl })).url, options);
    const id = await session(client);
    const asked = await call(client, 'run_statement', { session: id, ...held });
    const { ticket } = (asked.data as unknown as Waiting).pending;
    expect([asked.status, asked.isError]).toEqual(['pending', false]);
    expect((asked.data as unknown as Waiting).pending).toMatchObject({
      reviewUrl: reviewUrl(ticket),
      expiresAt: expect.stringMatching(/Z$/),
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    for (const said of [ticket, reviewUrl(ticket), 'exactly the same arguments']) expect(asked.text).toContain(said);
    expect(engine.ran).toEqual([]);

    const waiting = call(client, 'run_statement', { session: id, ...held, ticket });
    await decide(gateway, ticket);
    expect((await waiting).data).toMatchObject({ status: 'completed', result: { affected: 3, rows: [] } });
    expect((await call(client, 'run_statement', { session: id, ...held, ticket })).data).toMatchObject({
      status: 'completed',
      result: { affected: 3, replayed: true },
    });
    expect(engine.ran).toEqual(['DELETE orders']);
  });

  it('fits no other request, and is nothing to another client', async () => {
    const { gateway, engine } = await approving();
    const { url } = await serve(gateway, { approvalWaitMs: 1 });
    const client = await connect(url, options);
    const id = await session(client);
    const { ticket } = ((await call(client, 'run_statement', { session: id, ...held })).data as unknown as Waiting)
      .pending;
    await decide(gateway, ticket);
    for (const other of [
      { sql: 'DELETE orders', binds: [8] },
      { sql: 'DELETE customers', binds: [7] },
    ])
      expect((await call(client, 'run_statement', { session: id, ...other, ticket })).data.problem?.code).toBe(
        'APPROVAL_EXPIRED',
      );
    const thief = await connect(url, { ...options, token: 'b' });
    expect(
      (await call(thief, 'run_statement', { session: await session(thief), ...held, ticket })).data.problem?.code,
    ).toBe('APPROVAL_EXPIRED');
    expect(engine.ran).toEqual([]);
  });

  it('that was refused says so, and what is still undecided says that again', async () => {
    const { gateway, engine } = await approving();
    const client = await connect((await serve(gateway, { approvalWaitMs: 20 })).url, options);
    const id = await session(client);
    const { ticket } = ((await call(client, 'run_statement', { session: id, ...held })).data as unknown as Waiting)
      .pending;
    expect((await call(client, 'run_statement', { session: id, ...held, ticket })).data).toMatchObject({
      status: 'pending',
      pending: { ticket },
    });
    await decide(gateway, ticket, 'reject');
    const told = await call(client, 'run_statement', { session: id, ...held, ticket });
    expect([told.isError, told.data.problem?.code]).toEqual([true, 'APPROVAL_REJECTED']);
    expect(told.text).toContain('do not ask for the same again');
    expect(engine.ran).toEqual([]);
  });

  it('works with an approver of the application’s own', async () => {
    const approver = memoryApprover();
    const { gateway } = await house(affected, { approver });
    const client = await connect((await serve(gateway)).url, options);
    const id = await session(client);
    const { pending } = (await call(client, 'run_statement', { session: id, ...held })).data as unknown as Waiting;
    expect(pending.reviewUrl).toBeUndefined();
    approver.approve(pending.ticket, 'idp:bob');
    expect((await call(client, 'run_statement', { session: id, ...held, ticket: pending.ticket })).data).toMatchObject({
      result: { affected: 3 },
    });
  });
});

const modernClient = { versionNegotiation: { mode: { pin: '2026-07-28' } } } as const;
const withPages = { ...modernClient, capabilities: { elicitation: { url: {} } } };

describe('a page to open (URL elicitation)', () => {
  it('is opened, decided on, and the statement runs', async () => {
    const { gateway, engine } = await approving();
    const client = await connect((await serve(gateway, { reviewUrl })).url, withPages);
    const shown: unknown[] = [];
    client.setRequestHandler('elicitation/create', async ({ params }) => {
      shown.push(params);
      const { url } = params as { url: string };
      await decide(gateway, url.slice(url.lastIndexOf('/') + 1));
      return { action: 'accept' };
    });
    const { data } = await call(client, 'run_statement', { session: await session(client), ...held });
    expect(data).toMatchObject({ status: 'completed', result: { affected: 3 } });
    expect(shown).toEqual([
      expect.objectContaining({ mode: 'url', url: expect.stringMatching(/^https:\/\/acme\.example\/reviews\//) }),
    ]);
    expect(engine.ran).toEqual(['DELETE orders']);
  });

  it('that was opened is no consent', async () => {
    const { gateway, engine } = await approving();
    const client = await connect((await serve(gateway, { reviewUrl, approvalWaitMs: 1 })).url, withPages);
    for (const action of ['accept', 'decline', 'cancel'] as const) {
      client.setRequestHandler('elicitation/create', async () => ({ action }));
      expect((await call(client, 'run_statement', { session: await session(client), ...held })).data).toMatchObject({
        status: 'pending',
        pending: { ticket: expect.any(String) },
      });
    }
    expect(engine.ran).toEqual([]);
  });

  it.each(['decline', 'cancel'] as const)('that nobody went to (%s) is not waited for', async (action) => {
    const { gateway, engine } = await approving();
    const asked: number[] = [];
    const watched: Gateway = {
      ...gateway,
      approval: async (request, signal) => {
        asked.push(request.waitMs ?? 0);
        return gateway.approval(request, signal);
      },
    };
    const client = await connect((await serve(watched, { reviewUrl })).url, withPages);
    client.setRequestHandler('elicitation/create', async () => ({ action }));
    const { data } = await call(client, 'run_statement', { session: await session(client), ...held });
    expect(data).toMatchObject({
      status: 'pending',
      pending: { ticket: expect.any(String), reviewUrl: expect.any(String) },
    });
    expect([asked, engine.ran]).toEqual([[], []]);
  });

  it('opens a session too', async () => {
    const approver = memoryApprover();
    const rules = {
      decide: async () => ({
        effect: 'permit' as const,
        rules: ['r'],
        policyVersion: '1',
        obligations: [{ type: 'approval', value: {} }],
      }),
      version: '1',
    };
    const { gateway } = await house(affected, { approver, policy: rules });
    const client = await connect((await serve(gateway, { reviewUrl })).url, withPages);
    client.setRequestHandler('elicitation/create', async () => {
      for (const ticket of approver.tickets()) approver.approve(ticket, 'idp:bob');
      return { action: 'accept' };
    });
    expect((await call(client, 'open_session', opening)).data).toMatchObject({ session: { state: 'open' } });
  });

  it('is not asked of a client that opens none, nor where there is none', async () => {
    const { gateway } = await approving();
    const { url } = await serve(gateway, { reviewUrl });
    const without = await serve(gateway);
    for (const [at, capabilities] of [
      [url, {}],
      [url, { elicitation: { form: {} } }],
      [without.url, { elicitation: { url: {} } }],
    ] as const) {
      const client = await connect(at, modernClient);
      const { message } = await modern(
        at,
        'run_statement',
        { session: await session(client), ...held },
        { capabilities },
      );
      expect(message.result?.['structuredContent']).toMatchObject({ status: 'pending' });
    }
  });
});

describe('requestState', () => {
  const asking = { capabilities: { elicitation: { url: {} } } };
  const accepted = { approval: { action: 'accept' } };

  it('is good for who got it, for that request, for a while, and only as it was', async () => {
    const { gateway, engine } = await approving();
    const { url } = await serve(gateway, { reviewUrl, approvalWaitMs: 1 });
    const [id, other] = [await session(await connect(url)), await session(await connect(url, { token: 'b' }))];
    const asked = await modern(url, 'run_statement', { session: id, ...held }, asking);
    expect(asked.message.result).toMatchObject({
      resultType: 'input_required',
      inputRequests: { approval: { params: { mode: 'url' } } },
    });
    const requestState = String(asked.message.result?.['requestState']);
    const ticket = /reviews\/([\w-]+)/.exec(asked.text)?.[1] as string;
    await decide(gateway, ticket);
    const again = { ...asking, more: { requestState, inputResponses: accepted } };

    const foreign = await modern(url, 'run_statement', { session: other, ...held }, { ...again, token: 'b' });
    expect(foreign.message.error).toMatchObject({ code: -32_602, data: { reason: 'invalid_request_state' } });
    expect(
      (await modern(url, 'run_statement', { session: id, ...held }, { ...again, token: 'c' })).message.error?.code,
    ).toBe(-32_602);
    for (const forged of [
      '',
      'x',
      `${requestState}x`,
      requestState.slice(0, -2),
      requestState.replace(/^v1\.(.)/, (_, first: string) => `v1.${first === 'a' ? 'b' : 'a'}`),
    ]) {
      expect(
        (
          await modern(
            url,
            'run_statement',
            { session: id, ...held },
            { ...asking, more: { requestState: forged, inputResponses: accepted } },
          )
        ).message.error?.code,
      ).toBe(-32_602);
    }
    for (const [name, args] of [
      ['run_statement', { session: id, sql: 'DELETE orders', binds: [8] }],
      ['run_statement', { session: id, sql: 'DELETE customers', binds: [7] }],
      ['open_session', opening],
    ] as const) {
      expect((await modern(url, name, args, again)).message.result?.['structuredContent']).toMatchObject({
        status: 'denied',
        problem: { code: 'INVALID_REQUEST', reason: 'request.state' },
      });
    }
    expect(engine.ran).toEqual([]);
    expect(
      (await modern(url, 'run_statement', { session: id, ...held }, again)).message.result?.['structuredContent'],
    ).toMatchObject({ status: 'completed' });
    expect(
      (await modern(url, 'run_statement', { session: id, ...held }, again)).message.result?.['structuredContent'],
    ).toMatchObject({ status: 'completed', result: { replayed: true } });
    expect(engine.ran).toEqual(['DELETE orders']);
  });

  it('of one process is nothing to another, unless they share the key', async () => {
    const { gateway } = await approving();
    const stateKey = 'k'.repeat(32);
    const [one, two, stranger] = [
      await serve(gateway, { reviewUrl, stateKey }),
      await serve(gateway, { reviewUrl, stateKey }),
      await serve(gateway, { reviewUrl }),
    ];
    const id = await session(await connect(one.url));
    const asked = await modern(one.url, 'run_statement', { session: id, ...held }, asking);
    await decide(gateway, /reviews\/([\w-]+)/.exec(asked.text)?.[1] as string);
    const again = {
      ...asking,
      more: { requestState: asked.message.result?.['requestState'], inputResponses: accepted },
    };
    expect((await modern(stranger.url, 'run_statement', { session: id, ...held }, again)).message.error?.code).toBe(
      -32_602,
    );
    expect(
      (await modern(two.url, 'run_statement', { session: id, ...held }, again)).message.result?.['structuredContent'],
    ).toMatchObject({ status: 'completed' });
  });

  it('runs out', async () => {
    const { gateway, engine } = await approving();
    const { url } = await serve(gateway, { reviewUrl });
    const id = await session(await connect(url));
    const asked = await modern(url, 'run_statement', { session: id, ...held }, asking);
    await decide(gateway, /reviews\/([\w-]+)/.exec(asked.text)?.[1] as string);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 601_000 });
    try {
      const late = await modern(
        url,
        'run_statement',
        { session: id, ...held },
        { ...asking, more: { requestState: asked.message.result?.['requestState'], inputResponses: accepted } },
      );
      expect(late.message.error).toMatchObject({ code: -32_602, message: 'Invalid or expired requestState' });
    } finally {
      vi.useRealTimers();
    }
    expect(engine.ran).toEqual([]);
  });

  it('shows nothing but the ticket and a digest', async () => {
    const { gateway } = await approving();
    const { url } = await serve(gateway, { reviewUrl });
    const asked = await modern(url, 'run_statement', { session: await session(await connect(url)), ...held }, asking);
    const [, body = ''] = String(asked.message.result?.['requestState']).split('.');
    const { p } = JSON.parse(Buffer.from(body, 'base64url').toString()) as { p: object };
    expect(p).toEqual({ ticket: expect.any(String), request: expect.stringMatching(/^[\w-]{43}$/) });
  });
});
