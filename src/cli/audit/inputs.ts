import { readdir, realpath, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { UsageError } from '../exit.js';

/** A file to read. */
export interface Input {
  readonly path: string;
  /** The directory of which it is a segment: read in the order in which it was written. Absent for any other file, whose order says nothing. */
  readonly log?: string;
}

const segment = /^journal-(\d{8,})\.jsonl$/;

/** The files behind what was named on the command line: of a directory its segments, in order. Throws UsageError for what cannot be read, and where there is nothing. */
export async function inputsOf(named: readonly string[]): Promise<readonly Input[]> {
  const found = new Map<string, Input>();
  for (const path of named) {
    const inputs = (await isDirectory(path)) ? await segmentsOf(path) : [inputOf(path)];
    for (const each of inputs) found.set(await realpath(each.path), each);
  }
  return [...found.values()].toSorted((a, b) => (a.log ?? '').localeCompare(b.log ?? '') || numberOf(a.path) - numberOf(b.path));
}

/** The segments of a directory, in order. Throws UsageError where there is none. */
export async function segmentsOf(directory: string): Promise<readonly Input[]> {
  const names = (await readdir(directory).catch((error: unknown) => {
    throw unreadable(directory, error);
  })).filter((name) => segment.test(name));
  if (names.length === 0) throw new UsageError(`${directory}: there is no journal-….jsonl in it`);
  return names.map((name) => ({ path: join(directory, name), log: directory })).toSorted((a, b) => numberOf(a.path) - numberOf(b.path));
}

export function numberOf(path: string): number {
  return Number(segment.exec(basename(path))?.[1] ?? 0);
}

export async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch (error) {
    throw unreadable(path, error);
  }
}

/** Names the file, not what was in it. */
export function unreadable(path: string, cause: unknown): UsageError {
  const { code = 'unreadable' } = cause as NodeJS.ErrnoException;
  return new UsageError(`${path}: it cannot be read (${code})`, { cause });
}

function inputOf(path: string): Input {
  return segment.test(basename(path)) ? { path, log: dirname(path) } : { path };
}
