import { createReadStream, createWriteStream } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { AccessError, eventCodes, type AuditEvent, type EventCode } from '../../core/index.js';
import type { Ledger } from './ledger.js';
import { linesOf, type Line } from './lines.js';
import { cutFile, segmentName, segmentNumber } from './segment.js';

/** What earlier runs left on disk. */
export interface Earlier {
  /** Numbers of the segments, rising. */
  readonly segments: readonly number[];
  readonly bytes: number;
}

/**
 * Reads every segment into the ledger. What is unreadable at the end of a segment is taken for a write that a crash tore, and set
 * aside in a `.torn` file; anything unreadable before a good line was changed afterwards, and is refused with CONFIG_INVALID naming file and line.
 */
export async function replay(directory: string, ledger: Ledger): Promise<Earlier> {
  const segments = (await readdir(directory)).map(segmentNumber).filter((number) => number !== undefined).toSorted((a, b) => a - b);
  let bytes = 0;
  for (const number of segments) {
    const path = join(directory, segmentName(number));
    const whole = await replaySegment(path, number, ledger);
    if ((await stat(path)).size > whole) await setAside(path, whole);
    bytes += whole;
  }
  return { segments, bytes };
}

/** The offset behind the last good line. */
async function replaySegment(path: string, segment: number, ledger: Ledger): Promise<number> {
  let whole = 0;
  let number = 0;
  let bad: number | undefined;
  for await (const line of linesOf(path)) {
    number += 1;
    const event = eventOf(line);
    if (event === undefined) {
      bad ??= number;
      continue;
    }
    if (bad !== undefined) throw new AccessError('CONFIG_INVALID', `the journal was damaged: ${segmentName(segment)} line ${bad} is not an event`);
    ledger.replay(event, { segment, offset: line.offset, end: line.end });
    whole = line.end;
  }
  return whole;
}

const codes: ReadonlySet<EventCode> = new Set(eventCodes);

/** The event of a line; undefined for anything else. */
export function eventOf(line: Line): AuditEvent | undefined {
  if (!line.complete) return undefined;
  try {
    const event = JSON.parse(line.text) as AuditEvent;
    return typeof event.id === 'string' && codes.has(event.code) ? event : undefined;
  } catch {
    return undefined;
  }
}

/** Cuts a torn end off, and keeps its bytes beside the segment: they count for nothing, but nothing is thrown away unseen. */
async function setAside(path: string, whole: number): Promise<void> {
  await pipeline(createReadStream(path, { start: whole }), createWriteStream(`${path}.torn`, { flags: 'a', mode: 0o600, flush: true }));
  await cutFile(path, whole);
}
