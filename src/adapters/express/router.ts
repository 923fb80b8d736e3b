import type { ServerResponse } from 'node:http';
import { AccessError, deny, newId, type Gateway } from '../../core/index.js';
import { readCaller } from '../../http/server/caller.js';
import type { HttpExchange, Operation } from './http-exchange.js';
import { createDisconnectSignal } from '../../http/server/disconnect-signal.js';
import type { HostRequest, Mount } from '../../http/server/host-request.js';
import { createOpenApi } from './openapi.js';
import { readRecord } from './operations.js';
import { resolveSettings, type ExpressOptions, type ExpressSettings } from './options.js';
import { createErrorProblem } from '../../http/server/problem.js';
import { commonHeaders } from '../../http/server/response-headers.js';
import { sendDenial, send, sendProblem } from './send-response.js';
import { loadReviewPage, sendFile } from './review-page.js';
import { listApprovals } from './review-operations.js';
import { matchRoute, type Route } from './routes.js';
import { reinstateActor } from './suspension-operations.js';

/**
 * The gateway as REST, for `app.use(prefix, expressRouter(gateway))` in Express 5 or 4.22. Answers its own paths and
 * hands every other on to
 * the host's next handler; never throws into the host and never calls its error handler. Throws CONFIG_INVALID when it
 * is set up wrongly.
 */
export function expressRouter(gateway: Gateway, options: ExpressOptions = {}): Mount {
  const settings = resolveSettings(gateway, options);
  const page = settings.review === undefined ? undefined : loadReviewPage(settings.review);
  return (request, response, next) => {
    const { path, query } = parseTarget(request);
    const file = page?.get(path);
    if (file !== undefined)
      return request.method === 'GET' || request.method === 'HEAD'
        ? sendFile(response, file)
        : sendAllowedMethods(request, response, { GET: 'contract' });
    const found = matchRoute(path);
    if (found === undefined) return next();
    const operation = found.route[(request.method === 'HEAD' ? 'GET' : request.method) as keyof Route];
    if (operation === undefined) return sendAllowedMethods(request, response, found.route);
    if (operation === 'contract') return send(response, 200, createOpenApi(request.baseUrl));
    handleRequest(operation, request, response, { gateway, settings, pathParameter: found.pathParameter, query }).catch(
      () => response.destroy(),
    );
  };
}

type RouteParts = Pick<HttpExchange, 'gateway' | 'settings' | 'pathParameter' | 'query'>;

async function handleRequest(
  operation: Operation,
  request: HostRequest,
  response: ServerResponse,
  known: RouteParts,
): Promise<void> {
  try {
    const read = readCaller(request, 'rest');
    if ('status' in read) return sendDenial(response, { denied: read });
    const caller = known.settings.resource === undefined ? read : { ...read, resource: known.settings.resource };
    if (!acceptsQuery(operation, request.method, known))
      return sendDenial(response, {
        denied: operation === reinstateActor && known.pathParameter === '' ? unnamed() : denyQuery(),
      });
    await operation({ ...known, request, response, caller, signal: createDisconnectSignal(response) });
  } catch (error) {
    sendFault(response, known.settings, AccessError.from(error, 'INTERNAL'));
  }
}

/** The queries that there are; that of the record is read where it is used. */
function acceptsQuery(
  operation: Operation,
  method: string | undefined,
  { pathParameter: subject, query }: RouteParts,
): boolean {
  if (operation === reinstateActor) return subject === '' ? /^actor=[^&]*$/.test(query) : query === '';
  if (query === '') return true;
  if (operation === readRecord) return true;
  return (
    (method === 'DELETE' && /^revoke=?$/.test(query)) ||
    (operation === listApprovals && /^state=(?:pending|decided)$/.test(query))
  );
}

function sendFault(response: ServerResponse, settings: ExpressSettings, fault: AccessError): void {
  const id = newId(Date.now());
  settings.onFault(fault, id);
  sendProblem(response, createErrorProblem(new AccessError('INTERNAL'), id));
}

/**
 * What was asked for, below the prefix: Express has taken that off `url`. A whole address may be the target too (RFC
 * 9112 §3.2.2).
 */
function parseTarget(request: HostRequest): { readonly path: string; readonly query: string } {
  const url = (request.url ?? '').replace(/^https?:\/\/[^/?]*/i, '');
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

/** OPTIONS is answered with what there is, any other with 405 (RFC 9110 §15.5.6). */
function sendAllowedMethods({ method }: HostRequest, response: ServerResponse, route: Route): void {
  const allow = ['OPTIONS', ...Object.keys(route).flatMap((each) => (each === 'GET' ? ['GET', 'HEAD'] : [each]))].join(
    ', ',
  );
  if (method === 'OPTIONS') response.writeHead(204, { ...commonHeaders, allow }).end();
  else
    sendDenial(response, {
      status: 405,
      headers: { allow },
      denied: deny('INVALID_REQUEST', 'This path does not take that method.', {
        reason: 'request.method',
        hint: `It takes ${allow}.`,
      }),
    });
}

function unnamed() {
  return deny('INVALID_REQUEST', 'This path takes the actor, and nothing else, after a "?".', {
    reason: 'request.query',
    hint: 'Write ?actor= and the id of the actor, percent-encoded.',
  });
}

function denyQuery() {
  return deny('INVALID_REQUEST', 'This path takes nothing after a "?".', {
    reason: 'request.query',
    hint: 'A token belongs in the Authorization header.',
  });
}
