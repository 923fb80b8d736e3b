import type { ServerResponse } from 'node:http';
import { AccessError, deny, newId, type Caller, type Gateway } from '../../core/index.js';
import { readBytes } from '../../http/server/read-body.js';
import { commonHeaders } from '../../http/server/response-headers.js';
import type { HostRequest, Mount } from '../../http/server/host-request.js';
import { createDenialProblem, type HttpDenial } from '../../http/server/problem.js';
import type { InteractionHandler } from './interaction-handler.js';
import type { SlackSettings } from './options.js';
import { parseClick } from './payload.js';
import type { SignatureVerifier } from './signature-verifier.js';

/**
 * Takes Slack's interactions at the address where it is mounted, and answers before anything is decided: Slack waits
 * for three seconds.
 */
export function createInteractionsMount(
  gateway: Gateway,
  counter: InteractionHandler,
  signatures: SignatureVerifier,
  settings: SlackSettings,
): Mount {
  return (request, response, next) => {
    if (!/^\/?(?:\?|$)/.test(request.url ?? '')) return next();
    if (request.method !== 'POST')
      return sendDenial(response, {
        status: 405,
        headers: { allow: 'POST' },
        denied: deny('INVALID_REQUEST', 'This path takes POST only.', { reason: 'request.method' }),
      });
    handleRequest(gateway, counter, signatures, request, response).catch((error: unknown) => {
      settings.onFault(AccessError.from(error, 'INTERNAL'), newId(Date.now()));
      response.destroy();
    });
  };
}

async function handleRequest(
  gateway: Gateway,
  counter: InteractionHandler,
  signatures: SignatureVerifier,
  request: HostRequest,
  response: ServerResponse,
): Promise<void> {
  const body = await readBytes(request);
  if (body === 'gone') return;
  if ('denied' in body) return sendDenial(response, body);
  const unsigned = signatures.verify(request.headers, body);
  if (unsigned !== undefined)
    return sendDenial(response, { denied: unsigned, headers: { 'www-authenticate': 'Slack realm="sallyport"' } });
  const click = parseClick(body);
  if (click !== 'other' && 'denied' in click) return sendDenial(response, click);
  if (!response.destroyed) response.writeHead(200, { ...commonHeaders, 'content-length': 0 }).end();
  if (click !== 'other') await counter.handle(gateway, click, readTransport(request));
}

/** From where Slack called; the user's own address it does not tell. */
function readTransport({ ip, socket, headers }: HostRequest): NonNullable<Caller['transport']> {
  const address = ip ?? socket.remoteAddress;
  return {
    protocol: 'code',
    ...(address === undefined ? {} : { address: address.slice(0, 64) }),
    userAgent: (headers['user-agent'] ?? 'slack').slice(0, 256),
  };
}

function sendDenial(response: ServerResponse, { denied, status, headers = {} }: HttpDenial): void {
  if (response.destroyed) return;
  const problem = createDenialProblem(denied, newId(Date.now()), status);
  const body = JSON.stringify(problem);
  response
    .writeHead(problem.status, {
      ...commonHeaders,
      'content-type': 'application/problem+json',
      'content-length': Buffer.byteLength(body),
      ...headers,
    })
    .end(body);
}
