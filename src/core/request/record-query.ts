import { callWithSignal } from '../async/abort-signal.js';
import type { Approvals } from '../approvals/approvals.js';
import { createCallerKey } from './caller-rate-limiter.js';
import type { AuditEvent } from '../events.js';
import type { Identified, Identity, Scope } from '../model.js';
import { formatSchema } from '../data/names.js';
import { deny, type Denied, type Stop } from '../outcome.js';
import type { AuditLog, RecordPage, RecordRange } from '../ports.js';
import { createEventActor } from '../audit/event-facts.js';
import type { Sessions } from '../session/sessions.js';
import { ConcurrencyLimiter } from '../async/concurrency-limiter.js';
import type { RequestContext } from './context.js';

/** Pages that are read at once, over all callers and for one of them; and how many of one may wait. */
const [maxReads, maxReadsPerCaller, maxWaitingPerCaller] = [4, 1, 32];

export interface RecordQueryParts {
  readonly sessions: Sessions;
  readonly audit: AuditLog;
  /** Absent where approvals are not configured. */
  readonly approvals: Approvals | undefined;
}

type HoldSlot = (part: Promise<unknown>) => void;
type ReadRecord = (facts: Identified<'run'>, context: RequestContext, range: RecordRange) => Promise<RecordPage | Stop>;

const denyUnknownSession = (): Denied => deny('NOT_FOUND', undefined, { reason: 'session.unknown' });

/**
 * Reads a page of a session's record for its owner, and for who oversees its schema. Few at once: reading must not
 * delay whoever writes.
 */
export function createRecordQuery({ sessions, audit, approvals: reviewing }: RecordQueryParts): ReadRecord {
  const slots = new ConcurrencyLimiter(maxReads, maxReadsPerCaller, maxWaitingPerCaller);

  const read = async (session: string, range: RecordRange, context: RequestContext, hold: HoldSlot) => {
    context.stageName = 'audit';
    const page = await callWithSignal(() => {
      const reading = audit.record(session, range);
      // Whoever leaves does not thereby make room for one more.
      hold(reading);
      return reading;
    }, context.signal);
    context.stageName = 'scope';
    return page;
  };

  const oversees = async (
    identity: Identity,
    connection: string | undefined,
    scope: AuditEvent['scope'],
    { signal }: RequestContext,
  ): Promise<boolean> =>
    reviewing !== undefined &&
    connection !== undefined &&
    scope !== undefined &&
    reviewing.oversight.mayOversee(identity, connection, formatSchema(scope), signal);

  /** In what way this caller may read it: as the owner, as somebody who oversees it, or not at all. */
  const roleOf = async (
    session: string,
    identity: Identity,
    context: RequestContext,
    hold: HoldSlot,
  ): Promise<'owner' | 'overseer' | undefined> => {
    const known = sessions.get(session);
    if (known !== undefined) {
      if (known.belongsTo(identity)) return 'owner';
      const scope: Scope = known.grant.scope;
      return (await oversees(identity, scope.connection, scope, context)) ? 'overseer' : undefined;
    }
    // Of an earlier run, or never opened: its first event says whose it was.
    const [first] = (await read(session, { limit: 1 }, context, hold)).events;
    if (first === undefined) return undefined;
    if (isOwner(first, identity)) return 'owner';
    return (await oversees(identity, first.connection, first.scope, context)) ? 'overseer' : undefined;
  };

  return async ({ asked, identity }, context, { after, limit }) => {
    const range = { ...(after === undefined ? {} : { after }), ...(limit === undefined ? {} : { limit }) };
    const reading = slots.run(createCallerKey(identity), async (hold) => {
      if (context.signal.aborted) return denyUnknownSession();
      const role = await roleOf(asked.session, identity, context, hold);
      if (role === undefined) return denyUnknownSession();
      const page = await read(asked.session, range, context, hold);
      return role === 'owner' ? { ...page, events: page.events.map(withoutReviewers) } : page;
    });
    return reading === undefined ? denyBusy() : callWithSignal(() => reading, context.signal);
  };
}

function denyBusy(): Denied {
  return deny('SESSION_BUSY', 'Too many of your reads of the record wait already.', {
    reason: 'record.busy',
    hint: 'Read one page after the other.',
  });
}

function isOwner({ who }: AuditEvent, identity: Identity): boolean {
  const asking = createEventActor(identity);
  return (
    who !== undefined &&
    who.principal === asking.principal &&
    who.actor === asking.actor &&
    who.issuer === asking.issuer &&
    who.client === asking.client
  );
}

/** From where a reviewer came is no business of whoever was reviewed. */
function withoutReviewers(event: AuditEvent): AuditEvent {
  const { transport: _transport, ...data } = event.data;
  return data['requester'] === undefined && data['revokedBy'] === undefined ? event : { ...event, data };
}
