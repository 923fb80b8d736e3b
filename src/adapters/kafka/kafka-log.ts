import { setTimeout as pause } from 'node:timers/promises';
import {
  AccessError,
  deepFreeze,
  intents,
  LatestEvents,
  createRecordPage,
  readOptions,
  ChainedLogWriter,
  SuspensionReplay,
  AuditHealth,
  UnreviewedBreakGlass,
  type AuditLog,
  type LogEntry,
  type OptionNames,
  type RecordFormat,
} from '../../core/index.js';
import type { KafkaClient } from './client.js';
import { KafkaDelivery } from './delivery.js';
import { createTopicMessage } from './topic-message.js';
import { kafkaOptionNames, resolveSettings, type KafkaOptions, type KafkaSettings } from './options.js';
import type { KafkaReadClient } from './read-client.js';
import { recoverTopics } from './recover-topics.js';
import { Sender } from './sender.js';
import { RecentSessions } from './recent-sessions.js';

export interface KafkaLogOptions extends KafkaOptions {
  readonly client: KafkaClient & KafkaReadClient;
  /**
   * How an event becomes a line. Its writer's name must be this process's own, and the same at its next start: by it
   * what a crash left is found again.
   */
  readonly format: RecordFormat;
  /** How far back to look for what a crash left, milliseconds; longer than any session. Default 24 hours. */
  readonly recallMs?: number;
  /** A checkpoint after so many events, and after so many milliseconds. Default 1,000 and 60,000. */
  readonly checkpointEvents?: number;
  readonly checkpointMs?: number;
  /**
   * How long no broker must have taken anything for `audit.degraded` to say so afterwards, milliseconds. Default
   * 30,000.
   */
  readonly degradedAfterMs?: number;
}

const optionNames: OptionNames<KafkaLogOptions> = {
  ...kafkaOptionNames,
  format: true,
  recallMs: true,
  checkpointEvents: true,
  checkpointMs: true,
  degradedAfterMs: true,
};

const [initialPauseMs, maxPauseMs, closeTimeoutMs] = [100, 5_000, 5_000];

/**
 * The record on Kafka itself, for a process that has no disk to trust: an append resolves when all replicas in sync
 * have the event. While no broker takes
 * anything, intents are refused at once with AUDIT_UNAVAILABLE, and outcomes wait in memory: a crash then loses them,
 * and the next start says that it does not
 * know. Prefer a journal that ships to Kafka wherever there is a disk. `record` knows the 10,000 sessions last heard
 * of.
 * Throws CONFIG_INVALID, and AUDIT_UNAVAILABLE where the topics cannot be read.
 */
export async function kafkaLog(options: KafkaLogOptions): Promise<AuditLog> {
  const {
    format,
    recallMs = 86_400_000,
    checkpointEvents = 1_000,
    checkpointMs = 60_000,
    degradedAfterMs = 30_000,
    ...shipping
  } = readOptions<KafkaLogOptions>(options, optionNames, 'kafkaLog');
  const { client } = shipping;
  if (!Number.isSafeInteger(degradedAfterMs) || degradedAfterMs < 1)
    throw new AccessError('CONFIG_INVALID', 'kafka: degradedAfterMs must be a positive whole number');
  const settings = resolveSettings(shipping);
  const { topics } = settings;
  const {
    head,
    events,
    openIntents: open,
  } = await recoverTopics(client, [topics.event, topics.checkpoint], format, Date.now() - recallMs);
  const begun = format.begin(head);
  const auditHealth = new AuditHealth(begun.chain, (event): Promise<void> => logWriter.append(event));
  const storage = new TopicStorage(settings, format, (failingMs) => {
    if (failingMs >= degradedAfterMs)
      auditHealth.recordPastOutage('receiver', Date.now() - failingMs, { failingMs }, settings.name);
  });
  const logWriter = new ChainedLogWriter({
    format,
    storage,
    head: begun,
    checkpointEvents,
    checkpointMs,
    signed: auditHealth.recordSigning,
  });
  const [recent, latestEvents, unreviewed, suspended] = [
    new RecentSessions(),
    new LatestEvents(),
    new UnreviewedBreakGlass(),
    new SuspensionReplay(),
  ];
  for (const event of events) {
    recent.add(event);
    latestEvents.add(event);
    unreviewed.replay(event);
    suspended.replay(event);
  }
  return {
    async append(event) {
      if (storage.failing && intents.has(event.code))
        throw new AccessError('AUDIT_UNAVAILABLE', 'Kafka does not take the record', { detail: { reason: 'kafka' } });
      const kept = deepFreeze(event);
      await logWriter.append(kept);
      recent.add(kept);
      unreviewed.add(kept);
    },
    record: async (session, range) => createRecordPage(recent.listEvents(session), range),
    unresolved: async () => open.filter((event) => !recent.isAnswered(event)),
    unreviewed: async () => unreviewed.all(),
    suspended: async () => suspended.all(),
    newest: async (codes) => latestEvents.find(codes),
    async close() {
      storage.giveUpAfter(closeTimeoutMs);
      await logWriter.close();
      storage.close();
    },
  };
}

/**
 * Kafka as a log storage. What may have been stored is sent until it certainly was: another event with its number would
 * be a fork.
 */
class TopicStorage {
  readonly #settings: KafkaSettings;
  readonly #format: RecordFormat;
  readonly #sender: Sender;
  readonly #recovered: (failingMs: number) => void;
  readonly #end = new AbortController();
  /** Of the monotonic clock. */
  #failingSince: number | undefined;

  /** `recovered` is told when something is taken again, and how long nothing was. */
  constructor(settings: KafkaSettings, format: RecordFormat, recovered: (failingMs: number) => void) {
    this.#settings = settings;
    this.#format = format;
    this.#recovered = recovered;
    this.#sender = new Sender(settings);
  }

  async commit(entries: readonly LogEntry[]): Promise<void> {
    const messages = entries
      .flatMap(({ lines }) => lines.map((line) => createTopicMessage(this.#format.toMessage(line), this.#settings)))
      .filter((message) => message !== undefined);
    const startedAt = performance.now();
    for (let pauseMs = initialPauseMs; ; pauseMs = Math.min(pauseMs * 2, maxPauseMs)) {
      try {
        await new KafkaDelivery(this.#sender, this.#settings, this.#end.signal).send(messages);
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
