import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { resolveSettings } from '../../src/adapters/slack/options.js';
import { resolveNotifierOptions } from '../../src/http/client/notifier-options.js';
import { quoted, read, table } from './page.js';

const page = read('docs/notifying.md');

it('has each reason that comes from Slack, and no other', () => {
  const told = table(page, '| reason from Slack | because |').flatMap(([reason = '']) => quoted(reason));
  const source = readdirSync(new URL('../../src/adapters/slack/', import.meta.url))
    .map((name) => read(`src/adapters/slack/${name}`))
    .join('\n');
  const given = new Set([...source.matchAll(/'(slack\.[a-z]+)'/g)].map(([, reason]) => String(reason)));
  expect(told.toSorted()).toEqual([...given].toSorted());
});

it('tells the defaults as they are', () => {
  const { timeoutMs, retries, maxQueued: waiting } = resolveNotifierOptions({}, (message) => new Error(message)).outbox;
  expect([timeoutMs, retries, waiting]).toEqual([10_000, 8, 1_000]);
  const { scope, approve, api } = resolveSettings({
    botToken: 'x',
    signingSecret: 'a-secret-of-an-app',
    team: 'T0ACME',
    channel: 'C0REVIEW',
    reviewers: {},
  });
  expect([scope, approve, api.href]).toEqual(['sallyport.review', 'shown', 'https://slack.com/api/']);
  for (const said of ['10,000, 8, 1,000', '`sallyport.review`', '`shown`, or `never`', '`https://slack.com/api/`'])
    expect(page).toContain(said);
});
