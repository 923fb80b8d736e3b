import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { AuditEvent, AuditLog, RecordPage } from '../../../src/core/index.js';

/** A directory of its own for one test. */
export function place(): string {
  const directory = mkdtempSync(join(tmpdir(), 'journal-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

export function segmentsIn(directory: string): string[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted();
}

/** What was appended, as it stands on disk, in order; without what the journal says of itself. */
export function eventsIn(directory: string): AuditEvent[] {
  return allIn(directory).filter((event) => !event.code.startsWith('audit.'));
}

/** All events on disk, in order. */
export function allIn(directory: string): AuditEvent[] {
  return segmentsIn(directory).flatMap((name) =>
    readFileSync(join(directory, name), 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as AuditEvent),
  );
}

/** All pages of a session's record. */
export async function wholeRecord(log: AuditLog, session: string, limit = 1_000): Promise<AuditEvent[]> {
  const events: AuditEvent[] = [];
  let after: string | undefined;
  do {
    const page: RecordPage = await log.record(session, { limit, ...(after === undefined ? {} : { after }) });
    events.push(...page.events);
    after = page.next;
  } while (after !== undefined);
  return events;
}
