import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../exit-codes.js';

/** A file to read. */
export interface InputFile {
  readonly path: string;
  /**
   * The directory of which it is a segment: read in the order in which it was written. Absent for any other file, whose
   * order says nothing.
   */
  readonly log?: string;
}

const segmentPattern = /^journal-(\d{8,})\.jsonl$/;

/**
 * The files behind what was named on the command line: of a directory its segments, in order. Throws UsageError for
 * what cannot be read, and where there is nothing.
 */
export async function findInputFiles(named: readonly string[]): Promise<readonly InputFile[]> {
  const found = new Map<string, InputFile>();
  for (const path of named) {
    const inputs = (await isDirectory(path)) ? await listSegments(path) : [createInputFile(path)];
    for (const each of inputs) found.set(await realpath(each.path), each);
  }
  return [...found.values()].toSorted(
    (a, b) => (a.log ?? '').localeCompare(b.log ?? '') || parseSegmentNumber(a.path) - parseSegmentNumber(b.path),
  );
}

/** The segments of a directory, in order. Throws UsageError where there is none. */
export async function listSegments(directory: string): Promise<readonly InputFile[]> {
  const names = (
    await readdir(directory).catch((error: unknown) => {
      throw createReadError(directory, error);
    })
  ).filter((name) => segmentPattern.test(name));
  if (names.length === 0) throw new UsageError(`${directory}: there is no journal-….jsonl in it`);
  return names
    .map((name) => ({ path: join(directory, name), log: directory }))
    .toSorted((a, b) => parseSegmentNumber(a.path) - parseSegmentNumber(b.path));
}

export function parseSegmentNumber(path: string): number {
  return Number(segmentPattern.exec(basename(path))?.[1] ?? 0);
}

export async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw createReadError(path, error);
  }
}

/** Names the file, not what was in it. */
export function createReadError(path: string, cause: unknown): UsageError {
  const { code = 'unreadable' } = cause as NodeJS.ErrnoException;
  return new UsageError(`${path}: it cannot be read (${code})`, { cause });
}

function createInputFile(path: string): InputFile {
  return segmentPattern.test(basename(path)) ? { path, log: dirname(path) } : { path };
}
