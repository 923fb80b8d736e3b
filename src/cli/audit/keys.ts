import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { strictObject } from '../../adapters/ocsf/verify/index.js';
import { UsageError } from '../exit.js';
import { isDirectory, unreadable } from './inputs.js';

/** The keys to verify with, and where they come from. */
export interface FoundKeys {
  /** A JWK set; undefined where there is none. */
  readonly jwks?: { readonly keys: readonly unknown[] };
  readonly from: readonly string[];
  /** They were given apart from the data. */
  readonly pinned: boolean;
}

/** The keys of `--jwks`, else those that lie in the directories to be verified. Throws UsageError for a file that is no JWK set. */
export async function keysFor(named: readonly string[], jwks: string | undefined): Promise<FoundKeys> {
  if (jwks !== undefined) return { jwks: { keys: await read(jwks) }, from: [jwks], pinned: true };
  const keys = new Map<string, unknown>();
  const from: string[] = [];
  for (const path of named) {
    if (!(await isDirectory(path))) continue;
    const file = join(path, 'jwks.json');
    const found = await read(file).catch((error: UsageError) => {
      if ((error.cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    for (const each of found) keys.set(JSON.stringify(each), each);
    if (found.length > 0) from.push(file);
  }
  return from.length === 0 ? { from, pinned: false } : { jwks: { keys: [...keys.values()] }, from, pinned: false };
}

async function read(path: string): Promise<readonly unknown[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw unreadable(path, error);
  });
  const keys = strictObject(text)?.['keys'];
  if (!Array.isArray(keys)) throw new UsageError(`${path}: it is no JWK set: {"keys":[…]}`);
  return keys as readonly unknown[];
}
