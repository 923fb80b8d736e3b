import type { ServerResponse } from 'node:http';
import { createMcpHandler, type McpHttpHandler } from '@modelcontextprotocol/server';
import { AccessError, deny, newId, type Gateway } from '../../core/index.js';
import { readBody } from '../../mount/body.js';
import { goneSignal } from '../../mount/gone.js';
import type { HostRequest, Mount } from '../../mount/host.js';
import { always } from '../../mount/headers.js';
import { problemOfDenial, problemOfError } from '../../mount/problem.js';
import { admit, type Turned } from './door.js';
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
  const handler = createMcpHandler(createServers(gateway, settings), { maxSubscriptions: 0, onerror: told });
  const metadata: Mount = (_request, response, next) => sendMetadata(response, settings, next);
  const mount: Mount = (request, response, next) => {
    const { path, query } = targetOf(request);
    if (path === metadataPath && request.method === 'GET') return sendMetadata(response, settings, next);
    if (path !== '' && path !== '/') return next();
    if (query !== '') return turn(response, { problem: problemOfDenial(unasked(), newId(Date.now())), headers: {} });
    answer({ gateway, settings, handler }, request, response).catch(() => response.destroy());
  };
  return Object.assign(mount, { metadata });
}

interface Parts {
  readonly gateway: Gateway;
  readonly settings: Settings;
  readonly handler: McpHttpHandler;
}

async function answer({ gateway, settings, handler }: Parts, request: HostRequest, response: ServerResponse): Promise<void> {
  const signal = goneSignal(response);
  try {
    const admitted = await admit(request, gateway, settings, signal);
    if ('problem' in admitted) {
      if (admitted.fault !== undefined) settings.onFault(admitted.fault, admitted.problem.instance.slice('urn:uuid:'.length));
      return turn(response, admitted);
    }
    const body = request.method === 'POST' ? await readBody(request) : { value: undefined };
    if (body === 'gone') return;
    if ('denied' in body) return turn(response, { problem: problemOfDenial(body.denied, newId(Date.now()), body.status), headers: {} });
    const answered = await handler.fetch(webRequest(request, signal), { parsedBody: body.value, authInfo: carried({ ...admitted, signal }) });
    await sendWeb(answered, response, settings.stallMs);
  } catch (error) {
    fail(response, settings, AccessError.from(error, 'INTERNAL'));
  }
}

function fail(response: ServerResponse, settings: Settings, fault: AccessError): void {
  const id = newId(Date.now());
  settings.onFault(fault, id);
  if (response.headersSent) response.destroy();
  else turn(response, { problem: problemOfError(new AccessError('INTERNAL'), id), headers: {} });
}

/** A refusal that comes before the protocol: a JSON-RPC error without an id, with the problem as REST would tell it. */
function turn(response: ServerResponse, { problem, headers }: Turned): void {
  if (response.destroyed) return;
  const code = problem.reason === 'request.json' ? -32_700 : -32_000; // Parse error (JSON-RPC 2.0 §5.1)
  const body = JSON.stringify({ jsonrpc: '2.0', id: null, error: { code, message: problem.detail, data: problem } });
  response.writeHead(problem.status, { ...always, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), connection: 'close', ...headers });
  response.end(body);
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

function unasked() {
  return deny('INVALID_REQUEST', 'This path takes nothing after a "?".', { reason: 'request.query', hint: 'A token belongs in the Authorization header.' });
}
