import type {
  ApprovalRead,
  Caller,
  DecisionRequest,
  ExplainRequest,
  OpenRequest,
  RecordRequest,
  ReinstateRequest,
  RevokeRequest,
  RunRequest,
  SessionRequest,
  SignRequest,
  SuspendRequest,
} from '../gateway.js';
import { deepFreeze } from '../data/deep-freeze.js';
import type { Access, Bind, Received, Transport } from '../model.js';
import { parseSchema } from '../data/names.js';
import { deny, type Denied } from '../outcome.js';
import type { RequestContext } from './context.js';
import { isVisible } from '../data/visible-text.js';

const maxSqlLength = 1_048_576;
const maxBinds = 10_000;
const maxReasonLength = 1_000;
const maxNameLength = 255;
const maxEvents = 1_000;
const maxSuspensionMs = 2_592_000_000;
const commentForm = `1 to ${maxReasonLength} characters, some of them visible`;

/** Reads what was asked into facts of our own, or says what is wrong with it. The credential is left behind. */
export async function receiveOpen(request: OpenRequest, context: RequestContext): Promise<Received<'open'> | Denied> {
  if (!isRequest(request)) return denyInvalid('request', 'an object');
  const { connection, schema, access, ttlMs, reason, breakGlass = false, ticket } = request;
  if (!isName(connection)) return denyInvalid('connection', 'the name of a registered connection');
  const parsed = readSchema(schema);
  if (parsed === undefined) return denyInvalid('schema', 'DATABASE.SCHEMA');
  if (!isAccess(access)) return denyInvalid('access', '"read" or "write"');
  if (!Number.isSafeInteger(ttlMs) || ttlMs <= 0)
    return denyInvalid('ttlMs', 'a positive whole number of milliseconds');
  if (typeof reason !== 'string' || !isVisible(reason) || reason.length > maxReasonLength)
    return denyInvalid('reason', commentForm);
  if (typeof breakGlass !== 'boolean') return denyInvalid('breakGlass', 'true or false');
  if (ticket !== undefined && !isName(ticket)) return denyInvalid('ticket', 'the ticket of an earlier answer');
  context.eventFacts.connection = connection;
  return createReceived(
    context,
    request.transport,
    'open',
    { connection, schema: parsed, access, ttlMs, reason, ...(breakGlass ? { breakGlass } : {}) },
    ticket,
  );
}

/** The same for a statement. */
export async function receiveRun(
  request: RunRequest | ExplainRequest,
  context: RequestContext,
): Promise<Received<'run'> | Denied> {
  if (!isRequest(request)) return denyInvalid('request', 'an object');
  const { session, sql } = request;
  const { binds = [], ticket, idempotencyKey } = request as RunRequest;
  if (!isName(session)) return denyInvalid('session', 'the id of an open session');
  if (typeof sql !== 'string' || sql === '' || sql.length > maxSqlLength)
    return denyInvalid('sql', `1 to ${maxSqlLength} characters`);
  if (!Array.isArray(binds) || binds.length > maxBinds || !binds.every(isBind))
    return denyInvalid('binds', 'a list of null, booleans, finite numbers and strings');
  if (ticket !== undefined && !isName(ticket)) return denyInvalid('ticket', 'the ticket of an earlier answer');
  if (idempotencyKey !== undefined && !isName(idempotencyKey))
    return denyInvalid('idempotencyKey', `1 to ${maxNameLength} characters`);
  return createReceived(
    context,
    request.transport,
    'run',
    { session, statement: { sql, binds: binds.map(normalizeZero) } },
    ticket,
    idempotencyKey,
  );
}

/** Reads a question about a session, or about nothing in particular. */
export async function receiveQuery(
  request: Caller | SessionRequest,
  context: RequestContext,
): Promise<Received<'run'> | Denied> {
  if (!isRequest(request)) return denyInvalid('request', 'an object');
  const { session } = request as Partial<SessionRequest>;
  if ('session' in request && !isName(session)) return denyInvalid('session', 'the id of a session');
  return createReceived(context, request.transport, 'run', {
    session: session ?? '',
    statement: { sql: '', binds: [] },
  });
}

/** The same for a page of the record. */
export async function receiveRecord(
  request: RecordRequest,
  context: RequestContext,
): Promise<Received<'run'> | Denied> {
  if (!isRequest(request)) return denyInvalid('request', 'an object');
  const { after, limit } = request;
  if (after !== undefined && !isName(after)) return denyInvalid('after', '"next" of the answer before');
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1 || limit > maxEvents))
    return denyInvalid('limit', `a whole number from 1 to ${maxEvents}`);
  return receiveQuery(request, context);
}

/** The same with a ticket, and what is said of it. */
export async function receiveTicket(
  request: ApprovalRead | DecisionRequest,
  context: RequestContext,
): Promise<Received<'run'> | Denied> {
  if (!isRequest(request)) return denyInvalid('request', 'an object');
  if (!isName(request.ticket)) return denyInvalid('ticket', 'the ticket of an approval');
  if (!('decision' in request)) {
    const { waitMs = 0 } = request;
    return Number.isFinite(waitMs) && waitMs >= 0
      ? receiveQuery(request, context)
      : denyInvalid('waitMs', 'milliseconds');
  }
  if (request.decision !== 'approve' && request.decision !== 'reject')
    return denyInvalid('decision', '"approve" or "reject"');
  if (typeof request.digest !== 'string' || !/^[0-9a-f]{64}$/.test(request.digest))
    return denyInvalid('digest', '64 lower-case hex digits');
  return isComment(request.comment) ? receiveQuery(request, context) : denyInvalid('comment', commentForm);
}

/** The same with a session, and what is said of it. */
export async function receiveComment(
  request: RevokeRequest | SignRequest,
  context: RequestContext,
): Promise<Received<'run'> | Denied> {
  if (!isRequest(request)) return denyInvalid('request', 'an object');
  return isComment(request.comment) ? receiveQuery(request, context) : denyInvalid('comment', commentForm);
}

/** The same where something must be said. */
export async function receiveCompleteReview(
  request: SignRequest,
  context: RequestContext,
): Promise<Received<'run'> | Denied> {
  return isRequest(request) && request.comment === undefined
    ? denyInvalid('comment', commentForm)
    : receiveComment(request, context);
}

/** The same with an actor, and what is said of it. */
export async function receiveSuspension(
  request: SuspendRequest | ReinstateRequest,
  context: RequestContext,
): Promise<Received<'run'> | Denied> {
  if (!isRequest(request)) return denyInvalid('request', 'an object');
  // A lone surrogate has no UTF-8: the record could not name whom it is about.
  if (!isName(request.actor) || /\p{Surrogate}/u.test(request.actor)) return denyInvalid('actor', 'the id of an actor');
  const { forMs } = request as SuspendRequest;
  if (forMs !== undefined && (!Number.isSafeInteger(forMs) || forMs < 1_000 || forMs > maxSuspensionMs)) {
    return denyInvalid('forMs', `a whole number of milliseconds from 1000 to ${maxSuspensionMs}`);
  }
  return isComment(request.comment) ? receiveQuery(request, context) : denyInvalid('comment', commentForm);
}

function isComment(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && isVisible(value) && value.length <= maxReasonLength);
}

function createReceived<M extends 'open' | 'run'>(
  context: RequestContext,
  transport: Transport | undefined,
  moment: M,
  asked: Received<M>['asked'],
  ticket?: string,
  idempotencyKey?: string,
): Received<M> {
  const arrived: Transport = deepFreeze(transport ?? { protocol: 'code' });
  context.eventFacts.transport = { ...arrived };
  const named = {
    ...(ticket === undefined ? {} : { ticket }),
    ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
  };
  return Object.freeze({
    moment,
    id: context.id,
    at: context.at,
    asked: deepFreeze(asked),
    transport: arrived,
    ...named,
  });
}

function readSchema(text: unknown): ReturnType<typeof parseSchema> | undefined {
  if (typeof text !== 'string' || text.length > 2 * maxNameLength + 5) return undefined;
  try {
    return parseSchema(text);
  } catch {
    return undefined;
  }
}

function isRequest(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value !== '' && value.length <= maxNameLength;
}

function isAccess(value: unknown): value is Access {
  return value === 'read' || value === 'write';
}

function isBind(value: unknown): value is Bind {
  return (
    value === null ||
    typeof value === 'boolean' ||
    typeof value === 'string' ||
    (typeof value === 'number' && Number.isFinite(value))
  );
}

/** JSON has one zero, and so has what people agree to: the engine gets no other. */
function normalizeZero(bind: Bind): Bind {
  return bind === 0 ? 0 : bind;
}

function denyInvalid(field: string, form: string): Denied {
  return deny('INVALID_REQUEST', `${field} must be ${form}`, { reason: `request.${field}` });
}
