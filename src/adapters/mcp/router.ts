import type { ServerResponse } from 'node:http';
import { createMcpHandler, type McpHttpHandler } from '@modelcontextprotocol/server';
import { AccessError, deny, newId, type Gateway } from '../../core/index.js';
import { takeBody } from '../../mount/bodies.js';
import { isShort, readBody, shortBody, type Body } from '../../mount/body.js';
import { transportOf } from '../../mount/caller.js';
import { goneSignal, isUnanswered } from '../../mount/gone.js';
import type { HostRequest, Mount } from '../../mount/host.js';
import { always } from '../../mount/headers.js';
import { laterOf, problemOfDenial, problemOfError, type Problem, type Refused } from '../../mount/problem.js';
import { admit, type Admitted, type Turned } from './door.js';
import { carried } from './exchange.js';
import { settle, type McpOptions, type Settings } from './options.js';
import { metadataOf, metadataPath } from './resource.js';
import { createServers } from './server.js';
import { sendWeb, webRequest } from './web.js';

/** What `mcpRouter` makes: a handler for `app.use`, with the metadata for the place where RFC 9728 §3.1 looks for it. */
export type McpMount = Mount & { readonly metadata: Mount };

/**
 * The gateway as an MCP server over Streamable HTTP, for `app.use(prefix, mcpRouter(gateway))` beside the REST mount or without it. Stateless:
 * specification 2026-07-28, and 2025-11-25 and older from the same address. Never throws into the host and never calls its error handler.
 * Throws CONFIG_INVALID when it is set up wrongly.
 */
export function mcpRouter(gateway: Gateway, options: McpOptions = {}): McpMount {
  const settings = settle(gateway, options);
  const told = (error: Error): void => {
    if (AccessError.is(error)) settings.onFault(error, newId(Date.now()));
  };
  const handler = createMcpHandler(createServers(gateway, settings), { onerror: told });
  const metadata: Mount = (_request, response, next) => sendMetadata(response, settings, next);
  const mount: Mount = (request, response, next) => {
    const { path, query } = targetOf(request);
    if (path === metadataPath && request.method === 'GET') return sendMetadata(response, settings, next);
    if (path !== '' && path !== '/') return next();
    answer({ gateway, settings, handler, query }, request, response).catch(() => response.destroy());
  };
  return Object.assign(mount, { metadata });
}

interface Parts {
  readonly gateway: Gateway;
  readonly settings: Settings;
  readonly handler: McpHttpHandler;
  readonly query: string;
}

async function answer(parts: Parts, request: HostRequest, response: ServerResponse): Promise<void> {
  const { settings, handler, query } = parts;
  const signal = goneSignal(response);
  const refuse = (turned: Turned): void => turn(request, response, turned, settings);
  try {
    if (query !== '') return refuse(refusalOf({ denied: unasked() }));
    const { admitted, body } = await letIn(parts, request, signal);
    if (body === 'gone') return;
    if ('problem' in admitted) {
      if (admitted.fault !== undefined) settings.onFault(admitted.fault, admitted.problem.instance.slice('urn:uuid:'.length));
      return refuse(admitted);
    }
    if ('denied' in body) return refuse(refusalOf(body));
    if (Array.isArray(body.value)) return refuse(refusalOf({ denied: several() }));
    const answered = await handler.fetch(webRequest(request, signal), { parsedBody: body.value, authInfo: carried({ ...admitted, signal }) });
    await sendWeb(answered, response, settings.stallMs);
  } catch (error) {
    const id = newId(Date.now());
    settings.onFault(AccessError.from(error, 'INTERNAL'), id);
    // What the host has answered meanwhile stays its answer.
    if (response.writableEnded) return;
    if (response.headersSent) response.destroy();
    else refuse({ problem: problemOfError(new AccessError('INTERNAL'), id), headers: {} });
  }
}

interface Entry {
  readonly admitted: Admitted | Turned;
  readonly body: Body;
}

/** Who calls, and then the body. Of a caller who must wait a short one is read too: to end a session must always be possible. */
async function letIn({ gateway, settings }: Parts, request: HostRequest, signal: AbortSignal): Promise<Entry> {
  const none: Body = { value: undefined };
  const admitted = await admit(request, gateway, settings, signal);
  if (!('problem' in admitted)) {
    if (request.method !== 'POST') return { admitted, body: none };
    const leave = takeBody(gateway, admitted.identity);
    return { admitted, body: typeof leave === 'function' ? await readBody(request).finally(leave) : { denied: leave } };
  }
  if (admitted.problem.code !== 'RATE_LIMITED' || request.method !== 'POST' || !isShort(request, shortBody)) return { admitted, body: none };
  const body = await readBody(request);
  if (body === 'gone' || !('value' in body) || !isEnding(body.value)) return { admitted, body };
  return { admitted: await admit(request, gateway, settings, signal, true), body };
}

function isEnding(message: unknown): boolean {
  const { method, params } = (message ?? {}) as { readonly method?: unknown; readonly params?: { readonly name?: unknown } | null };
  return method === 'tools/call' && params?.name === 'close_session';
}

function refusalOf({ denied, status }: Refused): Turned {
  return { problem: problemOfDenial(denied, newId(Date.now()), status), headers: laterOf(denied) };
}

/** A refusal that comes before the protocol: a JSON-RPC error that has no id, with the problem as REST would tell it. */
function turn(request: HostRequest, response: ServerResponse, { problem, headers }: Turned, settings: Settings): void {
  tell(settings, problem, request);
  if (!isUnanswered(response)) return;
  const body = JSON.stringify({ jsonrpc: '2.0', error: { code: errorCodeOf(problem), message: problem.detail, data: problem } });
  response.writeHead(problem.status, { ...always, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), connection: 'close', ...headers });
  response.end(body);
}

/** Of JSON-RPC 2.0 §5.1 where it has one, else the HTTP status: MCP keeps -32000 to -32099 for itself and for what is older than that rule. */
function errorCodeOf({ reason, code, status }: Problem): number {
  if (reason === 'request.json') return -32_700;
  return code === 'INVALID_REQUEST' ? -32_600 : status;
}

function tell({ onRefused }: Settings, problem: Problem, request: HostRequest): void {
  const { protocol: _, ...from } = transportOf(request, 'mcp');
  try {
    onRefused(problem, from);
  } catch {
    // A log that fails must not change an answer.
  }
}

function sendMetadata(response: ServerResponse, settings: Settings, next: () => void): void {
  const document = metadataOf(settings);
  if (document === undefined) return next();
  response.writeHead(200, { ...always, 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  response.end(document);
}

/** Express has taken the prefix off; a whole address may be the target too (RFC 9112 §3.2.2). */
function targetOf({ url = '' }: HostRequest): { readonly path: string; readonly query: string } {
  const [path = '', query = ''] = url.replace(/^https?:\/\/[^/?]*/i, '').split('?', 2);
  return { path, query };
}

/** From 2025-06-18 on a request holds one message; many in one would be many calls that leave together, under one deadline. */
function several() {
  return deny('INVALID_REQUEST', 'A request holds one message, no batch of them.', { reason: 'request.batch', hint: 'Send each message as a request of its own.' });
}

function unasked() {
  return deny('INVALID_REQUEST', 'This path takes nothing after a "?".', { reason: 'request.query', hint: 'A token belongs in the Authorization header.' });
}
