import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { AccessError, type AuditEvent, type AuditLog } from '../../core/index.js';
import { Ledger, type Span } from './ledger.js';
import { linesOf } from './lines.js';
import { lock } from './lock.js';
import { settingsOf, type JournalOptions } from './options.js';
import { eventOf, replay } from './replay.js';
import { segmentName, segmentNumber } from './segment.js';
import { Writer } from './writer.js';

export type { JournalOptions } from './options.js';

/**
 * The record as append-only JSON lines in a directory. An append is durable (fdatasync) when it resolves, in the order of the calls; one that
 * is rejected with AUDIT_UNAVAILABLE is taken back before anything else is written, and can be found by a later run only where a crash came
 * first. After a failure the next append tries again: no restart is needed.
 * Throws CONFIG_INVALID for a directory that is in use or whose files were damaged.
 */
export async function journal(options: JournalOptions): Promise<AuditLog> {
  const settings = settingsOf(options);
  const { directory } = settings;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const hold = await lock(directory);
  const ledger = new Ledger();
  try {
    const { segments, bytes } = await replay(directory, ledger);
    const writer = new Writer(settings, (segments.at(-1) ?? 0) + 1, bytes, (event, place) => ledger.note(event, place), () => hold.renew());
    return {
      append: (event) => writer.append(event),
      record: (session) => record(directory, ledger, session),
      unresolved: async () => ledger.unresolved(),
      async close() {
        await writer.close();
        await hold.release();
      },
    };
  } catch (error) {
    await hold.release();
    throw error;
  }
}

async function record(directory: string, ledger: Ledger, session: string): Promise<readonly AuditEvent[]> {
  const span = ledger.span(session);
  if (span === undefined) return [];
  const events = new Map<string, AuditEvent>();
  const name = JSON.stringify(session);
  try {
    for (const number of await segmentsOf(directory, span)) {
      const from = number === span.first.segment ? span.first.offset : 0;
      const to = number === span.last.segment ? span.last.end : undefined;
      for await (const line of linesOf(join(directory, segmentName(number)), from, to)) {
        if (!line.text.includes(name)) continue;
        const event = eventOf(line);
        if (event === undefined) throw new Error(`${segmentName(number)} was damaged at byte ${line.offset}`);
        if (event.session === session) events.set(event.id, event);
      }
    }
  } catch (error) {
    throw new AccessError('AUDIT_UNAVAILABLE', 'the journal cannot be read', { cause: error });
  }
  return [...events.values()];
}

/** Numbers of the segments a session's events lie in, rising. */
async function segmentsOf(directory: string, { first, last }: Span): Promise<readonly number[]> {
  const numbers = (await readdir(directory)).map(segmentNumber).filter((number) => number !== undefined);
  for (const { segment } of [first, last]) if (!numbers.includes(segment)) throw new Error(`${segmentName(segment)} is gone`);
  return numbers.filter((number) => number >= first.segment && number <= last.segment).toSorted((a, b) => a - b);
}
