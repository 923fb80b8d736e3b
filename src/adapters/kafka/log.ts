import { setTimeout as pause } from 'node:timers/promises';
import {
  AccessError, facts, intents, Newest, pageOf, readOptions, Scribe, SuspendedBefore, Troubles, Unreviewed, type AuditLog, type Entry, type OptionNames, type RecordFormat,
} from '../../core/index.js';
import type { KafkaClient } from './client.js';
import { Delivery } from './delivery.js';
import { addressed } from './message.js';
import { kafkaNames, settingsOf, type KafkaOptions, type Settings } from './options.js';
import type { KafkaReadClient } from './reading.js';
import { recall } from './recall.js';
import { Sender } from './sender.js';
import { Recent } from './recent.js';

export interface KafkaLogOptions extends KafkaOptions {
  readonly client: KafkaClient & KafkaReadClient;
  /** How an event becomes a line. Its writer's name must be this process's own, and the same at its next start: by it what a crash left is found again. */
  readonly format: RecordFormat;
  /** How far back to look for what a crash left, milliseconds; longer than any session. Default 24 hours. */
  readonly recallMs?: number;
  /** A checkpoint after so many events, and after so many milliseconds. Default 1,000 and 60,000. */
  readonly checkpointEvents?: number;
  readonly checkpointMs?: number;
  /** How long no broker must have taken anything for `audit.degraded` to say so afterwards, milliseconds. Default 30,000. */
  readonly degradedAfterMs?: number;
}

const names: OptionNames<KafkaLogOptions> = { ...kafkaNames, format: true, recallMs: true, checkpointEvents: true, checkpointMs: true, degradedAfterMs: true };

const [firstPauseMs, longestPauseMs, closingMs] = [100, 5_000, 5_000];

/**
 * The record on Kafka itself, for a process that has no disk to trust: an append resolves when all replicas in sync have the event. While no broker takes
 * anything, intents are refused at once with AUDIT_UNAVAILABLE, and outcomes wait in memory: a crash then loses them, and the next start says that it does not
 * know. Prefer a journal that ships to Kafka wherever there is a disk. `record` knows the 10,000 sessions last heard of.
 * Throws CONFIG_INVALID, and AUDIT_UNAVAILABLE where the topics cannot be read.
 */
export async function kafkaLog(options: KafkaLogOptions): Promise<AuditLog> {
  const { format, recallMs = 86_400_000, checkpointEvents = 1_000, checkpointMs = 60_000, degradedAfterMs = 30_000, ...shipping } = readOptions<KafkaLogOptions>(options, names, 'kafkaLog');
  const { client } = shipping;
  if (!Number.isSafeInteger(degradedAfterMs) || degradedAfterMs < 1) throw new AccessError('CONFIG_INVALID', 'kafka: degradedAfterMs must be a positive whole number');
  const settings = settingsOf(shipping);
  const { topics } = settings;
  const { head, events, open } = await recall(client, [topics.event, topics.checkpoint], format, Date.now() - recallMs);
  const begun = format.begin(head);
  const troubles = new Troubles(begun.chain, (event) => scribe.append(event));
  const medium = new Topics(settings, format, (failingMs) => {
    if (failingMs >= degradedAfterMs) troubles.past('receiver', Date.now() - failingMs, { failingMs }, settings.name);
  });
  const scribe = new Scribe({ format, medium, head: begun, checkpointEvents, checkpointMs, signed: troubles.signed });
  const [recent, newest, unreviewed, suspended] = [new Recent(), new Newest(), new Unreviewed(), new SuspendedBefore()];
  for (const event of events) {
    recent.note(event);
    newest.note(event);
    unreviewed.replay(event);
    suspended.replay(event);
  }
  return {
    async append(event) {
      if (medium.failing && intents.has(event.code)) throw new AccessError('AUDIT_UNAVAILABLE', 'Kafka does not take the record', { detail: { reason: 'kafka' } });
      const kept = facts(event);
      await scribe.append(kept);
      recent.note(kept);
      unreviewed.note(kept);
    },
    record: async (session, range) => pageOf(recent.of(session), range),
    unresolved: async () => open.filter((event) => !recent.answers(event)),
    unreviewed: async () => unreviewed.all(),
    suspended: async () => suspended.all(),
    newest: async (codes) => newest.of(codes),
    async close() {
      medium.giveUpAfter(closingMs);
      await scribe.close();
      medium.close();
    },
  };
}

/** Kafka as a medium. What may have been stored is sent until it certainly was: another event with its number would be a fork. */
class Topics {
  readonly #settings: Settings;
  readonly #format: RecordFormat;
  readonly #sender: Sender;
  readonly #recovered: (failingMs: number) => void;
  readonly #end = new AbortController();
  /** Of the monotonic clock. */
  #failingSince: number | undefined;

  /** `recovered` is told when something is taken again, and how long nothing was. */
  constructor(settings: Settings, format: RecordFormat, recovered: (failingMs: number) => void) {
    this.#settings = settings;
    this.#format = format;
    this.#recovered = recovered;
    this.#sender = new Sender(settings);
  }

  async commit(entries: readonly Entry[]): Promise<void> {
    const messages = entries.flatMap(({ lines }) => lines.map((line) => addressed(this.#format.parcel(line), this.#settings))).filter((message) => message !== undefined);
    const startedAt = performance.now();
    for (let pauseMs = firstPauseMs; ; pauseMs = Math.min(pauseMs * 2, longestPauseMs)) {
      try {
        await new Delivery(this.#sender, this.#settings, this.#end.signal).send(messages);
        const since = this.#failingSince;
        this.#failingSince = undefined;
        if (since !== undefined) this.#recovered(Math.round(performance.now() - since));
        return;
      } catch (error) {
        this.#failingSince ??= startedAt;
        if (this.#end.signal.aborted) throw error;
        await pause(pauseMs, undefined, { signal: this.#end.signal, ref: false }).catch(() => undefined);
      }
    }
  }

  get failing(): boolean {
    return this.#failingSince !== undefined;
  }

  giveUpAfter(ms: number): void {
    setTimeout(() => this.#end.abort(new AccessError('AUDIT_UNAVAILABLE', 'the log is closing')), ms).unref();
  }

  close(): void {
    this.#sender.close();
  }
}
