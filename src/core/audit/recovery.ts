import type { Approvals } from '../approvals/approvals.js';
import type { Clock } from '../async/clock.js';
import { omitUndefined } from '../data/omit-undefined.js';
import { AccessError } from '../errors.js';
import { sessionEnds, type AuditEvent } from '../events.js';
import { newId } from '../data/id.js';
import type { AuditLog, OrphanedSession, RecordPage } from '../ports.js';

/** The gateways of this process that have started and not stopped, by the `instance` of their events. */
export const runningInstances = new Set<string>();

/**
 * Answers what an earlier run left open, so that every intent in the record has an outcome and every session an end.
 */
export async function recover(
  audit: AuditLog,
  clock: Clock,
  instance: string,
): Promise<{ readonly statements: number; readonly sessions: readonly OrphanedSession[] }> {
  // A log that is shared cannot know who else in this process writes to it.
  const left = (await audit.unresolved()).filter((event) => !runningInstances.has(event.instance));
  const statements = left.filter((event) => event.code === 'statement.authorized');
  const sessions = new Map(
    left.filter((event) => event.code !== 'statement.authorized').map((event) => [event.session, event]),
  );
  for (const event of statements)
    await audit.append(createRecoveryEvent(event, 'statement.unresolved', clock, instance));
  for (const event of sessions.values())
    await audit.append(
      createRecoveryEvent(
        event,
        event.code === 'session.requested' ? 'session.failed' : 'session.closed',
        clock,
        instance,
      ),
    );
  return {
    statements: statements.length,
    sessions: await Promise.all(
      [...sessions.keys()].filter((id) => id !== undefined).map((id) => readOrphanedSession(audit, id)),
    ),
  };
}

async function readOrphanedSession(audit: AuditLog, session: string): Promise<OrphanedSession> {
  let said: AuditEvent | undefined;
  for (let after: string | undefined, more = true; more;) {
    const page: RecordPage = await audit.record(session, { limit: 1_000, ...(after === undefined ? {} : { after }) });
    said = page.events.findLast(({ code }) => code === 'grant.applied' || code === 'grant.removed') ?? said;
    [after, more] = [page.next, page.next !== undefined];
  }
  return { session, ...(said?.code === 'grant.applied' ? { applied: said.data } : {}) };
}

function createRecoveryEvent(event: AuditEvent, code: AuditEvent['code'], clock: Clock, instance: string): AuditEvent {
  const { session, statement, who, connection, scope } = event;
  const at = clock.now();
  return omitUndefined<AuditEvent>({
    id: newId(at),
    code,
    at,
    instance,
    session,
    statement,
    who,
    connection,
    scope,
    data: { by: 'restart', intent: event.id },
  });
}

/** Whether a session is over, as far as the record or the recovery knows. */
export async function isSessionOver(
  audit: AuditLog,
  recovered: readonly OrphanedSession[],
  session: string,
): Promise<boolean> {
  if (recovered.some((each) => each.session === session)) return true;
  for (let after: string | undefined, more = true; more;) {
    const page: RecordPage = await audit.record(session, { limit: 1_000, ...(after === undefined ? {} : { after }) });
    if (page.events.some(({ code }) => sessionEnds.has(code))) return true;
    [after, more] = [page.next, page.next !== undefined];
  }
  return false;
}

/**
 * Takes up where people decide what an earlier run left: reviews that are due, suspensions that hold, and tickets that
 * outlived it.
 */
export async function restoreApprovals(
  audit: AuditLog,
  recovered: readonly OrphanedSession[],
  { breakGlass, approver, suspensions: suspending }: Pick<Approvals, 'breakGlass' | 'approver' | 'suspensions'>,
): Promise<void> {
  breakGlass.restore((await audit.unreviewed?.()) ?? []);
  await suspending.restore((await audit.suspended?.()) ?? []);
  try {
    await approver.restore((session) => isSessionOver(audit, recovered, session));
  } catch (error) {
    throw AccessError.from(error, 'APPROVAL_UNAVAILABLE');
  }
}
