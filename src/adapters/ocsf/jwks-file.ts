import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { replaceFile } from '../../file-system/replace-file.js';
import type { PublicKey } from './signer.js';

/** A public key as `jwks.json` has it, bound to who signs with it and when. */
export interface PublishedKey extends PublicKey {
  /** It signs for this writer only; without it for any. */
  readonly authority?: string;
  /** Epoch seconds: it signs checkpoints that were made at this time or later, and before `exp`. */
  readonly nbf?: number;
  readonly exp?: number;
}

export function formatJwksPath(directory: string): string {
  return join(directory, 'jwks.json');
}

/**
 * Adds a public key to those that verify the checkpoints of a directory, or changes what is said of it. `bind` gets the
 * entry that is there.
 */
export async function publishKey(
  directory: string,
  key: PublicKey,
  bind: (before: PublishedKey) => PublishedKey = (before) => before,
): Promise<void> {
  const text = await readFile(formatJwksPath(directory), 'utf8').catch(() => '');
  const keys = parseJwks(text);
  const known = keys.find(({ kid }) => kid === key.kid);
  const entry = bind({ ...known, ...key });
  const next = `${JSON.stringify({ keys: known === undefined ? [...keys, entry] : keys.map((each) => (each === known ? entry : each)) }, undefined, 2)}\n`;
  if (next !== text) await replaceFile(formatJwksPath(directory), next, 0o644);
}

/**
 * For one writer, from a time on (epoch milliseconds). A key that signed for two writers is bound to none, and one that
 * signed earlier than it says begins then.
 */
export function bindKey(authority: string, at: number): (before: PublishedKey) => PublishedKey {
  return ({ authority: earlier = authority, nbf = Number.POSITIVE_INFINITY, ...rest }) => ({
    ...rest,
    ...(earlier === authority ? { authority } : {}),
    nbf: Math.min(nbf, Math.floor(at / 1_000)),
  });
}

/** It signed nothing after `at` (epoch milliseconds). */
export function retireKey(at: number): (before: PublishedKey) => PublishedKey {
  return (before) => ({ ...before, exp: Math.floor(at / 1_000) + 1 });
}

function parseJwks(text: string): readonly PublishedKey[] {
  try {
    const { keys } = JSON.parse(text) as { readonly keys?: unknown };
    return Array.isArray(keys) ? (keys as readonly PublishedKey[]) : [];
  } catch {
    return [];
  }
}
