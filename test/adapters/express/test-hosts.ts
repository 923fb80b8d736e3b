import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import express5, { type Express } from 'express';
import { afterEach } from 'vitest';
import { expressRouter, type ExpressOptions } from '../../../src/adapters/express/index.js';
import type { Gateway } from '../../../src/core/index.js';
import { opening } from './test-gateway.js';

const express4 = createRequire(import.meta.url)('express4') as typeof express5;

export const hosts = [
  { name: 'Express 5', host: express5 },
  { name: 'Express 4.22', host: express4 },
];

export interface Ask {
  readonly token?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

export interface Told {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body where it is one JSON object; empty where not. */
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Mounted {
  readonly url: string;
  readonly port: number;
  readonly ask: (method: string, path: string, ask?: Ask) => Promise<Told>;
  /** Opens a session and gives its id. */
  readonly session: (token?: string) => Promise<string>;
}

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

interface Place {
  readonly host?: typeof express5;
  readonly options?: ExpressOptions;
  readonly before?: (app: Express) => void;
  readonly after?: (app: Express) => void;
}

/** A host application with the gateway under `/jit`, listening. */
export async function mount(
  gateway: Gateway,
  { host = express5, options, before, after }: Place = {},
): Promise<Mounted> {
  const app = host();
  before?.(app);
  app.use('/jit', expressRouter(gateway, options));
  after?.(app);
  const server = createServer(app).listen(0, '127.0.0.1');
  servers.push(server);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const url = `http://127.0.0.1:${port}/jit`;
  const ask: Mounted['ask'] = async (method, path, { token = 'a', body, headers = {}, signal } = {}) => {
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...(token === '' ? {} : { authorization: `Bearer ${token}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined
        ? {}
        : { body: typeof body === 'string' || body instanceof Uint8Array ? (body as string) : JSON.stringify(body) }),
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await answer.text();
    const isJson = /^application\/(problem\+)?json/.test(answer.headers.get('content-type') ?? '') && text !== '';
    return {
      status: answer.status,
      headers: answer.headers,
      text,
      json: isJson ? (JSON.parse(text) as Told['json']) : {},
    };
  };
  const session = async (token = 'a'): Promise<string> =>
    String((await ask('POST', '/sessions', { token, body: opening })).json['id']);
  return { url, port, ask, session };
}
