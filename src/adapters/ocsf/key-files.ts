import { randomBytes } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { AccessError } from '../../core/index.js';
import { checkSecret, checkUnwritable } from '../../files/modes.js';
import { jwkSigner, newSigningKey, type PrivateKey, type PublicKey } from './signer.js';

/** What `keys.json` holds. */
export interface Stored {
  readonly v: 1;
  readonly signing: PrivateKey;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly hmac: { readonly id: string; readonly secret: string };
  /** The key before, until the record names the one that signs now. */
  readonly predecessor?: PrivateKey;
}

/** The keys of a directory; made where there are none. Throws CONFIG_INVALID for files that are no such keys, or that others may read or change. */
export async function loadKeys(directory: string): Promise<Stored> {
  // What a crash left half done may hold a key that is of no use any more.
  await rm(`${pathIn(directory)}.new`, { force: true });
  await checkSecret(pathIn(directory), 'localKeys: keys.json');
  await checkUnwritable(join(directory, 'jwks.json'), 'localKeys: jwks.json');
  const stored = await read(pathIn(directory));
  if (stored === undefined) {
    const made: Stored = { v: 1, signing: newSigningKey(), since: Date.now(), hmac: { id: `k-${randomBytes(3).toString('hex')}`, secret: randomBytes(32).toString('base64url') } };
    await saveKeys(directory, made);
    return made;
  }
  await publish(directory, stored.signing);
  return stored;
}

/** Durable when resolved, the public half of the signing key published. */
export async function saveKeys(directory: string, stored: Stored): Promise<void> {
  await replace(pathIn(directory), JSON.stringify(stored), 0o600);
  await publish(directory, stored.signing);
}

function pathIn(directory: string): string {
  return join(directory, 'keys.json');
}

async function read(path: string): Promise<Stored | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const { v, signing, since, hmac, predecessor } = JSON.parse(text) as Stored;
    if (v !== 1 || !Number.isSafeInteger(since) || typeof hmac.id !== 'string' || Buffer.from(hmac.secret, 'base64url').length < 32) throw new TypeError('unreadable');
    for (const each of [signing, ...(predecessor === undefined ? [] : [predecessor])]) jwkSigner(each);
    return { v, signing, since, hmac, ...(predecessor === undefined ? {} : { predecessor }) };
  } catch {
    throw new AccessError('CONFIG_INVALID', `${path} holds no keys: restore it, or delete it to begin with new ones`);
  }
}

/** Adds a public key to those that verify the checkpoints of this directory. */
async function publish(directory: string, signing: PrivateKey): Promise<void> {
  const path = join(directory, 'jwks.json');
  const key = jwkSigner(signing).publicKey;
  const keys = keysOf(await readFile(path, 'utf8').catch(() => ''));
  if (keys.some(({ kid }) => kid === key.kid)) return;
  await replace(path, `${JSON.stringify({ keys: [...keys, key] }, undefined, 2)}\n`, 0o644);
}

function keysOf(text: string): readonly PublicKey[] {
  try {
    const { keys } = JSON.parse(text) as { readonly keys?: unknown };
    return Array.isArray(keys) ? (keys as readonly PublicKey[]) : [];
  } catch {
    return [];
  }
}

/** Whole or not at all, also through a power cut: what a checkpoint was signed with must not be gone after it. */
async function replace(path: string, text: string, mode: number): Promise<void> {
  // A draft that is there already would keep its own mode.
  await rm(`${path}.new`, { force: true });
  const file = await open(`${path}.new`, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
