import type {
  ApprovalRead, Caller, DecisionRequest, ExplainRequest, OpenRequest, RecordRequest, ReinstateRequest, RevokeRequest, RunRequest, SessionRequest, SignRequest, SuspendRequest,
} from './gateway.js';
import { facts } from './freeze.js';
import type { Access, Bind, Received, Transport } from './model.js';
import { parseSchema } from './names.js';
import { deny, type Denied } from './outcome.js';
import type { Trip } from './trip.js';
import { isVisible } from './visible.js';

const longestSql = 1_048_576;
const mostBinds = 10_000;
const longestReason = 1_000;
const longestName = 255;
const mostEvents = 1_000;
const longestSuspensionMs = 2_592_000_000;
const words = `1 to ${longestReason} characters, some of them visible`;

/** Reads what was asked into facts of our own, or says what is wrong with it. The credential is left behind. */
export async function receiveOpen(request: OpenRequest, trip: Trip): Promise<Received<'open'> | Denied> {
  if (!isRequest(request)) return invalid('request', 'an object');
  const { connection, schema, access, ttlMs, reason, breakGlass = false, ticket } = request;
  if (!isName(connection)) return invalid('connection', 'the name of a registered connection');
  const parsed = readSchema(schema);
  if (parsed === undefined) return invalid('schema', 'DATABASE.SCHEMA');
  if (!isAccess(access)) return invalid('access', '"read" or "write"');
  if (!Number.isSafeInteger(ttlMs) || ttlMs <= 0) return invalid('ttlMs', 'a positive whole number of milliseconds');
  if (typeof reason !== 'string' || !isVisible(reason) || reason.length > longestReason) return invalid('reason', words);
  if (typeof breakGlass !== 'boolean') return invalid('breakGlass', 'true or false');
  if (ticket !== undefined && !isName(ticket)) return invalid('ticket', 'the ticket of an earlier answer');
  trip.seen.connection = connection;
  return received(trip, request.transport, 'open', { connection, schema: parsed, access, ttlMs, reason, ...(breakGlass ? { breakGlass } : {}) }, ticket);
}

/** The same for a statement. */
export async function receiveRun(request: RunRequest | ExplainRequest, trip: Trip): Promise<Received<'run'> | Denied> {
  if (!isRequest(request)) return invalid('request', 'an object');
  const { session, sql } = request;
  const { binds = [], ticket, idempotencyKey } = request as RunRequest;
  if (!isName(session)) return invalid('session', 'the id of an open session');
  if (typeof sql !== 'string' || sql === '' || sql.length > longestSql) return invalid('sql', `1 to ${longestSql} characters`);
  if (!Array.isArray(binds) || binds.length > mostBinds || !binds.every(isBind)) return invalid('binds', 'a list of null, booleans, finite numbers and strings');
  if (ticket !== undefined && !isName(ticket)) return invalid('ticket', 'the ticket of an earlier answer');
  if (idempotencyKey !== undefined && !isName(idempotencyKey)) return invalid('idempotencyKey', `1 to ${longestName} characters`);
  return received(trip, request.transport, 'run', { session, statement: { sql, binds: binds.map(unsigned) } }, ticket, idempotencyKey);
}

/** Reads a question about a session, or about nothing in particular. */
export async function receiveLook(request: Caller | SessionRequest, trip: Trip): Promise<Received<'run'> | Denied> {
  if (!isRequest(request)) return invalid('request', 'an object');
  const { session } = request as Partial<SessionRequest>;
  if ('session' in request && !isName(session)) return invalid('session', 'the id of a session');
  return received(trip, request.transport, 'run', { session: session ?? '', statement: { sql: '', binds: [] } });
}

/** The same for a page of the record. */
export async function receiveRecord(request: RecordRequest, trip: Trip): Promise<Received<'run'> | Denied> {
  if (!isRequest(request)) return invalid('request', 'an object');
  const { after, limit } = request;
  if (after !== undefined && !isName(after)) return invalid('after', '"next" of the answer before');
  if (limit !== undefined && (!Number.isInteger(limit) || limit < 1 || limit > mostEvents)) return invalid('limit', `a whole number from 1 to ${mostEvents}`);
  return receiveLook(request, trip);
}

/** The same with a ticket, and what is said of it. */
export async function receiveTicket(request: ApprovalRead | DecisionRequest, trip: Trip): Promise<Received<'run'> | Denied> {
  if (!isRequest(request)) return invalid('request', 'an object');
  if (!isName(request.ticket)) return invalid('ticket', 'the ticket of an approval');
  if (!('decision' in request)) {
    const { waitMs = 0 } = request;
    return Number.isFinite(waitMs) && waitMs >= 0 ? receiveLook(request, trip) : invalid('waitMs', 'milliseconds');
  }
  if (request.decision !== 'approve' && request.decision !== 'reject') return invalid('decision', '"approve" or "reject"');
  if (typeof request.digest !== 'string' || !/^[0-9a-f]{64}$/.test(request.digest)) return invalid('digest', '64 lower-case hex digits');
  return isComment(request.comment) ? receiveLook(request, trip) : invalid('comment', words);
}

/** The same with a session, and what is said of it. */
export async function receiveWords(request: RevokeRequest | SignRequest, trip: Trip): Promise<Received<'run'> | Denied> {
  if (!isRequest(request)) return invalid('request', 'an object');
  return isComment(request.comment) ? receiveLook(request, trip) : invalid('comment', words);
}

/** The same where something must be said. */
export async function receiveSigned(request: SignRequest, trip: Trip): Promise<Received<'run'> | Denied> {
  return isRequest(request) && request.comment === undefined ? invalid('comment', words) : receiveWords(request, trip);
}

/** The same with an actor, and what is said of it. */
export async function receiveActor(request: SuspendRequest | ReinstateRequest, trip: Trip): Promise<Received<'run'> | Denied> {
  if (!isRequest(request)) return invalid('request', 'an object');
  // A lone surrogate has no UTF-8: the record could not name whom it is about.
  if (!isName(request.actor) || /\p{Surrogate}/u.test(request.actor)) return invalid('actor', 'the id of an actor');
  const { forMs } = request as SuspendRequest;
  if (forMs !== undefined && (!Number.isSafeInteger(forMs) || forMs < 1_000 || forMs > longestSuspensionMs)) {
    return invalid('forMs', `a whole number of milliseconds from 1000 to ${longestSuspensionMs}`);
  }
  return isComment(request.comment) ? receiveLook(request, trip) : invalid('comment', words);
}

function isComment(value: unknown): boolean {
  return value === undefined || (typeof value === 'string' && isVisible(value) && value.length <= longestReason);
}

function received<M extends 'open' | 'run'>(trip: Trip, transport: Transport | undefined, moment: M, asked: Received<M>['asked'], ticket?: string, idempotencyKey?: string): Received<M> {
  const arrived: Transport = facts(transport ?? { protocol: 'code' });
  trip.seen.transport = { ...arrived };
  const named = { ...(ticket === undefined ? {} : { ticket }), ...(idempotencyKey === undefined ? {} : { idempotencyKey }) };
  return Object.freeze({ moment, id: trip.id, at: trip.at, asked: facts(asked), transport: arrived, ...named });
}

function readSchema(text: unknown): ReturnType<typeof parseSchema> | undefined {
  if (typeof text !== 'string' || text.length > 2 * longestName + 5) return undefined;
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
  return typeof value === 'string' && value !== '' && value.length <= longestName;
}

function isAccess(value: unknown): value is Access {
  return value === 'read' || value === 'write';
}

function isBind(value: unknown): value is Bind {
  return value === null || typeof value === 'boolean' || typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value));
}

/** JSON has one zero, and so has what people agree to: the engine gets no other. */
function unsigned(bind: Bind): Bind {
  return bind === 0 ? 0 : bind;
}

function invalid(field: string, form: string): Denied {
  return deny('INVALID_REQUEST', `${field} must be ${form}`, { reason: `request.${field}` });
}
