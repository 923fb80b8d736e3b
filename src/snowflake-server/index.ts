import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { readOptions, type OptionNames } from '../core/options.js';
import { Catalog } from './catalog.js';
import type { Integration } from './credentials.js';
import { upperCaseNames } from './dialect.js';
import { SnowflakeServerError, serverErrors } from './server-error.js';
import type { FaultRequest, Fault, Faults } from './faults.js';
import { SnowflakeAccount, type HistoryRow, type AnswerOverrides } from './server.js';
import type { QueryAnswer } from './pending-queries.js';

export { Catalog, type Privilege, type Role, type User } from './catalog.js';
export type { Integration } from './credentials.js';
export type { FaultRequest, Fault, Faults } from './faults.js';
export type { HistoryRow } from './server.js';

export interface SnowflakeServerOptions {
  /** Default `acme`. */
  readonly account?: string;
  /** Databases with their schemas. */
  readonly databases: Readonly<Record<string, readonly string[]>>;
  /** DuckDB's SQL that fills them; names without double quotes are stored in upper case. */
  readonly setup?: string;
  readonly integrations?: readonly Integration[];
  /**
   * How long a request waits for its query, milliseconds; then it is to be fetched later (code 333333). Default 45,000.
   */
  readonly answerMs?: number;
  /** 0 for any free port. Default 0. */
  readonly port?: number;
}

/**
 * A server that speaks as much of Snowflake's protocol as its drivers need, over DuckDB, with roles that are enforced.
 * For tests.
 */
export interface SnowflakeServer {
  readonly host: string;
  readonly port: number;
  readonly account: string;
  /** Roles, users and grants, to be set up and looked at. */
  readonly catalog: Catalog;
  readonly history: readonly HistoryRow[];
  /** Open sessions. */
  sessions(): number;
  /** What goes wrong from now on; undefined for nothing. */
  fault(faults: Faults | undefined): void;
  close(): Promise<void>;
}

const optionNames: OptionNames<SnowflakeServerOptions> = {
  account: true,
  databases: true,
  setup: true,
  integrations: true,
  answerMs: true,
  port: true,
};
const integrationNames: OptionNames<Integration> = { issuer: true, audience: true, jwks: true, agentic: true };

/** Starts it on 127.0.0.1. */
export async function snowflakeServer(given: SnowflakeServerOptions): Promise<SnowflakeServer> {
  const options = readOptions<SnowflakeServerOptions>(given, optionNames, 'snowflakeServer');
  const { account = 'acme', databases, setup = '', answerMs = 45_000, port: wanted = 0 } = options;
  const integrations = (options.integrations ?? []).map((each) =>
    readOptions<Integration>(each, integrationNames, 'snowflakeServer: integrations'),
  );
  const instance = await DuckDBInstance.create(':memory:');
  const first = await instance.connect();
  for (const [name, schemas] of Object.entries(databases)) {
    await first.run(`ATTACH ':memory:' AS "${name}"`);
    for (const schema of schemas) await first.run(`CREATE SCHEMA "${name}"."${schema}"`);
  }
  if (setup !== '') await first.run(upperCaseNames(setup));
  const catalog = new Catalog();
  const server = new SnowflakeAccount(account, instance, catalog, integrations, answerMs);
  const counts = new Map<string, number>();
  let faults: Faults | undefined;
  const http = createServer((request, response) => {
    handle(request, response).catch((error: unknown) => {
      if (!response.headersSent)
        sendEnvelope(
          response,
          error instanceof SnowflakeServerError
            ? createErrorEnvelope(error)
            : createErrorEnvelope(serverErrors.syntax(String(error))),
        );
    });
  });

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', base());
    const body = await readBody(request);
    const before = counts.get(url.pathname) ?? 0;
    counts.set(url.pathname, before + 1);
    const asked: FaultRequest = {
      method: request.method ?? 'GET',
      path: url.pathname,
      before,
      ...(typeof body['sqlText'] === 'string'
        ? { sql: body['sqlText'], parameters: (body['parameters'] ?? {}) as Readonly<Record<string, unknown>> }
        : {}),
    };
    const fault = faults?.(asked);
    if (fault !== undefined && (await applyFault(fault, request, response))) return;
    if (fault !== undefined && ('answerLost' in fault || 'cut' in fault)) truncateResponse(response, 'cut' in fault);
    await route(
      url,
      body,
      request,
      response,
      fault !== undefined && ('role' in fault || 'statementTypeId' in fault) ? fault : {},
    );
  };

  const route = async (
    url: URL,
    body: Readonly<Record<string, unknown>>,
    request: IncomingMessage,
    response: ServerResponse,
    told: AnswerOverrides,
  ): Promise<void> => {
    const path = url.pathname;
    const token = /Token="([^"]+)"/.exec(request.headers.authorization ?? '')?.[1];
    const [, abort] = /^\/queries\/([^/]+)\/abort-request$/.exec(path) ?? [];
    const [, result] = /^\/queries\/([^/]+)\/result$/.exec(path) ?? [];
    const [, watched] = /^\/monitoring\/queries\/([^/]+)$/.exec(path) ?? [];
    if (path.startsWith('/chunks/')) return chunk(path.slice('/chunks/'.length), response);
    if (path === '/telemetry/send') return sendEnvelope(response, createSuccessEnvelope({}));
    if (path === '/session/v1/login-request')
      return sendEnvelope(
        response,
        createSuccessEnvelope(await server.login(body['data'] as object, url.searchParams)),
      );
    if (path === '/session/token-request') return sendEnvelope(response, createSuccessEnvelope(server.renew(token)));
    const session = server.session(token);
    if (path === '/session/heartbeat') return sendEnvelope(response, createSuccessEnvelope({}));
    if (path === '/session' && url.searchParams.get('delete') === 'true')
      return sendEnvelope(response, createSuccessEnvelope((await server.closeSession(session), {})));
    if (path === '/queries/v1/query-request')
      return sendEnvelope(
        response,
        createQueryEnvelope(await server.query(session, body, url.searchParams.get('requestId') ?? '', base(), told)),
      );
    if (result !== undefined) return sendEnvelope(response, createQueryEnvelope(await server.result(session, result)));
    if (watched !== undefined) return sendEnvelope(response, createSuccessEnvelope(server.status(session, watched)));
    if (path === '/queries/v1/abort-request')
      return sendEnvelope(response, createSuccessEnvelope((server.abort(session, String(body['requestId'])), {})));
    if (abort !== undefined) return sendEnvelope(response, createSuccessEnvelope((server.abort(session, abort), {})));
    response.writeHead(404).end();
  };

  const chunk = (name: string, response: ServerResponse): void => {
    const bytes = server.results.getChunk(name);
    if (bytes === undefined) response.writeHead(403).end();
    else response.writeHead(200, { 'content-type': 'text/plain', 'content-encoding': 'gzip' }).end(bytes);
  };

  http.listen(wanted, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const base = (): string => `http://127.0.0.1:${port}`;
  return {
    host: '127.0.0.1',
    port,
    account,
    catalog,
    history: server.history,
    sessions: () => server.sessions.size,
    fault: (next) => {
      faults = next;
      counts.clear();
    },
    async close() {
      http.closeAllConnections();
      http.close();
      await Promise.all([...server.sessions.values()].map((session) => session.close()));
      first.closeSync();
      instance.closeSync();
    },
  };
}

/** Of what would be answered, nothing or a half arrives before the connection is reset. */
function truncateResponse(response: ServerResponse, half: boolean): void {
  response.end = ((data: string | Buffer = '') => {
    const bytes = Buffer.from(data);
    const reset = (): void => void response.socket?.resetAndDestroy();
    if (!half || bytes.length < 2) reset();
    else response.write(bytes.subarray(0, bytes.length / 2), () => setTimeout(reset, 20));
    return response;
  }) as ServerResponse['end'];
}

/** True where that was the answer, or there is none. */
async function applyFault(fault: Fault, request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  if ('silent' in fault) return true;
  if ('reset' in fault) request.socket.resetAndDestroy();
  else if ('status' in fault) response.writeHead(fault.status).end();
  else if ('expired' in fault) sendEnvelope(response, createErrorEnvelope(serverErrors.renew()));
  else if ('redirect' in fault) response.writeHead(307, { location: fault.redirect }).end();
  else if ('body' in fault)
    response
      .writeHead(200, {
        'content-type': request.url?.startsWith('/chunks/') === true ? 'text/plain' : 'application/json',
      })
      .end(fault.body);
  else {
    if ('delayMs' in fault) await wait(fault.delayMs);
    return false;
  }
  return true;
}

async function readBody(request: IncomingMessage): Promise<Readonly<Record<string, unknown>>> {
  const chunks: Buffer[] = [];
  for await (const each of request as AsyncIterable<Buffer>) chunks.push(each);
  const bytes = Buffer.concat(chunks);
  const text = (request.headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString();
  return text === '' ? {} : (JSON.parse(text) as Readonly<Record<string, unknown>>);
}

interface Envelope {
  readonly success: boolean;
  readonly code: string | null;
  readonly message: string | null;
  readonly data: object;
}

function createQueryEnvelope({ code, data }: QueryAnswer): Envelope {
  return { ...createSuccessEnvelope(data), code, message: code === null ? null : 'Query execution in progress.' };
}

function createSuccessEnvelope(data: object): Envelope {
  return { success: true, code: null, message: null, data };
}

function createErrorEnvelope(failure: SnowflakeServerError & { readonly queryId?: string }): Envelope {
  return {
    success: false,
    code: failure.code,
    message: failure.message,
    data: { errorCode: failure.code, sqlState: failure.sqlState, queryId: failure.queryId ?? null },
  };
}

function sendEnvelope(response: ServerResponse, envelope: Envelope): void {
  response
    .writeHead(envelope.code === '390104' ? 401 : 200, { 'content-type': 'application/json' })
    .end(JSON.stringify(envelope));
}
