import { AccessError } from '../errors.js';
import type { AuditEvent } from '../events.js';
import type { EndReason } from '../gateway.js';
import type { Json } from '../model.js';
import { parseSchema } from '../names.js';
import type { Connector, PolicyDecisionPoint } from '../ports.js';
import { makeEvent, type Seen } from '../seen.js';
import type { Sessions } from '../sessions.js';
import type { Suspensions } from '../suspensions.js';
import type { Road } from '../trip.js';
import type { Counters } from '../counters.js';
import { AskingLimits } from './asking.js';
import { Crier } from './crier.js';
import { Desk, type TicketNote } from './desk.js';
import { Glass, type GlassParts } from './glass.js';
import type { ApprovalSettings } from './options.js';
import { Oversight } from './oversight.js';
import { Reviewers, type Reviewer } from './reviewers.js';
import { Reviewing } from './reviewing.js';
import { Suspending, type SuspendingParts } from './suspending.js';
import type { Ticket } from './ticket.js';

/** Everything where people decide. */
export interface Room {
  readonly desk: Desk;
  readonly reviewing: Reviewing;
  readonly oversight: Oversight;
  readonly glass: Glass;
  readonly suspending: Suspending;
  close(): Promise<void>;
}

/** What a room needs of the gateway. */
export interface RoomParts {
  readonly policy: PolicyDecisionPoint;
  readonly connections: ReadonlyMap<string, Connector>;
  readonly sessions: Sessions;
  readonly suspensions: Suspensions;
  readonly counters: Counters;
}

export function openRoom(settings: ApprovalSettings, { policy, connections, sessions, suspensions, counters }: RoomParts, road: Road): Room {
  const { clock, instance, recorder } = road;
  const crier = new Crier(settings.notify);
  const asking = new AskingLimits(counters, settings);
  const reviewers = new Reviewers(policy, settings);
  const note: TicketNote = async (code, ticket, data, by) => {
    await recorder.outcome(makeEvent(clock, instance, code, seenOf(ticket, by), by === undefined ? data : { ...data, ...answeredTo(ticket, by) }));
  };
  const reviewed: GlassParts['note'] = async ({ session, identity, review }, comment, by) => {
    const seen: Seen = { session, identity: by.identity, connection: review.connection, scope: { connection: review.connection, ...schemaOf(review.schema), access: review.access }, breakGlass: true };
    await recorder.outcome(makeEvent(clock, instance, 'breakglass.reviewed', seen, { comment, ...answeredTo({ identity }, by) }));
  };
  const endOf = (id: string): EndReason | undefined => {
    const session = sessions.any(id);
    return session === undefined ? 'fault' : session.state().endedBy;
  };
  const desk = new Desk({ clock, settings, reviewers, crier, asking, note, endOf, suspended: (identity, scope) => suspensions.refusal(identity, scope) });
  const oversight = new Oversight({ sessions, reviewers, clock, crier });
  const intend: SuspendingParts['intend'] = (code, data, { identity, transport }, withdrawn) => {
    const made = (each: typeof withdrawn): AuditEvent => makeEvent(clock, instance, each.code, { identity }, { ...each.data, transport: { ...transport } });
    return recorder.intent(made({ code, data }), () => made(withdrawn));
  };
  return {
    desk, oversight,
    suspending: new Suspending({ suspensions, connections, sessions, reviewers, oversight, desk, clock, intend }),
    reviewing: new Reviewing({ desk, reviewers, clock, crier, note }),
    glass: new Glass({ clock, crier, asking, reviewers, oversight, endOf, note: reviewed }),
    async close() {
      await crier.close();
      await settings.store.close?.();
    },
  };
}

function seenOf({ moment, request, session, breakGlass, identity, connection, schema, access, rules, policyVersion }: Ticket, by: Reviewer | undefined): Seen {
  const about = moment === 'run' ? { session: session ?? '', statement: request } : { session: request };
  return { ...about, identity: by?.identity ?? identity, connection, scope: { connection, ...schemaOf(schema), access }, rules, policyVersion, breakGlass };
}

/** Whose request it was, and from where the answer came. */
function answeredTo({ identity: { principal, actor } }: Pick<Ticket, 'identity'>, { transport }: Reviewer): Readonly<Record<string, Json>> {
  return { requester: { principal: principal.id, actor: actor.id }, transport: { ...transport } };
}

function schemaOf(text: string): ReturnType<typeof parseSchema> {
  try {
    return parseSchema(text);
  } catch (error) {
    throw new AccessError('INTERNAL', 'a ticket names no schema', { cause: error });
  }
}
