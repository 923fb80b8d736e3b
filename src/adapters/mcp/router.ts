import type { ServerResponse } from 'node:http';
import { createMcpHandler, type McpHttpHandler } from '@modelcontextprotocol/server';
import { AccessError, deny, newId, type Gateway } from '../../core/index.js';
import { acquireBodySlot } from '../../http/server/body-slots.js';
import { isWithinLength, readBody, shortBodyLimit, type BodyResult } from '../../http/server/read-body.js';
import { readTransport } from '../../http/server/caller.js';
import { createDisconnectSignal, isUnanswered } from '../../http/server/disconnect-signal.js';
import type { HostRequest, Mount } from '../../http/server/host-request.js';
import { commonHeaders } from '../../http/server/response-headers.js';
import {
  createRetryAfterHeader,
  createDenialProblem,
  createErrorProblem,
  type Problem,
  type HttpDenial,
} from '../../http/server/problem.js';
import { authenticateRequest, type AuthenticatedCaller, type McpRejection } from './authenticate-request.js';
import { createAuthInfo } from './tool-call.js';
import { resolveSettings, type McpOptions, type McpSettings } from './options.js';
import { createMetadata, metadataPath } from './resource-metadata.js';
import { createServers } from './server.js';
import { sendFetchResponse, createFetchRequest } from './fetch-bridge.js';

/**
 * What `mcpRouter` makes: a handler for `app.use`, with the metadata for the place where RFC 9728 §3.1 looks for it.
 */
export type McpMount = Mount & { readonly metadata: Mount };

/**
 * The gateway as an MCP server over Streamable HTTP, for `app.use(prefix, mcpRouter(gateway))` beside the REST mount or
 * without it. Stateless:
 * specification 2026-07-28, and 2025-11-25 and older from the same address. Never throws into the host and never calls
 * its error handler.
 * Throws CONFIG_INVALID when it is set up wrongly.
 */
export function mcpRouter(gateway: Gateway, options: McpOptions = {}): McpMount {
  const settings = resolveSettings(gateway, options);
  const told = (error: Error): void => {
    if (AccessError.is(error)) settings.onFault(error, newId(Date.now()));
  };
  const handler = createMcpHandler(createServers(gateway, settings), { onerror: told });
  const metadata: Mount = (_request, response, next) => sendMetadata(response, settings, next);
  const mount: Mount = (request, response, next) => {
    const { path, query } = parseTarget(request);
    if (path === metadataPath && request.method === 'GET') return sendMetadata(response, settings, next);
    if (path !== '' && path !== '/') return next();
    handleRequest({ gateway, settings, handler, query }, request, response).catch(() => response.destroy());
  };
  return Object.assign(mount, { metadata });
}

interface RouterParts {
  readonly gateway: Gateway;
  readonly settings: McpSettings;
  readonly handler: McpHttpHandler;
  readonly query: string;
}

async function handleRequest(parts: RouterParts, request: HostRequest, response: ServerResponse): Promise<void> {
  const { settings, handler, query } = parts;
  const signal = createDisconnectSignal(response);
  const refuse = (rejection: McpRejection): void => sendRejection(request, response, rejection, settings);
  try {
    if (query !== '') return refuse(createRejection({ denied: denyQuery() }));
    const { caller: admitted, body } = await authenticateAndReadBody(parts, request, signal);
    if (body === 'gone') return;
    if ('problem' in admitted) {
      if (admitted.fault !== undefined)
        settings.onFault(admitted.fault, admitted.problem.instance.slice('urn:uuid:'.length));
      return refuse(admitted);
    }
    if ('denied' in body) return refuse(createRejection(body));
    if (Array.isArray(body.value)) return refuse(createRejection({ denied: denyBatch() }));
    const answered = await handler.fetch(createFetchRequest(request, signal), {
      parsedBody: body.value,
      authInfo: createAuthInfo({ ...admitted, signal }),
    });
    await sendFetchResponse(answered, response, settings.stallMs);
  } catch (error) {
    const id = newId(Date.now());
    settings.onFault(AccessError.from(error, 'INTERNAL'), id);
    // What the host has answered meanwhile stays its answer.
    if (response.writableEnded) return;
    if (response.headersSent) response.destroy();
    else refuse({ problem: createErrorProblem(new AccessError('INTERNAL'), id), headers: {} });
  }
}

interface AuthenticatedRequest {
  readonly caller: AuthenticatedCaller | McpRejection;
  readonly body: BodyResult;
}

/**
 * Who calls, and then the body. Of a caller who must wait a short one is read too: to end a session must always be
 * possible.
 */
async function authenticateAndReadBody(
  { gateway, settings }: RouterParts,
  request: HostRequest,
  signal: AbortSignal,
): Promise<AuthenticatedRequest> {
  const none: BodyResult = { value: undefined };
  const admitted = await authenticateRequest(request, gateway, settings, signal);
  if (!('problem' in admitted)) {
    if (request.method !== 'POST') return { caller: admitted, body: none };
    const leave = acquireBodySlot(gateway, admitted.identity);
    return {
      caller: admitted,
      body: typeof leave === 'function' ? await readBody(request).finally(leave) : { denied: leave },
    };
  }
  if (admitted.problem.code !== 'RATE_LIMITED' || request.method !== 'POST' || !isWithinLength(request, shortBodyLimit))
    return { caller: admitted, body: none };
  const body = await readBody(request);
  if (body === 'gone' || !('value' in body) || !isCloseCall(body.value)) return { caller: admitted, body };
  return { caller: await authenticateRequest(request, gateway, settings, signal, true), body };
}

function isCloseCall(message: unknown): boolean {
  const { method, params } = (message ?? {}) as {
    readonly method?: unknown;
    readonly params?: { readonly name?: unknown } | null;
  };
  return method === 'tools/call' && params?.name === 'close_session';
}

function createRejection({ denied, status }: HttpDenial): McpRejection {
  return { problem: createDenialProblem(denied, newId(Date.now()), status), headers: createRetryAfterHeader(denied) };
}

/**
 * A refusal that comes before the protocol: a JSON-RPC error that has no id, with the problem as REST would tell it.
 */
function sendRejection(
  request: HostRequest,
  response: ServerResponse,
  { problem, headers }: McpRejection,
  settings: McpSettings,
): void {
  reportRefusal(settings, problem, request);
  if (!isUnanswered(response)) return;
  const body = JSON.stringify({
    jsonrpc: '2.0',
    error: { code: selectErrorCode(problem), message: problem.detail, data: problem },
  });
  response.writeHead(problem.status, {
    ...commonHeaders,
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
    connection: 'close',
    ...headers,
  });
  response.end(body);
}

/**
 * Of JSON-RPC 2.0 §5.1 where it has one, else the HTTP status: MCP keeps -32000 to -32099 for itself and for what is
 * older than that rule.
 */
function selectErrorCode({ reason, code, status }: Problem): number {
  if (reason === 'request.json') return -32_700;
  return code === 'INVALID_REQUEST' ? -32_600 : status;
}

function reportRefusal({ onRefused }: McpSettings, problem: Problem, request: HostRequest): void {
  const { protocol: _, ...from } = readTransport(request, 'mcp');
  try {
    onRefused(problem, from);
  } catch {
    // A log that fails must not change an answer.
  }
}

function sendMetadata(response: ServerResponse, settings: McpSettings, next: () => void): void {
  const document = createMetadata(settings);
  if (document === undefined) return next();
  response.writeHead(200, { ...commonHeaders, 'content-type': 'application/json', 'access-control-allow-origin': '*' });
  response.end(document);
}

/** Express has taken the prefix off; a whole address may be the target too (RFC 9112 §3.2.2). */
function parseTarget({ url = '' }: HostRequest): { readonly path: string; readonly query: string } {
  const [path = '', query = ''] = url.replace(/^https?:\/\/[^/?]*/i, '').split('?', 2);
  return { path, query };
}

/**
 * From 2025-06-18 on a request holds one message; many in one would be many calls that leave together, under one
 * deadline.
 */
function denyBatch() {
  return deny('INVALID_REQUEST', 'A request holds one message, no batch of them.', {
    reason: 'request.batch',
    hint: 'Send each message as a request of its own.',
  });
}

function denyQuery() {
  return deny('INVALID_REQUEST', 'This path takes nothing after a "?".', {
    reason: 'request.query',
    hint: 'A token belongs in the Authorization header.',
  });
}
