import type { ServerResponse } from 'node:http';
import { AccessError, deny, newId, type Caller, type Gateway } from '../../core/index.js';
import { readBytes } from '../../mount/body.js';
import { always } from '../../mount/headers.js';
import type { HostRequest, Mount } from '../../mount/host.js';
import { problemOfDenial, type Refused } from '../../mount/problem.js';
import type { Counter } from './counter.js';
import type { Settings } from './options.js';
import { clickIn } from './payload.js';
import type { Signatures } from './signatures.js';

/** Takes Slack's interactions at the address where it is mounted, and answers before anything is decided: Slack waits for three seconds. */
export function actionsMount(gateway: Gateway, counter: Counter, signatures: Signatures, settings: Settings): Mount {
  return (request, response, next) => {
    if (!/^\/?(?:\?|$)/.test(request.url ?? '')) return next();
    if (request.method !== 'POST') return refuse(response, { status: 405, headers: { allow: 'POST' }, denied: deny('INVALID_REQUEST', 'This path takes POST only.', { reason: 'request.method' }) });
    answer(gateway, counter, signatures, request, response).catch((error: unknown) => {
      settings.onFault(AccessError.from(error, 'INTERNAL'), newId(Date.now()));
      response.destroy();
    });
  };
}

async function answer(gateway: Gateway, counter: Counter, signatures: Signatures, request: HostRequest, response: ServerResponse): Promise<void> {
  const body = await readBytes(request);
  if (body === 'gone') return;
  if ('denied' in body) return refuse(response, body);
  const unsigned = signatures.refusal(request.headers, body);
  if (unsigned !== undefined) return refuse(response, { denied: unsigned, headers: { 'www-authenticate': 'Slack realm="sallyport"' } });
  const click = clickIn(body);
  if (click !== 'other' && 'denied' in click) return refuse(response, click);
  if (!response.destroyed) response.writeHead(200, { ...always, 'content-length': 0 }).end();
  if (click !== 'other') await counter.take(gateway, click, transportOf(request));
}

/** From where Slack called; the user's own address it does not tell. */
function transportOf({ ip, socket, headers }: HostRequest): NonNullable<Caller['transport']> {
  const address = ip ?? socket.remoteAddress;
  return { protocol: 'code', ...(address === undefined ? {} : { address: address.slice(0, 64) }), userAgent: (headers['user-agent'] ?? 'slack').slice(0, 256) };
}

function refuse(response: ServerResponse, { denied, status, headers = {} }: Refused): void {
  if (response.destroyed) return;
  const problem = problemOfDenial(denied, newId(Date.now()), status);
  const body = JSON.stringify(problem);
  response.writeHead(problem.status, { ...always, 'content-type': 'application/problem+json', 'content-length': Buffer.byteLength(body), ...headers }).end(body);
}
