import { heeding } from './abort.js';
import type { Room } from './approvals/room.js';
import { callerOf } from './caller-limits.js';
import type { AuditEvent } from './events.js';
import type { Identified, Identity, Scope } from './model.js';
import { formatSchema } from './names.js';
import { deny, type Denied, type Stop } from './outcome.js';
import type { AuditLog, RecordPage, RecordRange } from './ports.js';
import { whoOf } from './seen.js';
import type { Sessions } from './sessions.js';
import { Slots } from './slots.js';
import type { Trip } from './trip.js';

/** Pages that are read at once, over all callers and for one of them; and how many of one may wait. */
const [most, mostOfOne, mostWaiting] = [4, 1, 32];

export interface RecordReadsParts {
  readonly sessions: Sessions;
  readonly audit: AuditLog;
  /** Absent where approvals are not configured. */
  readonly reviewing: Room | undefined;
}

type Hold = (part: Promise<unknown>) => void;
type Read = (facts: Identified<'run'>, trip: Trip, range: RecordRange) => Promise<RecordPage | Stop>;

const unknown = (): Denied => deny('NOT_FOUND', undefined, { reason: 'session.unknown' });

/** Reads a page of a session's record for its owner, and for who oversees its schema. Few at once: reading must not delay whoever writes. */
export function createRecordReads({ sessions, audit, reviewing }: RecordReadsParts): Read {
  const slots = new Slots(most, mostOfOne, mostWaiting);

  const read = async (session: string, range: RecordRange, trip: Trip, hold: Hold) => {
    trip.stageName = 'audit';
    const page = await heeding(() => {
      const reading = audit.record(session, range);
      // Whoever leaves does not thereby make room for one more.
      hold(reading);
      return reading;
    }, trip.signal);
    trip.stageName = 'scope';
    return page;
  };

  const oversees = async (identity: Identity, connection: string | undefined, scope: AuditEvent['scope'], { signal }: Trip): Promise<boolean> =>
    reviewing !== undefined && connection !== undefined && scope !== undefined && reviewing.oversight.mayOversee(identity, connection, formatSchema(scope), signal);

  /** In what way this caller may read it: as the owner, as somebody who oversees it, or not at all. */
  const roleOf = async (session: string, identity: Identity, trip: Trip, hold: Hold): Promise<'owner' | 'overseer' | undefined> => {
    const known = sessions.any(session);
    if (known !== undefined) {
      if (known.belongsTo(identity)) return 'owner';
      const scope: Scope = known.grant.scope;
      return (await oversees(identity, scope.connection, scope, trip)) ? 'overseer' : undefined;
    }
    // Of an earlier run, or never opened: its first event says whose it was.
    const [first] = (await read(session, { limit: 1 }, trip, hold)).events;
    if (first === undefined) return undefined;
    if (isOwner(first, identity)) return 'owner';
    return (await oversees(identity, first.connection, first.scope, trip)) ? 'overseer' : undefined;
  };

  return async ({ asked, identity }, trip, { after, limit }) => {
    const range = { ...(after === undefined ? {} : { after }), ...(limit === undefined ? {} : { limit }) };
    const reading = slots.take(callerOf(identity), async (hold) => {
      if (trip.signal.aborted) return unknown();
      const role = await roleOf(asked.session, identity, trip, hold);
      if (role === undefined) return unknown();
      const page = await read(asked.session, range, trip, hold);
      return role === 'owner' ? { ...page, events: page.events.map(withoutReviewers) } : page;
    });
    return reading === undefined ? busy() : heeding(() => reading, trip.signal);
  };
}

function busy(): Denied {
  return deny('SESSION_BUSY', 'Too many of your reads of the record wait already.', { reason: 'record.busy', hint: 'Read one page after the other.' });
}

function isOwner({ who }: AuditEvent, identity: Identity): boolean {
  const asking = whoOf(identity);
  return who !== undefined && who.principal === asking.principal && who.actor === asking.actor && who.issuer === asking.issuer && who.client === asking.client;
}

/** From where a reviewer came is no business of whoever was reviewed. */
function withoutReviewers(event: AuditEvent): AuditEvent {
  const { transport: _transport, ...data } = event.data;
  return data['requester'] === undefined && data['revokedBy'] === undefined ? event : { ...event, data };
}
