import { createHmac } from 'node:crypto';
import { EventEmitter, once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { casbin } from '../../../src/adapters/casbin/index.js';
import { SignedButtons } from '../../../src/adapters/slack/buttons.js';
import { SignatureVerifier } from '../../../src/adapters/slack/signature-verifier.js';
import type { PolicyDecisionPoint } from '../../../src/core/index.js';
import { rules } from '../../core/approvals/test-reviewers.js';
import { FakeClock } from '../../core/fake-clock.js';
import { soon } from '../expect-eventually.js';
import { here, type Here } from './test-mount.js';
import { buttonOf, payloadOf, secrets, signed } from './workspace.js';

/** A press as Slack would post it, of a message as it stands. */
async function pressed(
  more: object = {},
  button: object = {},
  user = 'U0BOB',
): Promise<{ at: Here; ticket: string; body: string }> {
  const at = await here();
  const ticket = await at.held();
  const [message] = [...at.slack.messages.values()] as [never];
  return { at, ticket, body: payloadOf(user, message, { ...buttonOf(message, 'approve'), ...button } as never, more) };
}

/** Nothing was decided, and nobody was told anything. */
async function untouched({ at, ticket }: { at: Here; ticket: string }): Promise<void> {
  expect(await at.stateOf(ticket)).toBe('pending');
  expect(
    at.audit.events.filter(({ code, data }) => code === 'statement.approval_decided' && data['decision'] !== 'refused'),
  ).toEqual([]);
  expect(at.engine.ran).toEqual([]);
}

describe('what does not come from Slack, or not now', () => {
  const minute = 60_000;
  const request: [string, (body: string, now: number) => Record<string, string>, string][] = [
    ['no signature', () => ({ 'content-type': 'application/x-www-form-urlencoded' }), 'slack.unsigned'],
    ['another secret', (body, now) => signed(body, now, 'another-signing-secret'), 'slack.signature'],
    ['another body', (body, now) => signed(`${body}&x=1`, now), 'slack.signature'],
    [
      'another time than the one signed',
      (body, now) => ({ ...signed(body, now), 'x-slack-request-timestamp': String(Math.floor(now / 1_000) - 1) }),
      'slack.signature',
    ],
    ['an old request', (body, now) => signed(body, now - 5 * minute - 1_000), 'slack.timestamp'],
    ['one of the future', (body, now) => signed(body, now + 5 * minute + 1_000), 'slack.timestamp'],
    [
      'a time in words',
      (body, now) => ({ ...signed(body, now), 'x-slack-request-timestamp': 'now' }),
      'slack.unsigned',
    ],
    [
      'a time beyond numbers',
      (body, now) => ({ ...signed(body, now), 'x-slack-request-timestamp': '1e300' }),
      'slack.unsigned',
    ],
    [
      'another version',
      (body, now) => ({
        ...signed(body, now),
        'x-slack-signature': String(signed(body, now)['x-slack-signature']).replace('v0', 'v1'),
      }),
      'slack.unsigned',
    ],
    [
      'upper case',
      (body, now) => ({
        ...signed(body, now),
        'x-slack-signature': `v0=${String(signed(body, now)['x-slack-signature']).slice(3).toUpperCase()}`,
      }),
      'slack.unsigned',
    ],
    [
      'half a signature',
      (body, now) => ({
        ...signed(body, now),
        'x-slack-signature': String(signed(body, now)['x-slack-signature']).slice(0, 34),
      }),
      'slack.unsigned',
    ],
    [
      'two signatures',
      (body, now) => ({
        ...signed(body, now),
        'x-slack-signature': `${signed(body, now)['x-slack-signature']}, ${signed(body, now)['x-slack-signature']}`,
      }),
      'slack.unsigned',
    ],
    [
      'a token instead',
      () => ({ 'content-type': 'application/x-www-form-urlencoded', authorization: 'Bearer bob' }),
      'slack.unsigned',
    ],
  ];
  it.each(request)('%s', async (_what, headersOf, reason) => {
    const press = await pressed();
    const { status, reason: why, text } = await press.at.post(press.body, headersOf(press.body, press.at.clock.now()));
    expect([status, why]).toEqual([401, reason]);
    expect(text).toContain('UNAUTHENTICATED');
    await untouched(press);
    expect(press.at.slack.whispers).toEqual([]);
  });

  it('the same again: once only, also late in its window', async () => {
    const { at, ticket } = await pressed();
    const [message] = [...at.slack.messages.values()] as [never];
    const body = payloadOf('U0DAVE', message, buttonOf(message, 'approve') as never);
    const headers = signed(body, at.clock.now());
    expect((await at.post(body, headers)).status).toBe(200);
    at.clock.forward(299_000);
    const replayed = await Promise.all(Array.from({ length: 20 }, () => at.post(body, headers)));
    expect(replayed.map(({ status, reason }) => [status, reason])).toEqual(
      Array.from({ length: 20 }, () => [401, 'slack.replay']),
    );
    at.clock.forward(2_000);
    expect((await at.post(body, headers)).reason).toBe('slack.timestamp');
    await soon(() => at.slack.whispers.length).toBe(1);
    await untouched({ at, ticket });
  });

  it('the same twenty times at once: taken once', async () => {
    const { at, ticket, body } = await pressed();
    const headers = signed(body, at.clock.now());
    const answers = await Promise.all(Array.from({ length: 20 }, () => at.post(body, headers)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    await soon(() => at.stateOf(ticket)).toBe('approved');
    expect(at.audit.events.filter(({ code }) => code === 'statement.approval_decided')).toHaveLength(1);
  });

  it("takes the example in Slack's documentation, and remembers no more than it may", () => {
    const body = Buffer.from(
      'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c',
    );
    const clock = new FakeClock();
    clock.wall = 1_531_420_618_000;
    const headers = {
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    };
    expect(new SignatureVerifier('8f742231b10e8888abcd99yyyzzz85a5', clock).verify(headers, body)).toBeUndefined();
    const many = new SignatureVerifier('a-secret-of-an-app', clock);
    const ask = (n: number): unknown =>
      many.verify(
        {
          'x-slack-request-timestamp': '1531420618',
          'x-slack-signature': `v0=${createHmac('sha256', 'a-secret-of-an-app').update(`v0:1531420618:${n}`).digest('hex')}`,
        },
        Buffer.from(String(n)),
      );
    for (let n = 0; n < 10_000; n += 1) expect(ask(n)).toBeUndefined();
    expect(ask(10_000)).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'slack.replay' });
  });
});

describe('what Slack would not send', () => {
  it.each([
    ['no payload', 'x=1'],
    ['two payloads', 'payload=%7B%7D&payload=%7B%7D'],
    ['no JSON', 'payload=hello'],
    ['JSON that is no object', 'payload=7'],
    ['no type', 'payload=%7B%7D'],
    ['nothing', ''],
    ['bytes that are no text', 'payload=\u00ff'],
    [
      'a press by nobody',
      `payload=${encodeURIComponent(JSON.stringify({ type: 'block_actions', team: { id: 'T0ACME' }, actions: [{ action_id: 'sallyport.approve', value: 'x' }] }))}`,
    ],
    [
      'two presses',
      `payload=${encodeURIComponent(JSON.stringify({ type: 'block_actions', team: { id: 'T0ACME' }, user: { id: 'U0BOB' }, actions: [{ action_id: 'sallyport.approve' }, { action_id: 'sallyport.approve' }] }))}`,
    ],
  ])('%s', async (_what, text) => {
    const at = await here();
    const body = Buffer.from(text, 'latin1');
    const { status, reason } = await at.post(body, signed(body, at.clock.now()));
    expect([status, reason]).toEqual([400, 'slack.payload']);
  });

  it('more than a mebibyte, announced or not', async () => {
    const at = await here();
    const body = `payload=${'x'.repeat(1_048_576)}`;
    expect(await at.post(body, signed(body, at.clock.now()))).toMatchObject({
      status: 413,
      reason: 'request.too_large',
    });
    const stream = new Blob([body]).stream();
    const answer = await fetch(`${at.url}/slack`, {
      method: 'POST',
      body: stream,
      duplex: 'half',
      headers: signed(body, at.clock.now()),
    });
    expect(answer.status).toBe(413);
  });

  it('another method, another path', async () => {
    const at = await here();
    const get = await fetch(`${at.url}/slack`);
    expect([get.status, get.headers.get('allow')]).toEqual([405, 'POST']);
    const body = 'x=1';
    expect(
      (await fetch(`${at.url}/slack/else`, { method: 'POST', body, headers: signed(body, at.clock.now()) })).status,
    ).toBe(404);
  });

  it('an interaction that is none of ours is taken and left alone', async () => {
    const press = await pressed({}, { action_id: 'other.app' });
    const other = new URLSearchParams({
      payload: JSON.stringify({ type: 'view_submission', user: { id: 'U0BOB' } }),
    }).toString();
    for (const body of [press.body, other])
      expect((await press.at.post(body, signed(body, press.at.clock.now()))).status).toBe(200);
    for (const action of ['sallyport.page', '__proto__', 'constructor']) {
      const { at, body } = await pressed({}, { action_id: action });
      expect((await at.post(body, signed(body, at.clock.now()))).status).toBe(200);
    }
    await untouched(press);
    expect(press.at.slack.whispers).toEqual([]);
  });
});

describe('whoever may not', () => {
  it.each([
    ['a user nobody has named', 'U0MALLORY', {}, 'UNAUTHENTICATED, slack.user'],
    ['a name of every object', 'constructor', {}, 'UNAUTHENTICATED, slack.user'],
    [
      'a user of another workspace, in a shared channel',
      'U0BOB',
      { user: { id: 'U0BOB', team_id: 'T0OTHER' } },
      'UNAUTHENTICATED, slack.team',
    ],
    ['a press in another workspace', 'U0BOB', { team: { id: 'T0OTHER' } }, 'UNAUTHENTICATED, slack.team'],
    ['a press in no workspace', 'U0BOB', { team: null }, 'UNAUTHENTICATED, slack.team'],
    ['the person for whom it is asked', 'U0ALICE', {}, 'NOT_PERMITTED, review.self'],
    ["that person's other account", 'U0ALICE2', {}, 'NOT_PERMITTED, review.self'],
    ['who answers for the agent', 'U0OLGA', {}, 'NOT_PERMITTED, review.self'],
    ['the agent itself', 'U0AGENT', {}, 'NOT_PERMITTED, review.self'],
    ['a reviewer without the role', 'U0DAVE', {}, 'NOT_PERMITTED, review.role'],
    ['somebody whom no rule knows', 'U0EVE', {}, 'NOT_FOUND, approval.unknown'],
  ])('%s', async (_what, user, more, code) => {
    const { at, ticket, body } = await pressed(more, {}, user);
    expect((await at.post(body, signed(body, at.clock.now()))).status).toBe(200);
    await soon(() => at.slack.whispers.map((each) => each.text)).toEqual([expect.stringContaining(`(${code})`)]);
    expect(at.slack.whispers[0]?.text).toContain('Nothing was decided.');
    await untouched({ at, ticket });
  });

  it("a reviewer's token without the scope that the gateway asks for", async () => {
    const at = await here({ options: { scope: 'other.scope' } });
    const ticket = await at.held();
    await at.press('U0BOB', 'approve');
    await soon(() => at.slack.whispers.map(({ text }) => text)).toEqual([
      expect.stringContaining('(NOT_PERMITTED, review.scope)'),
    ]);
    await untouched({ at, ticket });
  });
});

describe('a button', () => {
  const sealed = new SignedButtons(secrets.signingSecret);
  const other = new SignedButtons('another-signing-secret');
  it.each([
    [
      'of a digest that is not what is asked for',
      (ticket: string) => sealed.createValue({ decision: 'approve', ticket, digest: '0'.repeat(64) }),
      'APPROVAL_EXPIRED, approval.digest',
    ],
    [
      'of a ticket that does not exist',
      (_: string, digest: string) => sealed.createValue({ decision: 'approve', ticket: 'none', digest }),
      'NOT_FOUND, approval.unknown',
    ],
    [
      'that was made for rejecting',
      (ticket: string, digest: string) => sealed.createValue({ decision: 'reject', ticket, digest }),
      'INVALID_REQUEST, slack.button',
    ],
    [
      "that somebody else has made, who has the bot's token",
      (ticket: string, digest: string) => other.createValue({ decision: 'approve', ticket, digest }),
      'INVALID_REQUEST, slack.button',
    ],
    ['without a seal', (ticket: string, digest: string) => `${ticket}.${digest}`, 'INVALID_REQUEST, slack.button'],
    ['with nothing in it', () => '', 'INVALID_REQUEST, slack.button'],
  ])('%s', async (_what, valueOf, code) => {
    const at = await here();
    const ticket = await at.held();
    const { digest } = await at.see(ticket);
    const [message] = [...at.slack.messages.values()] as [never];
    const body = payloadOf('U0BOB', message, {
      ...buttonOf(message, 'approve'),
      value: valueOf(ticket, digest),
    } as never);
    await at.post(body, signed(body, at.clock.now()));
    await soon(() => at.slack.whispers.map(({ text }) => text)).toEqual([expect.stringContaining(`(${code})`)]);
    await untouched({ at, ticket });
  });

  it('of a message that stood when the rules were others', async () => {
    const at = await here();
    const ticket = await at.held();
    await at.rule(rules('approval=role:stewards/2'));
    await at.press('U0BOB', 'approve');
    await soon(() => at.slack.whispers.map(({ text }) => text)).toEqual([
      expect.stringContaining('(APPROVAL_EXPIRED, approval.policy)'),
    ]);
    expect(await at.stateOf(ticket)).toBe('void');
    expect(at.engine.ran).toEqual([]);
  });

  it('pressed by twenty people at once decides once', async () => {
    const at = await here();
    const ticket = await at.held();
    await Promise.all(Array.from({ length: 20 }, (_, n) => at.press(n % 2 === 0 ? 'U0BOB' : 'U0CAROL', 'approve')));
    await soon(() => at.stateOf(ticket)).toBe('approved');
    expect(at.audit.events.filter(({ code }) => code === 'statement.approval_decided')).toHaveLength(1);
  });
});

it('Slack has its answer before anything is decided', async () => {
  const gate = new EventEmitter();
  const held = once(gate, 'open');
  const slow = (policy: PolicyDecisionPoint): PolicyDecisionPoint => ({
    get version() {
      return policy.version;
    },
    holds: (...asked) => policy.holds?.(...asked) ?? false,
    decide: async (question, signal) => {
      if (question.identity.client?.startsWith('slack/') === true) await held;
      return policy.decide(question, signal);
    },
  });
  const at = await here({ parts: { policy: slow(await casbin({ policy: { name: 'policy.csv', text: rules() } })) } });
  const ticket = await at.held();
  expect(await at.press('U0BOB', 'approve')).toBe(200);
  expect(await at.stateOf(ticket)).toBe('pending');
  gate.emit('open');
  await soon(() => at.stateOf(ticket)).toBe('approved');
});
