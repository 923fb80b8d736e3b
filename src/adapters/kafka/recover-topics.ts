import {
  intents,
  sessionEnds,
  statementOutcomes,
  type AuditEvent,
  type ChainHead,
  type RecordedLine,
  type RecordFormat,
} from '../../core/index.js';
import { readTopics } from './read-topics.js';
import type { KafkaReadClient } from './read-client.js';

/** What an earlier run of the same writer left on the topics. */
export interface RecoveredTopics {
  /** Where its chain ended; undefined where there was none. */
  readonly head?: ChainHead;
  /** In the order in which they were written. */
  readonly events: readonly AuditEvent[];
  /** Its intents without an outcome, oldest first. */
  readonly openIntents: readonly AuditEvent[];
}

interface RecoveredEvent {
  readonly event: AuditEvent;
  readonly chain: string;
  readonly sequence: number;
}

/** Reads the end of the topics, as far back as a session can reach. Throws AUDIT_UNAVAILABLE, CONFIG_INVALID. */
export async function recoverTopics(
  client: KafkaReadClient,
  topics: readonly string[],
  format: RecordFormat,
  from: number,
): Promise<RecoveredTopics> {
  const events = new Map<string, RecoveredEvent>();
  const heads = new Map<string, ChainHead>();
  let checkpoint: ChainHead | undefined;
  for await (const { value, source } of readTopics({ client, topics, from })) {
    if (value === undefined || source !== format.source) continue;
    const read = format.read(value, 'partition');
    if (read?.link === undefined) continue;
    const { chain, sequence } = read.link;
    if (read.kind === 'checkpoint') {
      if (
        checkpoint === undefined ||
        chain > checkpoint.chain ||
        (chain === checkpoint.chain && sequence >= checkpoint.sequence)
      )
        checkpoint = read.link;
      continue;
    }
    if (sequence > (heads.get(chain)?.sequence ?? 0)) heads.set(chain, read.link);
    if (read.event !== undefined && isCounted(read, events))
      events.set(read.event.id, { event: read.event, chain, sequence });
  }
  // Names of chains end in a UUIDv7, so the newest is the greatest.
  const latestEvents = heads.get([...heads.keys()].toSorted().at(-1) ?? '');
  const head =
    latestEvents === undefined
      ? undefined
      : { ...latestEvents, ...(checkpoint?.checkpoint === undefined ? {} : { checkpoint: checkpoint.checkpoint }) };
  const ordered = [...events.values()]
    .toSorted((a, b) => (a.chain === b.chain ? a.sequence - b.sequence : a.chain < b.chain ? -1 : 1))
    .map(({ event }) => event);
  return { events: ordered, openIntents: findOpenIntents(ordered), ...(head === undefined ? {} : { head }) };
}

/**
 * What nothing proves answers nothing and tells nothing. But what it says was begun is asked after: to do that too
 * often does no harm.
 */
function isCounted({ event, unproven }: RecordedLine, known: ReadonlyMap<string, RecoveredEvent>): boolean {
  if (event === undefined) return false;
  return unproven !== true || (!known.has(event.id) && (intents.has(event.code) || event.code === 'session.opened'));
}

/** Statements that were authorized, and sessions that were requested or opened, and that nothing answers. */
function findOpenIntents(events: readonly AuditEvent[]): readonly AuditEvent[] {
  const answered = new Set<string>();
  for (const { code, session, statement } of events) {
    if (statementOutcomes.has(code)) answered.add(`statement ${statement ?? ''}`);
    if (sessionEnds.has(code) || code === 'session.failed') answered.add(`session ${session ?? ''}`);
  }
  const open = new Map<string, AuditEvent>();
  for (const event of events) {
    const key =
      event.code === 'statement.authorized' ? `statement ${event.statement ?? ''}` : `session ${event.session ?? ''}`;
    if ((intents.has(event.code) || event.code === 'session.opened') && !answered.has(key)) open.set(key, event);
  }
  return [...open.values()];
}
