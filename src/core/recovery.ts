import type { Room } from './approvals/room.js';
import type { Clock } from './clock.js';
import { compact } from './compact.js';
import { AccessError } from './errors.js';
import { sessionEnds, type AuditEvent } from './events.js';
import { newId } from './id.js';
import type { AuditLog, LeftOver, RecordPage } from './ports.js';

/** The gateways of this process that have started and not stopped, by the `instance` of their events. */
export const living = new Set<string>();

/** Answers what an earlier run left open, so that every intent in the record has an outcome and every session an end. */
export async function recover(audit: AuditLog, clock: Clock, instance: string): Promise<{ readonly statements: number; readonly sessions: readonly LeftOver[] }> {
  // A log that is shared cannot know who else in this process writes to it.
  const left = (await audit.unresolved()).filter((event) => !living.has(event.instance));
  const statements = left.filter((event) => event.code === 'statement.authorized');
  const sessions = new Map(left.filter((event) => event.code !== 'statement.authorized').map((event) => [event.session, event]));
  for (const event of statements) await audit.append(answerTo(event, 'statement.unresolved', clock, instance));
  for (const event of sessions.values()) await audit.append(answerTo(event, event.code === 'session.requested' ? 'session.failed' : 'session.closed', clock, instance));
  return { statements: statements.length, sessions: await Promise.all([...sessions.keys()].filter((id) => id !== undefined).map((id) => leftOver(audit, id))) };
}

async function leftOver(audit: AuditLog, session: string): Promise<LeftOver> {
  let said: AuditEvent | undefined;
  for (let after: string | undefined, more = true; more;) {
    const page: RecordPage = await audit.record(session, { limit: 1_000, ...(after === undefined ? {} : { after }) });
    said = page.events.findLast(({ code }) => code === 'grant.applied' || code === 'grant.removed') ?? said;
    [after, more] = [page.next, page.next !== undefined];
  }
  return { session, ...(said?.code === 'grant.applied' ? { applied: said.data } : {}) };
}

function answerTo(event: AuditEvent, code: AuditEvent['code'], clock: Clock, instance: string): AuditEvent {
  const { session, statement, who, connection, scope } = event;
  const at = clock.now();
  return compact<AuditEvent>({ id: newId(at), code, at, instance, session, statement, who, connection, scope, data: { by: 'restart', intent: event.id } });
}

/** Whether a session is over, as far as the record or the recovery knows. */
export async function isOver(audit: AuditLog, recovered: readonly LeftOver[], session: string): Promise<boolean> {
  if (recovered.some((each) => each.session === session)) return true;
  for (let after: string | undefined, more = true; more;) {
    const page: RecordPage = await audit.record(session, { limit: 1_000, ...(after === undefined ? {} : { after }) });
    if (page.events.some(({ code }) => sessionEnds.has(code))) return true;
    [after, more] = [page.next, page.next !== undefined];
  }
  return false;
}

/** Takes up where people decide what an earlier run left: reviews that are due, suspensions that hold, and tickets that outlived it. */
export async function takeUp(audit: AuditLog, recovered: readonly LeftOver[], { glass, desk, suspending }: Pick<Room, 'glass' | 'desk' | 'suspending'>): Promise<void> {
  glass.restore((await audit.unreviewed?.()) ?? []);
  await suspending.restore((await audit.suspended?.()) ?? []);
  try {
    await desk.restore((session) => isOver(audit, recovered, session));
  } catch (error) {
    throw AccessError.from(error, 'APPROVAL_UNAVAILABLE');
  }
}
