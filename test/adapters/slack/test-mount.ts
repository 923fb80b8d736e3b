import { createRequire } from 'node:module';
import express5, { type Express } from 'express';
import { slack, type SlackApp, type SlackOptions } from '../../../src/adapters/slack/index.js';
import type {
  AccessError,
  Gateway,
  IdentityProvider,
  Outcome,
  Parts,
  Principal,
  StatementResult,
} from '../../../src/core/index.js';
import { expressRouter } from '../../../src/adapters/express/index.js';
import { identity, office, people, type Office } from '../../core/approvals/test-reviewers.js';
import { FakeClock } from '../../core/fake-clock.js';
import { soon } from '../expect-eventually.js';
import {
  buttonOf,
  channel,
  listening,
  payloadOf,
  secrets,
  signed,
  team,
  workspace,
  type Workspace,
} from './workspace.js';

const express4 = createRequire(import.meta.url)('express4') as typeof express5;
export const hosts = [
  { name: 'Express 5', host: express5 },
  { name: 'Express 4.22', host: express4 },
];

const person = (subject: string): Principal => ({ id: `idp:${subject}`, subject, issuer: 'idp' });

/** Users of the workspace: reviewers, and some who must not decide. */
export const users = {
  U0BOB: person('bob'),
  U0BOB2: person('bob2'),
  U0CAROL: person('carol'),
  U0ALICE: person('alice'),
  U0ALICE2: person('alice2'),
  U0OLGA: person('olga'),
  U0AGENT: person('agent'),
  U0DAVE: person('dave'),
  U0EVE: person('eve'),
};

export interface Here extends Omit<Office, 'clock'> {
  readonly clock: FakeClock;
  readonly app: SlackApp;
  readonly slack: Workspace;
  readonly url: string;
  readonly dropped: [string, string][];
  readonly faults: AccessError[];
  readonly post: (
    body: string | Buffer,
    headers: Record<string, string>,
  ) => Promise<{ readonly status: number; readonly reason: unknown; readonly text: string }>;
  /** A user presses a button of the latest message. */
  readonly press: (user: string, button: string, more?: object) => Promise<number>;
  /** Asks for a write, and waits until Slack has its message. */
  readonly held: (sql?: string) => Promise<string>;
  /** Asks again with the ticket. */
  readonly again: (ticket: string, sql?: string) => Promise<Outcome<StatementResult>>;
  readonly stateOf: (ticket: string) => Promise<string>;
}

export interface Place {
  readonly host?: typeof express5;
  readonly options?: Partial<SlackOptions>;
  readonly terms?: string;
  readonly parts?: Partial<Parts>;
  readonly before?: (app: Express) => void;
  /** Makes the gateway's identity provider. */
  readonly wrap?: (app: SlackApp) => IdentityProvider;
}

/** As memory's analyzer reads it; nothing in it can be hidden. */
export const clean = 'DELETE orders';

/** A gateway where people agree, its REST mount and its Slack app in one host application, and a workspace. */
export async function here({
  host = express5,
  options = {},
  terms,
  parts = {},
  before,
  wrap = (app) => app.identity(identity),
}: Place = {}): Promise<Here> {
  const there = await workspace();
  const [clock, dropped, faults]: [FakeClock, [string, string][], AccessError[]] = [new FakeClock(), [], []];
  const app = slack({
    ...secrets,
    team,
    channel,
    reviewers: users,
    api: there.api,
    clock,
    page: 'https://jit.acme.dev/jit/review',
    timeoutMs: 20_000,
    onDropped: ({ type }, why) => void dropped.push([type, why]),
    onFault: (fault) => void faults.push(fault),
    ...options,
  });
  const at = await office(
    { clock, identity: wrap(app), ...parts, approvals: { ...people, notify: [app.notifier], ...parts.approvals } },
    terms,
  );
  const url = await listening(serving(host, app, at.gateway, before));
  const post: Here['post'] = async (body, headers) => {
    const answer = await fetch(`${url}/slack`, { method: 'POST', body: body as string, headers });
    const text = await answer.text();
    return {
      status: answer.status,
      text,
      reason: text === '' ? undefined : (JSON.parse(text) as { reason?: unknown }).reason,
    };
  };
  const write: Here['write'] = (request) => at.write({ sql: clean, ...request });
  return {
    ...at,
    clock,
    app,
    slack: there,
    url,
    dropped,
    faults,
    post,
    write,
    async press(user, name, more) {
      const message = [...there.messages.values()].at(-1);
      const button = message === undefined ? undefined : buttonOf(message, name);
      if (message === undefined || button === undefined) throw new Error(`there is no button ${name}`);
      const body = payloadOf(user, message, button, more);
      return (await post(body, signed(body, clock.now()))).status;
    },
    async held(text = clean) {
      const many = there.messages.size;
      const ticket = await at.ticket(await write({ sql: text }));
      await soon(() => there.messages.size).toBe(many + 1);
      return ticket;
    },
    again: (ticket, text = clean) => write({ sql: text, ticket }),
    stateOf: async (ticket) => (await at.see(ticket, 'carol')).state,
  };
}

function serving(host: typeof express5, app: SlackApp, gateway: Gateway, before: Place['before']): Express {
  const service = host();
  before?.(service);
  service.use('/slack', app.actions(gateway));
  service.use('/jit', expressRouter(gateway));
  return service;
}
