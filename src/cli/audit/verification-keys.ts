import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseStrictObject } from '../../adapters/ocsf/verify/index.js';
import { UsageError } from '../exit-codes.js';
import { isDirectory, createReadError } from './input-files.js';

/** The keys to verify with, and where they come from. */
export interface VerificationKeys {
  /** A JWK set; undefined where there is none. */
  readonly jwks?: { readonly keys: readonly unknown[] };
  readonly from: readonly string[];
  /** They were given apart from the data. */
  readonly pinned: boolean;
}

/**
 * The keys of `--jwks`, else those that lie in the directories to be verified. Throws UsageError for a file that is no
 * JWK set.
 */
export async function loadVerificationKeys(
  named: readonly string[],
  jwks: string | undefined,
): Promise<VerificationKeys> {
  if (jwks !== undefined) return { jwks: { keys: await readJwks(jwks) }, from: [jwks], pinned: true };
  const keys = new Map<string, unknown>();
  const from: string[] = [];
  for (const path of named) {
    if (!(await isDirectory(path))) continue;
    const file = join(path, 'jwks.json');
    const found = await readJwks(file).catch((error: UsageError) => {
      if ((error.cause as NodeJS.ErrnoException).code === 'ENOENT') return [];
      throw error;
    });
    for (const each of found) keys.set(JSON.stringify(each), each);
    if (found.length > 0) from.push(file);
  }
  return from.length === 0 ? { from, pinned: false } : { jwks: { keys: [...keys.values()] }, from, pinned: false };
}

async function readJwks(path: string): Promise<readonly unknown[]> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw createReadError(path, error);
  });
  const keys = parseStrictObject(text)?.['keys'];
  if (!Array.isArray(keys)) throw new UsageError(`${path}: it is no JWK set: {"keys":[…]}`);
  return keys as readonly unknown[];
}
