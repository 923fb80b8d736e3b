import { verifier, type VerificationReport } from '../../../src/adapters/ocsf/index.js';
import { readTopics, type TopicRecord } from '../../../src/adapters/kafka/read-topics.js';
import { clientOf } from '../../support/kafka/index.js';

export type Kind = 'events' | 'checkpoints' | 'sqltext' | 'dlq';

/** All that is in some topics of a prefix. */
export async function drained(
  brokers: readonly string[],
  prefix: string,
  kinds: readonly Kind[] = ['events'],
): Promise<readonly TopicRecord[]> {
  const records: TopicRecord[] = [];
  for await (const record of readTopics({
    client: clientOf(brokers),
    topics: kinds.map((kind) => `${prefix}.${kind}`),
  }))
    records.push(record);
  return records;
}

export interface Event {
  readonly class_uid: number;
  readonly time: number;
  readonly attestation_list: readonly [{ readonly chain_uid: string }];
  readonly metadata: {
    readonly uid: string;
    readonly sequence: number;
    readonly event_code: string;
    readonly correlation_uid?: string;
    readonly is_truncated?: boolean;
    readonly untruncated_size?: number;
  };
  readonly unmapped: {
    readonly sallyport: { readonly statement?: string; readonly data: Readonly<Record<string, unknown>> };
  };
}

export const eventsOf = (records: readonly TopicRecord[]): readonly Event[] =>
  records.map(({ value }) => JSON.parse(value as string) as Event);

/** What a verifier makes of it, with the keys that are trusted. */
export async function judged(records: readonly TopicRecord[], keys: unknown): Promise<VerificationReport> {
  const check = await verifier({ keys });
  for (const { value, topic, partition, offset } of records)
    await check.take(value, { source: `${topic}/${partition}`, line: offset });
  return check.report();
}

/** Each session's statements came in the order in which they were written, when what came again is left out. */
export function orderHolds(events: readonly Event[]): boolean {
  const seen = new Set<string>();
  const last = new Map<string, number>();
  return events.every(({ metadata: { uid, sequence, correlation_uid: session = '' } }) => {
    if (seen.has(uid)) return true;
    seen.add(uid);
    const before = last.get(session) ?? 0;
    last.set(session, sequence);
    return sequence > before;
  });
}
