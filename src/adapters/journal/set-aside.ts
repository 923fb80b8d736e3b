import { createReadStream, createWriteStream } from 'node:fs';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { truncateFile, formatSegmentName, syncDirectory } from './segment.js';

/** What was cut off a segment. */
export interface SetAsideRange {
  readonly segment: number;
  /** Where it began. */
  readonly offset: number;
  readonly bytes: number;
  /**
   * Default `torn`: a write that a crash left unfinished. `quarantined`: not the writer's own. `lost`: it is gone, and
   * somebody accepted that.
   */
  readonly cause?: 'quarantined' | 'lost';
}

/**
 * Cuts a torn end off, and keeps its bytes beside the segment: they count for nothing, but nothing is thrown away
 * unseen. What was set aside is noted first, and stays
 * noted until the record tells of it, so that neither a crash nor a repair by hand hides it.
 */
export async function setAside(directory: string, torn: SetAsideRange): Promise<void> {
  const path = join(directory, formatSegmentName(torn.segment));
  await addUnreported(directory, torn);
  await pipeline(
    createReadStream(path, { start: torn.offset }),
    createWriteStream(`${path}.${torn.cause ?? 'torn'}`, { flags: 'a', mode: 0o600, flush: true }),
  );
  await truncateFile(path, torn.offset);
}

/** The next start tells the record of it. */
export async function addUnreported(directory: string, torn: SetAsideRange): Promise<void> {
  const noted = await listUnreported(directory);
  if (!noted.some(({ segment, offset }) => segment === torn.segment && offset === torn.offset))
    await writeUnreported(directory, [...noted, torn]);
}

/** What was set aside and the record does not tell of yet. */
export async function listUnreported(directory: string): Promise<readonly SetAsideRange[]> {
  const text = await readFile(formatPath(directory), 'utf8').catch(() => '[]');
  try {
    const noted: unknown = JSON.parse(text);
    return Array.isArray(noted) ? noted.filter(isSetAsideRange) : [];
  } catch {
    return [];
  }
}

/** The record tells of all of it. */
export function clearUnreported(directory: string): Promise<void> {
  return rm(formatPath(directory), { force: true });
}

function formatPath(directory: string): string {
  return join(directory, 'torn.json');
}

async function writeUnreported(directory: string, all: readonly SetAsideRange[]): Promise<void> {
  const draft = `${formatPath(directory)}.new`;
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(JSON.stringify(all));
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, formatPath(directory));
  await syncDirectory(directory);
}

function isSetAsideRange(value: unknown): value is SetAsideRange {
  const { segment, offset, bytes } = (value ?? {}) as Partial<SetAsideRange>;
  return [segment, offset, bytes].every((each) => Number.isSafeInteger(each));
}
