import {
  newId,
  ChainedLogWriter,
  AuditHealth,
  type AuditEvent,
  type AuditLog,
  type LogStorage,
} from '../../core/index.js';
import { makeDirectory } from '../../file-system/make-directory.js';
import { anchorShipper } from './anchor.js';
import { clearUnreported, listUnreported } from './set-aside.js';
import { Cursor } from './cursor.js';
import { JournalHealth } from './health.js';
import { EventIndex } from './event-index.js';
import { removeEmptySegments } from './remove-empty-segments.js';
import { DurableMark } from './durable-mark.js';
import { fenceLastSegment } from './fence.js';
import type { Lease, LeaseTimes } from './lease.js';
import { acquireLease } from './lock.js';
import { resolveSettings, type DeferredJournalOptions, type JournalSettings } from './options.js';
import { readRecord } from './read-record.js';
import { checkProvenance } from './provenance.js';
import { replaySegments } from './replay.js';
import { listSegments } from './batch-reader.js';
import { removeDelivered } from './retention.js';
import { Segments } from './segments.js';
import { Shipper } from './shipper.js';
import { readNote, WriterNote } from './writer-note.js';

export { readJournalOptions, type Anchor, type OpenJournalOptions } from './options.js';

/** How long what is left may take to be delivered when the journal closes. */
const closeTimeoutMs = 5_000;

/**
 * The record as append-only lines in a directory, copied from there to any number of receivers. An append is durable
 * (synced to the disk) when it resolves,
 * in the order of the calls; one that is rejected with AUDIT_UNAVAILABLE is taken back before anything else is written,
 * and can be found by a later
 * run only where a crash came first. After a failure the next append tries again: no restart is needed.
 * Throws CONFIG_INVALID for a directory that cannot be made, is in use, or whose files were damaged. A process that is
 * found to have lost the directory to another
 * one refuses every append from then on.
 */
export async function openJournal(options: DeferredJournalOptions, times?: LeaseTimes): Promise<AuditLog> {
  const settings = resolveSettings(options);
  await makeDirectory(settings.directory, 'journal: directory');
  const { directory } = settings;
  const own: { segments?: Segments } = {};
  const lease = await acquireLease(
    directory,
    async () => (await listSegments(directory)).some((number) => number >= (own.segments?.next ?? 0)),
    times,
  );
  try {
    // Whatever is made in the directory is made by who holds it.
    return await startJournal(
      { ...settings, format: typeof options.format === 'function' ? await options.format() : options.format },
      lease,
      own,
    );
  } catch (error) {
    await lease.release();
    throw error;
  }
}

async function startJournal(settings: JournalSettings, lease: Lease, own: { segments?: Segments }): Promise<AuditLog> {
  const { directory, format, sinks, batchBytes, checkpointEvents, checkpointMs, degradedAfterMs } = settings;
  const ledger = new EventIndex();
  await removeEmptySegments(directory);
  if (lease.tookOver) await fenceLastSegment(directory);
  const earlier = await replaySegments({ directory, format, batchBytes }, ledger);
  const segments = new Segments(settings, {
    next: (earlier.segments.at(-1) ?? 0) + 1,
    bytes: earlier.bytes,
    onDurable: (event, place) => ledger.add(event, place),
    lease,
    mark: new DurableMark(directory),
  });
  own.segments = segments;
  if (lease.tookOver) await segments.claimFirst();
  const { origin } = format;
  const mac = origin?.mac;
  const { sealed, doubtful } =
    origin === undefined
      ? { sealed: 0, doubtful: 0 }
      : await checkProvenance({
          directory,
          format,
          origin,
          earlier,
          note: mac === undefined ? undefined : await readNote(directory, mac),
        });
  const head = format.begin(earlier.head === undefined ? undefined : { ...earlier.head, sealed });
  const note = mac === undefined ? undefined : new WriterNote(directory, mac, head);
  const shippers: Shipper[] = [];
  const storage = {
    checkRoom: segments.checkRoom.bind(segments),
    async commit(...group: Parameters<LogStorage['commit']>): Promise<void> {
      try {
        await note?.begin();
        await segments.commit(group[0], group[1]);
        note?.update(group[2], segments.durable);
      } catch (error) {
        health.recordFailure();
        throw error;
      }
      for (const shipper of everyone()) shipper.wake();
      health.recordSuccess();
    },
  };
  const append = (event: AuditEvent): Promise<void> => logWriter.append(event);
  const auditHealth = new AuditHealth(head.chain, append);
  const logWriter = new ChainedLogWriter({
    format,
    storage,
    head,
    batchBytes,
    checkpointEvents,
    checkpointMs,
    signed: auditHealth.recordSigning,
  });
  const begin = { segment: segments.next, offset: 0 };
  const anchor =
    settings.anchor === undefined
      ? undefined
      : await anchorShipper(settings.anchor, settings, begin, () => segments.durable);
  const everyone = (): readonly Shipper[] => (anchor === undefined ? shippers : [...shippers, anchor]);
  const health = new JournalHealth({
    auditHealth,
    degradedAfterMs,
    fullness: () => segments.fullness,
    shippers,
    anchor,
  });
  const tell = (data: AuditEvent['data']): Promise<void> =>
    append({ id: newId(Date.now()), code: 'audit.removed', at: Date.now(), instance: head.chain, data });
  // What another holder still has to deliver is not for this one to remove.
  const tidy = skipWhileRunning(async () =>
    lease.isFresh ? removeDelivered({ settings, segments, shippers, ledger, recordRemoval: tell }) : undefined,
  );
  for (const sink of sinks)
    shippers.push(new Shipper(sink, await Cursor.load(directory, sink.name), settings, () => segments.durable, tidy));
  await recordGaps(directory, head.chain, doubtful, append);
  for (const shipper of everyone()) shipper.start();
  return {
    append,
    record: (session, range) => readRecord(settings, ledger, session, range),
    unresolved: async () => ledger.listUnresolved(),
    unreviewed: async () => ledger.listUnreviewed(),
    suspended: async () => ledger.listSuspensions(),
    newest: async (codes) => ledger.findLatest(codes),
    async close() {
      health.stop();
      await logWriter.close();
      await Promise.allSettled(everyone().map((shipper) => shipper.close(closeTimeoutMs)));
      await segments.close();
      await note?.close();
      await lease.release();
    },
  };
}

/** What was set aside, now or by hand, stands in the record, and so does what nothing vouches for. */
async function recordGaps(
  directory: string,
  instance: string,
  doubtful: number,
  append: (event: AuditEvent) => Promise<void>,
): Promise<void> {
  const gap = (data: AuditEvent['data']): AuditEvent => ({
    id: newId(Date.now()),
    code: 'audit.gap',
    at: Date.now(),
    instance,
    data,
  });
  const aside = await listUnreported(directory);
  for (const { segment, bytes, cause = 'torn' } of aside) await append(gap({ cause, segment, bytes }));
  if (doubtful > 0) await append(gap({ cause: 'unvouched', count: doubtful }));
  if (aside.length > 0) await clearUnreported(directory);
}

/** A call while one is under way is dropped: the next one will see to it. Failures too. */
function skipWhileRunning(work: () => Promise<void>): () => void {
  let working = false;
  return () => {
    if (working) return;
    working = true;
    work()
      .catch(() => undefined)
      .finally(() => {
        working = false;
      });
  };
}
