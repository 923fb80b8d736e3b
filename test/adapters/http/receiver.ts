import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { httpSink, ndjson, type HttpOptions } from '../../../src/adapters/http/index.js';
import type { AuditSink } from '../../../src/core/index.js';

export interface Asked {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

type Answer = (asked: Asked, response: ServerResponse, time: number) => void;

const closing: (() => void)[] = [];

/** Ends all servers of a test. */
export function closeAll(): void {
  for (const close of closing.splice(0)) close();
}

/** A server that answers as it is told, and keeps what it was asked. */
export async function receiver(answer: Answer): Promise<{ readonly url: string; readonly asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request
      .setEncoding('utf8')
      .on('data', (chunk: string) => {
        body += chunk;
      })
      .on('end', () => {
        asked.push({ url: request.url ?? '', headers: request.headers, body });
        answer(asked.at(-1) as Asked, response, asked.length);
      });
  }).listen(0, '127.0.0.1');
  closing.push(() => {
    server.closeAllConnections();
    server.close();
  });
  await once(server, 'listening');
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/in`, asked };
}

export const ends =
  (status: number, body = '', headers: Record<string, string> = {}): Answer =>
  (_asked, response) => {
    response.writeHead(status, headers).end(body);
  };

/** One answer after the other, the last one for ever. */
export const inTurn =
  (...answers: Answer[]): Answer =>
  (asked, response, time) =>
    (answers[Math.min(time, answers.length) - 1] ?? ends(500))(asked, response, time);

export const sinkTo = (url: string, more: Partial<HttpOptions> = {}): AuditSink =>
  httpSink({ url, format: ndjson(), timeoutMs: 30_000, retries: 2, ...more });
export const idsIn = (body: string): string[] =>
  [...body.matchAll(/"uid":"(e-\d+)"/g)].map((match) => match[1] as string);
export const unavailable = (reason: string): object => ({ code: 'AUDIT_UNAVAILABLE', detail: { reason } });

/** An answer of `_bulk`, a status for each item. */
export const items = (...statuses: (number | [number, string])[]): string =>
  JSON.stringify({
    errors: true,
    items: statuses.map((each) => ({
      create: typeof each === 'number' ? { status: each } : { status: each[0], error: { type: each[1] } },
    })),
  });
