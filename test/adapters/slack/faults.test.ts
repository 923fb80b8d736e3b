import { describe, expect, it } from 'vitest';
import { slack, type SlackOptions } from '../../../src/adapters/slack/index.js';
import type { Gateway, Notice } from '../../../src/core/index.js';
import { identity } from '../../core/approvals/test-reviewers.js';
import { dropped, never, notice, numbered, tell } from '../notices.js';
import { soon } from '../expect-eventually.js';
import { here, users } from './test-mount.js';
import { channel, json, secrets, team, workspace, type Workspace } from './workspace.js';

type Instead = Workspace['instead'][number];
const says =
  (body: object, status = 200, headers = {}): Instead =>
  (response) =>
    json(response, body, status, headers);
const error = (code: string): Instead => says({ ok: false, error: code });

const options = (more: Partial<SlackOptions> = {}): SlackOptions => ({
  ...secrets,
  team,
  channel,
  reviewers: users,
  timeoutMs: 20_000,
  retries: 2,
  ...more,
});

async function telling(
  instead: readonly Instead[],
  more: Partial<SlackOptions> = {},
): Promise<{
  readonly slack: Workspace;
  readonly all: [string, string][];
  readonly notify: (given?: Notice) => Promise<void>;
}> {
  const there = await workspace();
  there.instead.push(...instead);
  const { all, onDropped } = dropped();
  const { notifier } = slack(options({ api: there.api, onDropped, ...more }));
  return { slack: there, all, notify: (given = notice) => notifier.notify(given, never) };
}

describe('Slack that fails', () => {
  it.each([
    ['429', says({ ok: false, error: 'ratelimited' }, 429, { 'retry-after': '1' })],
    ['503', says({}, 503)],
    ['ratelimited', error('ratelimited')],
    ['internal_error', error('internal_error')],
    ['fatal_error', error('fatal_error')],
    ['a reset', (response: { destroy(): void }) => response.destroy()],
  ] as [string, Instead][])('%s: once more, and it is there', async (_what, instead) => {
    const { slack: there, all, notify } = await telling([instead]);
    await notify();
    expect([there.messages.size, there.calls.length, all]).toEqual([1, 2, []]);
  });

  it.each([
    ['channel_not_found', error('channel_not_found'), 'channel_not_found'],
    ['invalid_auth', error('invalid_auth'), 'invalid_auth'],
    ['msg_too_long', error('msg_too_long'), 'msg_too_long'],
    ['a text instead of a code', error(`No, ${secrets.botToken}`), 'unreadable answer'],
    [
      'an answer that is no JSON',
      (response: { end(text: string): void }) => response.end('<html>'),
      'unreadable answer',
    ],
    ['an answer that says nothing', says([]), 'unreadable answer'],
    ['404', says({ ok: true }, 404), 'status 404'],
  ] as [string, Instead, string][])('%s: given up at once, and told by a code', async (_what, instead, why) => {
    const { slack: there, all, notify } = await telling([instead]);
    await notify();
    expect([there.calls.length, all]).toEqual([1, [[notice.id, why]]]);
  });

  it('that never comes back: given up, told, and no secret in it', async () => {
    const {
      slack: there,
      all,
      notify,
    } = await telling(
      Array.from({ length: 3 }, () => (): void => undefined),
      { timeoutMs: 2_000 },
    );
    await notify();
    expect([there.calls.length, all]).toEqual([3, [[notice.id, 'TimeoutError']]]);
  });

  it('that sends elsewhere: the token goes nowhere', async () => {
    const elsewhere = await workspace();
    const redirect: Instead = (response) =>
      void response.writeHead(307, { location: `${elsewhere.api}chat.postMessage` }).end();
    const { slack: there, all, notify } = await telling([redirect]);
    await notify();
    expect(there.calls).toHaveLength(1);
    expect([elsewhere.calls, all]).toEqual([[], [[notice.id, 'redirect']]]);
  });

  it('an answer without end is read no further', async () => {
    const { all, notify } = await telling([
      (response) => {
        const more = (): void => void (response.destroyed || !response.write('x'.repeat(65_536), more));
        response.writeHead(200);
        more();
      },
    ]);
    await notify();
    expect(all).toEqual([[notice.id, 'unreadable answer']]);
  });
});

describe('the token', () => {
  it('is asked for anew where it has run out', async () => {
    const tokens = ['xoxe-old', 'xoxe-old', secrets.botToken];
    const { slack: there, all, notify } = await telling([], { botToken: () => tokens.shift() ?? '' });
    await notify();
    expect([there.messages.size, there.calls.map(({ authorization }) => authorization), all]).toEqual([
      1,
      ['Bearer xoxe-old', 'Bearer xoxe-old', `Bearer ${secrets.botToken}`],
      [],
    ]);
  });

  it('that cannot be had is told by a word', async () => {
    const {
      slack: there,
      all,
      notify,
    } = await telling([], { botToken: () => Promise.reject(new Error(secrets.botToken)), retries: 1 });
    await notify();
    expect([there.calls, all]).toEqual([[], [[notice.id, 'token']]]);
    const thrown = await telling([], {
      botToken: () => {
        throw new Error(secrets.botToken);
      },
      retries: 0,
    });
    await thrown.notify();
    expect(thrown.all).toEqual([[notice.id, 'token']]);
  });
});

describe('messages', () => {
  it('one after the other: what is decided while the first is tried again comes after it', async () => {
    const { slack: there, notify } = await telling([says({}, 503), says({}, 503)]);
    const [first, second] = [
      notify(),
      notify({
        ...notice,
        id: 'n-2',
        type: 'approval.decided',
        state: 'approved',
        decision: 'approve',
        by: { id: 'idp:bob' },
      }),
    ];
    await Promise.all([first, second]);
    expect(there.calls.map(({ method }) => method)).toEqual([
      'chat.postMessage',
      'chat.postMessage',
      'chat.postMessage',
      'chat.update',
    ]);
    expect([...there.messages.values()].map(({ text }) => text)).toEqual(['Approved: DELETE ACME.OPS.ORDERS']);
  });

  it('no update of what was never posted, and a line once where the update was tried twice', async () => {
    const { slack: there, notify } = await telling([error('channel_not_found')]);
    const decided: Notice = { ...notice, type: 'approval.decided', decision: 'approve', by: { id: 'idp:bob' } };
    await notify();
    await notify(decided);
    expect(there.calls).toHaveLength(1);
    await notify();
    there.instead.push(says({}, 500));
    await notify(decided);
    expect(JSON.stringify([...there.messages.values()]).split('idp:bob').length).toBe(2);
  });

  it('so many wait, and no more; a shutdown ends them', async () => {
    const there = await workspace();
    there.instead.push((): void => undefined);
    const { all, onDropped } = dropped();
    const { notifier } = slack(options({ api: there.api, onDropped, waiting: 3 }));
    const stop = new AbortController();
    const told = tell(notifier, numbered(6), stop.signal);
    await soon(() => there.calls.length).toBe(1);
    stop.abort();
    await told;
    expect(all).toEqual(
      [
        ['n-4', 'full'],
        ['n-5', 'full'],
        ['n-0', 'shutdown'],
        ['n-1', 'shutdown'],
        ['n-2', 'shutdown'],
        ['n-3', 'shutdown'],
      ].toSorted((a, b) => all.findIndex(([id]) => id === a[0]) - all.findIndex(([id]) => id === b[0])),
    );
    expect(there.calls).toHaveLength(1);
  });

  it('a gateway that shuts down leaves nothing behind, whatever Slack does', async () => {
    const at = await here();
    await at.held();
    at.slack.instead.push((): void => undefined);
    await at.press('U0EVE', 'approve');
    await soon(() => at.slack.calls.map(({ method }) => method)).toContain('chat.postEphemeral');
    at.slack.instead.push((): void => undefined);
    await at.gateway.shutdown();
    expect(at.faults).toEqual([]);
    await at.press('U0BOB', 'approve');
    await soon(() => at.faults.map(({ code }) => code)).toEqual(['SHUTTING_DOWN']);
  });

  it('an answer to a user that Slack does not take is told', async () => {
    const at = await here();
    await at.held();
    at.slack.instead.push(error('user_not_in_channel'));
    await at.press('U0EVE', 'approve');
    await soon(() => at.faults.map(({ code, detail }) => [code, detail])).toEqual([
      ['APPROVAL_UNAVAILABLE', { reason: 'user_not_in_channel' }],
    ]);
  });
});

describe('setting up', () => {
  const bob = users.U0BOB;
  it.each([
    ['no token', { botToken: '' }],
    ['a token with a line in it', { botToken: 'xoxb\n1' }],
    ['no signing secret', { signingSecret: '' }],
    ['a short one', { signingSecret: 'short' }],
    ['a team by name', { team: 'acme' }],
    ['a channel by name', { channel: '#review' }],
    ['a reviewer by name', { reviewers: { bob } }],
    ['a reviewer who is a role', { reviewers: { U0BOB: { id: 'role:stewards', subject: 'stewards', issuer: 'idp' } } }],
    ['a reviewer without an issuer', { reviewers: { U0BOB: { id: 'idp:bob', subject: 'bob' } } }],
    ["a reviewer whose id is another's", { reviewers: { U0BOB: { ...bob, subject: 'carol' } } }],
    ['a reviewer who is nobody', { reviewers: { U0BOB: null } }],
    ['a scope of two words', { scope: 'a b' }],
    ['approving always', { approve: 'always' }],
    ['plain http', { api: 'http://slack.com/api/' }],
    ['half an address', { api: 'https://slack.com/api' }],
    ['no time', { timeoutMs: 0 }],
    ['a callback that is none', { onFault: 1 }],
  ])('refuses %s, and tells no secret', (_what, more) => {
    try {
      slack(options(more as Partial<SlackOptions>));
      expect.unreachable();
    } catch (thrown) {
      expect(thrown).toMatchObject({ code: 'CONFIG_INVALID' });
      for (const secret of Object.values(secrets)) expect(String((thrown as Error).stack)).not.toContain(secret);
    }
  });

  it('refuses to hear where it would not be believed', async () => {
    const app = slack(options());
    const gateway = { decide: () => undefined } as unknown as Gateway;
    expect(() => app.actions(gateway)).toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
    app.identity(identity);
    expect(app.actions(gateway)).toHaveLength(3);
    expect(() => app.actions(Promise.resolve(gateway) as unknown as Gateway)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });
});
