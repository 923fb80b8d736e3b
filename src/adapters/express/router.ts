import type { ServerResponse } from 'node:http';
import { AccessError, deny, newId, type Gateway } from '../../core/index.js';
import { readCaller } from '../../mount/caller.js';
import type { Exchange, Operation } from './exchange.js';
import { goneSignal } from '../../mount/gone.js';
import type { HostRequest, Mount } from '../../mount/host.js';
import { contract } from './openapi.js';
import { readRecord } from './operations.js';
import { settle, type ExpressOptions, type Settings } from './options.js';
import { problemOfError } from '../../mount/problem.js';
import { always } from '../../mount/headers.js';
import { refuse, send, sendProblem } from './reply.js';
import { reviewPage, sendFile } from './review-page.js';
import { listApprovals } from './reviewing.js';
import { match, type Route } from './routes.js';
import { reinstateActor } from './suspending.js';

/**
 * The gateway as REST, for `app.use(prefix, expressRouter(gateway))` in Express 5 or 4.22. Answers its own paths and hands every other on to
 * the host's next handler; never throws into the host and never calls its error handler. Throws CONFIG_INVALID when it is set up wrongly.
 */
export function expressRouter(gateway: Gateway, options: ExpressOptions = {}): Mount {
  const settings = settle(gateway, options);
  const page = settings.review === undefined ? undefined : reviewPage(settings.review);
  return (request, response, next) => {
    const { path, query } = targetOf(request);
    const file = page?.get(path);
    if (file !== undefined) return request.method === 'GET' || request.method === 'HEAD' ? sendFile(response, file) : answerMethod(request, response, { GET: 'contract' });
    const found = match(path);
    if (found === undefined) return next();
    const operation = found.route[(request.method === 'HEAD' ? 'GET' : request.method) as keyof Route];
    if (operation === undefined) return answerMethod(request, response, found.route);
    if (operation === 'contract') return send(response, 200, contract(request.baseUrl));
    answer(operation, request, response, { gateway, settings, subject: found.subject, query }).catch(() => response.destroy());
  };
}

type Known = Pick<Exchange, 'gateway' | 'settings' | 'subject' | 'query'>;

async function answer(operation: Operation, request: HostRequest, response: ServerResponse, known: Known): Promise<void> {
  try {
    const read = readCaller(request, 'rest');
    if ('status' in read) return refuse(response, { denied: read });
    const caller = known.settings.resource === undefined ? read : { ...read, resource: known.settings.resource };
    if (!takes(operation, request.method, known)) return refuse(response, { denied: operation === reinstateActor && known.subject === '' ? unnamed() : unasked() });
    await operation({ ...known, request, response, caller, signal: goneSignal(response) });
  } catch (error) {
    fail(response, known.settings, AccessError.from(error, 'INTERNAL'));
  }
}

/** The queries that there are; that of the record is read where it is used. */
function takes(operation: Operation, method: string | undefined, { subject, query }: Known): boolean {
  if (operation === reinstateActor) return subject === '' ? /^actor=[^&]*$/.test(query) : query === '';
  if (query === '') return true;
  if (operation === readRecord) return true;
  return (method === 'DELETE' && /^revoke=?$/.test(query)) || (operation === listApprovals && /^state=(?:pending|decided)$/.test(query));
}

function fail(response: ServerResponse, settings: Settings, fault: AccessError): void {
  const id = newId(Date.now());
  settings.onFault(fault, id);
  sendProblem(response, problemOfError(new AccessError('INTERNAL'), id));
}

/** What was asked for, below the prefix: Express has taken that off `url`. A whole address may be the target too (RFC 9112 §3.2.2). */
function targetOf(request: HostRequest): { readonly path: string; readonly query: string } {
  const url = (request.url ?? '').replace(/^https?:\/\/[^/?]*/i, '');
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, query: '' } : { path: url.slice(0, mark), query: url.slice(mark + 1) };
}

/** OPTIONS is answered with what there is, any other with 405 (RFC 9110 §15.5.6). */
function answerMethod({ method }: HostRequest, response: ServerResponse, route: Route): void {
  const allow = ['OPTIONS', ...Object.keys(route).flatMap((each) => (each === 'GET' ? ['GET', 'HEAD'] : [each]))].join(', ');
  if (method === 'OPTIONS') response.writeHead(204, { ...always, allow }).end();
  else refuse(response, { status: 405, headers: { allow }, denied: deny('INVALID_REQUEST', 'This path does not take that method.', { reason: 'request.method', hint: `It takes ${allow}.` }) });
}

function unnamed() {
  return deny('INVALID_REQUEST', 'This path takes the actor, and nothing else, after a "?".', { reason: 'request.query', hint: 'Write ?actor= and the id of the actor, percent-encoded.' });
}

function unasked() {
  return deny('INVALID_REQUEST', 'This path takes nothing after a "?".', { reason: 'request.query', hint: 'A token belongs in the Authorization header.' });
}
