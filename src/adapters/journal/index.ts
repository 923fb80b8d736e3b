import { newId, Scribe, Troubles, type AuditEvent, type AuditLog, type Medium } from '../../core/index.js';
import { makeDirectory } from '../../files/make-directory.js';
import { anchorShipper } from './anchor.js';
import { told, untold } from './aside.js';
import { Cursor } from './cursor.js';
import { Health } from './health.js';
import { Ledger } from './ledger.js';
import { removeEmpty } from './empty.js';
import { DurableMark } from './durable-mark.js';
import { fence } from './fence.js';
import type { Lease, LeaseTimes } from './lease.js';
import { lock } from './lock.js';
import { settingsOf, type Opening, type Settings } from './options.js';
import { readRecord } from './record.js';
import { checkProvenance } from './provenance.js';
import { replay } from './replay.js';
import { segmentsIn } from './batch.js';
import { removeDelivered } from './retention.js';
import { Segments } from './segments.js';
import { Shipper } from './shipper.js';
import { readNote, WriterNote } from './writer-note.js';

export { readJournalOptions, type Anchor, type JournalOptions } from './options.js';

/** How long what is left may take to be delivered when the journal closes. */
const closingMs = 5_000;

/**
 * The record as append-only lines in a directory, copied from there to any number of receivers. An append is durable (synced to the disk) when it resolves,
 * in the order of the calls; one that is rejected with AUDIT_UNAVAILABLE is taken back before anything else is written, and can be found by a later
 * run only where a crash came first. After a failure the next append tries again: no restart is needed.
 * Throws CONFIG_INVALID for a directory that cannot be made, is in use, or whose files were damaged. A process that is found to have lost the directory to another
 * one refuses every append from then on.
 */
export async function openJournal(options: Opening, times?: LeaseTimes): Promise<AuditLog> {
  const settings = settingsOf(options);
  await makeDirectory(settings.directory, 'journal: directory');
  const { directory } = settings;
  const own: { segments?: Segments } = {};
  const lease = await lock(directory, async () => (await segmentsIn(directory)).some((number) => number >= (own.segments?.next ?? 0)), times);
  try {
    // Whatever is made in the directory is made by who holds it.
    return await start({ ...settings, format: typeof options.format === 'function' ? await options.format() : options.format }, lease, own);
  } catch (error) {
    await lease.release();
    throw error;
  }
}

async function start(settings: Settings, lease: Lease, own: { segments?: Segments }): Promise<AuditLog> {
  const { directory, format, sinks, batchBytes, checkpointEvents, checkpointMs, degradedAfterMs } = settings;
  const ledger = new Ledger();
  await removeEmpty(directory);
  if (lease.tookOver) await fence(directory);
  const earlier = await replay({ directory, format, batchBytes }, ledger);
  const segments = new Segments(settings, { next: (earlier.segments.at(-1) ?? 0) + 1, bytes: earlier.bytes, durable: (event, place) => ledger.note(event, place), lease, mark: new DurableMark(directory) });
  own.segments = segments;
  if (lease.tookOver) await segments.begin();
  const { origin } = format;
  const mac = origin?.mac;
  const { sealed, doubtful } = origin === undefined ? { sealed: 0, doubtful: 0 } : await checkProvenance({ directory, format, origin, earlier, note: mac === undefined ? undefined : await readNote(directory, mac) });
  const head = format.begin(earlier.head === undefined ? undefined : { ...earlier.head, sealed });
  const note = mac === undefined ? undefined : new WriterNote(directory, mac, head);
  const shippers: Shipper[] = [];
  const medium = {
    refuse: segments.refuse.bind(segments),
    async commit(...group: Parameters<Medium['commit']>): Promise<void> {
      try {
        await note?.begin();
        await segments.commit(group[0], group[1]);
        note?.move(group[2], segments.durable);
      } catch (error) {
        health.failed();
        throw error;
      }
      for (const shipper of everyone()) shipper.wake();
      health.succeeded();
    },
  };
  const append = (event: AuditEvent): Promise<void> => scribe.append(event);
  const troubles = new Troubles(head.chain, append);
  const scribe = new Scribe({ format, medium, head, batchBytes, checkpointEvents, checkpointMs, signed: troubles.signed });
  const begin = { segment: segments.next, offset: 0 };
  const anchor = settings.anchor === undefined ? undefined : await anchorShipper(settings.anchor, settings, begin, () => segments.durable);
  const everyone = (): readonly Shipper[] => (anchor === undefined ? shippers : [...shippers, anchor]);
  const health = new Health({ troubles, degradedAfterMs, fullness: () => segments.fullness, shippers, anchor });
  const tell = (data: AuditEvent['data']): Promise<void> => append({ id: newId(Date.now()), code: 'audit.removed', at: Date.now(), instance: head.chain, data });
  // What another holder still has to deliver is not for this one to remove.
  const tidy = oneAtATime(async () => (lease.isFresh ? removeDelivered({ settings, segments, shippers, ledger, tell }) : undefined));
  for (const sink of sinks) shippers.push(new Shipper(sink, await Cursor.load(directory, sink.name), settings, () => segments.durable, tidy));
  await tellGaps(directory, head.chain, doubtful, append);
  for (const shipper of everyone()) shipper.start();
  return {
    append,
    record: (session, range) => readRecord(settings, ledger, session, range),
    unresolved: async () => ledger.unresolved(),
    unreviewed: async () => ledger.unreviewed(),
    suspended: async () => ledger.suspended(),
    newest: async (codes) => ledger.newest(codes),
    async close() {
      health.stop();
      await scribe.close();
      await Promise.allSettled(everyone().map((shipper) => shipper.close(closingMs)));
      await segments.close();
      await note?.close();
      await lease.release();
    },
  };
}

/** What was set aside, now or by hand, stands in the record, and so does what nothing vouches for. */
async function tellGaps(directory: string, instance: string, doubtful: number, append: (event: AuditEvent) => Promise<void>): Promise<void> {
  const gap = (data: AuditEvent['data']): AuditEvent => ({ id: newId(Date.now()), code: 'audit.gap', at: Date.now(), instance, data });
  const aside = await untold(directory);
  for (const { segment, bytes, cause = 'torn' } of aside) await append(gap({ cause, segment, bytes }));
  if (doubtful > 0) await append(gap({ cause: 'unvouched', count: doubtful }));
  if (aside.length > 0) await told(directory);
}

/** A call while one is under way is dropped: the next one will see to it. Failures too. */
function oneAtATime(work: () => Promise<void>): () => void {
  let working = false;
  return () => {
    if (working) return;
    working = true;
    work().catch(() => undefined).finally(() => {
      working = false;
    });
  };
}
