import { randomBytes } from 'node:crypto';
import { mkdir, open, readFile, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { AccessError } from '../../core/index.js';
import type { HmacKey } from './options.js';
import { jwkSigner, newSigningKey, type PrivateKey, type PublicKey, type Signer } from './signer.js';

export interface LocalKeysOptions {
  /** Where `keys.json` (secret, mode 600) and `jwks.json` (public) live; made if missing. */
  readonly directory: string;
  /** A signing key is replaced at this age, milliseconds; the new one is announced under the old one. Default 30 days. */
  readonly rotateMs?: number;
}

/** Keys of the machine itself: what a quick start needs. Who can write to the directory can sign; keep the signing key elsewhere where that matters. */
export interface LocalKeys {
  readonly signer: () => Promise<Signer>;
  readonly hmac: HmacKey;
}

interface Stored {
  readonly v: 1;
  readonly signing: PrivateKey;
  /** Epoch milliseconds. */
  readonly since: number;
  readonly hmac: { readonly id: string; readonly secret: string };
}

/** Reads the keys of a directory, or makes them. Throws CONFIG_INVALID for files that are no such keys. */
export async function localKeys({ directory, rotateMs = 30 * 86_400_000 }: LocalKeysOptions): Promise<LocalKeys> {
  await mkdir(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'keys.json');
  let stored = (await read(path)) ?? (await create(path));
  let current = jwkSigner(stored.signing);
  await publish(directory, current.publicKey);
  let asked = false;
  return {
    hmac: { id: stored.hmac.id, secret: Buffer.from(stored.hmac.secret, 'base64url') },
    async signer() {
      // Never at the first call: the old key has to announce the new one, and only who has it in hand can.
      if (asked && Date.now() - stored.since >= rotateMs) {
        const next: Stored = { ...stored, signing: newSigningKey(), since: Date.now() };
        const signer = jwkSigner(next.signing);
        await publish(directory, signer.publicKey);
        await replace(path, JSON.stringify(next), 0o600);
        [stored, current] = [next, signer];
      }
      asked = true;
      return current;
    },
  };
}

async function read(path: string): Promise<Stored | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  });
  if (text === undefined) return undefined;
  try {
    const { v, signing, since, hmac } = JSON.parse(text) as Stored;
    if (v !== 1 || !Number.isSafeInteger(since) || typeof hmac.id !== 'string' || Buffer.from(hmac.secret, 'base64url').length < 32) throw new TypeError('unreadable');
    jwkSigner(signing);
    return { v, signing, since, hmac };
  } catch {
    throw new AccessError('CONFIG_INVALID', `${path} holds no keys: restore it, or delete it to begin with new ones`);
  }
}

async function create(path: string): Promise<Stored> {
  const made: Stored = { v: 1, signing: newSigningKey(), since: Date.now(), hmac: { id: `k-${randomBytes(3).toString('hex')}`, secret: randomBytes(32).toString('base64url') } };
  await replace(path, JSON.stringify(made), 0o600);
  return made;
}

/** Adds a public key to those that verify the checkpoints of this directory. */
async function publish(directory: string, key: PublicKey): Promise<void> {
  const path = join(directory, 'jwks.json');
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

/** Whole or not at all. */
async function replace(path: string, text: string, mode: number): Promise<void> {
  const file = await open(`${path}.new`, 'w', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
}
