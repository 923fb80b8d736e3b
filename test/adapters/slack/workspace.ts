import { createHmac, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type RequestListener, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach } from 'vitest';
import type { Block, Button } from '../../../src/adapters/slack/blocks.js';

export const secrets = { botToken: 'xoxb-not-a-real-token-of-a-bot', signingSecret: 'not-a-real-signing-secret' };
export const team = 'T0ACME';
export const channel = 'C0REVIEW';

interface Sent {
  readonly channel: string;
  readonly text: string;
  readonly blocks?: readonly Block[];
  readonly ts?: string;
  readonly user?: string;
  readonly parse?: string;
  readonly link_names?: boolean;
  readonly unfurl_links?: boolean;
}

export interface Workspace {
  readonly api: string;
  /** Every call that had the bot's token, in order. */
  readonly calls: { readonly method: string; readonly sent: Sent; readonly authorization: string }[];
  /** Messages as they stand now, in the order they were posted. */
  readonly messages: Map<string, Sent>;
  /** What was told to one user only. */
  readonly whispers: { readonly user: string; readonly text: string }[];
  /** How the next calls are answered instead of as usual: each once. */
  readonly instead: ((response: ServerResponse) => void)[];
  /** Tokens that are good. */
  readonly tokens: Set<string>;
}

const closing: (() => void)[] = [];
afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Serves until the test is over. */
export async function listening(handler: RequestListener): Promise<string> {
  const server = createServer(handler).listen(0, '127.0.0.1');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** The part of Slack's Web API that is used, with the limits of Block Kit. */
export async function workspace(): Promise<Workspace> {
  const here: Omit<Workspace, 'api'> = {
    calls: [],
    messages: new Map(),
    whispers: [],
    instead: [],
    tokens: new Set([secrets.botToken]),
  };
  const url = await listening((request, response) => void answer(here, request, response));
  return { ...here, api: `${url}/api/` };
}

async function answer(here: Omit<Workspace, 'api'>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const method = (request.url ?? '').replace('/api/', '');
  const sent = JSON.parse(await textOf(request)) as Sent;
  here.calls.push({ method, sent, authorization: request.headers.authorization ?? '' });
  const instead = here.instead.shift();
  if (instead !== undefined) return instead(response);
  json(
    response,
    here.tokens.has((request.headers.authorization ?? '').replace('Bearer ', ''))
      ? done(here, method, sent)
      : { ok: false, error: 'invalid_auth' },
  );
}

function done(here: Omit<Workspace, 'api'>, method: string, sent: Sent): object {
  if (method === 'chat.postEphemeral') {
    here.whispers.push({ user: sent.user ?? '', text: sent.text });
    return { ok: true, message_ts: '1.2' };
  }
  if (!isWithinLimits(sent.blocks ?? [])) return { ok: false, error: 'invalid_blocks' };
  if (method === 'chat.update' && !here.messages.has(sent.ts ?? '')) return { ok: false, error: 'message_not_found' };
  const ts = sent.ts ?? `1790000000.${String(here.messages.size).padStart(6, '0')}`;
  here.messages.set(ts, sent);
  return { ok: true, channel: sent.channel, ts };
}

const fits = ({ text }: { readonly text: string }, most: number): boolean => text.length >= 1 && text.length <= most;

/** The limits in Slack's reference of Block Kit. */
export function isWithinLimits(blocks: readonly Block[]): boolean {
  return (
    blocks.length <= 50 &&
    blocks.every((block) => {
      if (block.type === 'header') return fits(block.text, 150);
      if (block.type === 'context')
        return (
          block.elements.length >= 1 && block.elements.length <= 10 && block.elements.every((each) => fits(each, 3_000))
        );
      if (block.type === 'actions')
        return block.elements.length >= 1 && block.elements.length <= 25 && block.elements.every(isButtonWithinLimits);
      return 'fields' in block
        ? block.fields.length >= 1 && block.fields.length <= 10 && block.fields.every((each) => fits(each, 2_000))
        : fits(block.text, 3_000);
    })
  );
}

function isButtonWithinLimits({ action_id, text, value = 'x', url = 'x', confirm }: Button): boolean {
  const asks =
    confirm === undefined
      ? []
      : ([
          [confirm.title, 100],
          [confirm.text, 300],
          [confirm.confirm, 30],
          [confirm.deny, 30],
        ] as const);
  return (
    action_id.length <= 255 &&
    text.text.length <= 75 &&
    value.length >= 1 &&
    value.length <= 2_000 &&
    url.length <= 3_000 &&
    asks.every(([each, most]) => each.text.length <= most)
  );
}

export function json(
  response: ServerResponse,
  body: object,
  status = 200,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

export const buttonsOf = ({ blocks = [] }: Sent): readonly Button[] =>
  blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
export const buttonOf = (message: Sent, name: string): Button | undefined =>
  buttonsOf(message).find(({ action_id }) => action_id === `sallyport.${name}`);

/** What Slack posts when a user presses a button. */
export function payloadOf(user: string, message: Sent, button: Button, more: object = {}): string {
  const payload = {
    type: 'block_actions',
    user: { id: user, username: user.toLowerCase(), name: user.toLowerCase(), team_id: team },
    api_app_id: 'A0APP',
    token: 'a-verification-token',
    container: { type: 'message', message_ts: message.ts ?? '1.0', channel_id: message.channel, is_ephemeral: false },
    trigger_id: '1.2.3',
    team: { id: team, domain: 'acme' },
    enterprise: null,
    is_enterprise_install: false,
    channel: { id: message.channel, name: 'review' },
    message: { type: 'message', ts: message.ts ?? '1.0', text: message.text, blocks: message.blocks },
    state: { values: {} },
    response_url: 'https://hooks.slack.invalid/actions/1/2/3',
    actions: [
      {
        action_id: button.action_id,
        block_id: 'b1',
        text: button.text,
        value: button.value,
        style: button.style,
        type: 'button',
        action_ts: '1.5',
      },
    ],
    salt: randomUUID(),
    ...more,
  };
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

/** Headers by which Slack is known: signed here by the words of its documentation, not by our code. */
export function signed(
  body: string | Buffer,
  atMs: number,
  secret: string = secrets.signingSecret,
): Record<string, string> {
  const timestamp = String(Math.floor(atMs / 1_000));
  return {
    'content-type': 'application/x-www-form-urlencoded',
    'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': `v0=${createHmac('sha256', secret).update(`v0:${timestamp}:`).update(body).digest('hex')}`,
  };
}
