import { randomBytes } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { AccessError } from '../../core/index.js';
import { checkNotReadableByOthers, checkNotWritableByOthers } from '../../file-system/permissions.js';
import { replaceFile } from '../../file-system/replace-file.js';
import { formatJwksPath } from './jwks-file.js';
import { jwkSigner, newSigningKey, type PrivateKey } from './signer.js';

/** What `keys.json` holds. */
export interface StoredKeys {
  readonly v: 1;
  readonly signing: PrivateKey;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly hmac: { readonly id: string; readonly secret: string };
  /** The key before, until the record names the one that signs now. */
  readonly predecessor?: PrivateKey;
  /** `signing` was bound to its writer and its time from its first use on; older keys were not. */
  readonly bound?: boolean;
  /** Whose record it is: the writer that was signed for last. */
  readonly authority?: string;
}

/**
 * The keys of a directory; made where there are none. Throws CONFIG_INVALID for files that are no such keys, or that
 * others may read or change.
 */
export async function loadKeys(directory: string): Promise<StoredKeys> {
  // What a crash left half done may hold a key that is of no use any more.
  await rm(`${formatKeysPath(directory)}.new`, { force: true });
  await checkNotReadableByOthers(formatKeysPath(directory), 'localKeys: keys.json');
  await checkNotWritableByOthers(formatJwksPath(directory), 'localKeys: jwks.json');
  const stored = await readKeys(formatKeysPath(directory));
  if (stored === undefined) {
    const made: StoredKeys = {
      v: 1,
      signing: newSigningKey(),
      since: Date.now(),
      bound: true,
      hmac: { id: `k-${randomBytes(3).toString('hex')}`, secret: randomBytes(32).toString('base64url') },
    };
    await saveKeys(directory, made);
    return made;
  }
  return stored;
}

/** Durable when resolved. */
export async function saveKeys(directory: string, stored: StoredKeys): Promise<void> {
  await replaceFile(formatKeysPath(directory), JSON.stringify(stored), 0o600);
}

function formatKeysPath(directory: string): string {
  return join(directory, 'keys.json');
}

async function readKeys(path: string): Promise<StoredKeys | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const { v, signing, since, hmac, predecessor, bound = false, authority } = JSON.parse(text) as StoredKeys;
    if (
      v !== 1 ||
      !Number.isSafeInteger(since) ||
      typeof hmac.id !== 'string' ||
      Buffer.from(hmac.secret, 'base64url').length < 32
    )
      throw new TypeError('unreadable');
    for (const each of [signing, ...(predecessor === undefined ? [] : [predecessor])]) jwkSigner(each);
    if (typeof bound !== 'boolean' || (authority !== undefined && typeof authority !== 'string'))
      throw new TypeError('unreadable');
    return {
      v,
      signing,
      since,
      hmac,
      bound,
      ...(predecessor === undefined ? {} : { predecessor }),
      ...(authority === undefined ? {} : { authority }),
    };
  } catch {
    throw new AccessError('CONFIG_INVALID', `${path} holds no keys: restore it, or delete it to begin with new ones`);
  }
}
