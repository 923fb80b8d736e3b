import { AccessError, type CheckpointReason, type Link } from '../../core/index.js';
import { sha256 } from './fingerprint.js';
import type { PublicKey, Signer } from './signer.js';

/** What a checkpoint vouches for: `chain` has `seq` events, and the last one's fingerprint is `head`. */
export interface Checkpoint {
  readonly v: 1;
  readonly authority: string;
  readonly chain: string;
  readonly seq: number;
  /** SHA-256, hex. */
  readonly head: string;
  readonly head_uid: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** SHA-256 (hex) of the checkpoint before it in this log, as compact JWS. */
  readonly prev?: string;
  readonly reason: CheckpointReason;
  /** The key that signs from now on. */
  readonly next?: PublicKey;
}

/** The JOSE `typ` of a checkpoint. */
export const checkpointType = 'audit-checkpoint+jws';

/** Makes a line of a checkpoint. */
export function checkpointLine(jws: string): string {
  return `{"checkpoint":"${jws}"}`;
}

/** The compact JWS of a checkpoint's line; undefined for any other line. */
export function checkpointOf(line: string): string | undefined {
  return /^\{"checkpoint":"([\w-]+\.[\w-]+\.[\w-]+)"\}$/.exec(line)?.[1];
}

/** The claims of a checkpoint, unverified; undefined where it has none. */
export function readCheckpoint(jws: string): Checkpoint | undefined {
  try {
    const claims = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString()) as Partial<Checkpoint> | null;
    const good = claims?.v === 1 && typeof claims.chain === 'string' && Number.isSafeInteger(claims.seq) && typeof claims.head === 'string' && typeof claims.head_uid === 'string';
    return good && Number.isSafeInteger(claims.at) ? (claims as Checkpoint) : undefined;
  } catch {
    return undefined;
  }
}

/** Signs checkpoints, one after the other; a new key is announced under the old one first. */
export class Notary {
  readonly #authority: string;
  readonly #signer: () => Signer | Promise<Signer>;
  #current: Signer | undefined;

  constructor(authority: string, signer: () => Signer | Promise<Signer>) {
    this.#authority = authority;
    this.#signer = signer;
  }

  /** The checkpoints due at a head, as compact JWS. Throws AUDIT_UNAVAILABLE when the signer fails. */
  async seal(head: Link, reason: CheckpointReason, now: number): Promise<readonly { readonly jws: string; readonly at: number }[]> {
    const { chain, sequence: seq, fingerprint, id } = head;
    if (fingerprint === undefined || id === undefined) return [];
    // A clock that was set back makes no checkpoint older than the one that it follows.
    const at = Math.max(now, head.checkpoint?.at ?? 0);
    const facts = { v: 1, authority: this.#authority, chain, seq, head: fingerprint, head_uid: id, at } as const;
    try {
      const signer = await this.#signer();
      const old = this.#current;
      const sealed: string[] = [];
      const link = (): { readonly prev?: string } => {
        const prev = sealed.length > 0 ? sha256(sealed.at(-1) as string) : head.checkpoint?.digest;
        return prev === undefined ? {} : { prev };
      };
      if (old !== undefined && old.publicKey.kid !== signer.publicKey.kid) sealed.push(await signed(old, { ...facts, ...link(), reason: 'rotation', next: signer.publicKey }));
      sealed.push(await signed(signer, { ...facts, ...link(), reason }));
      this.#current = signer;
      return sealed.map((jws) => ({ jws, at }));
    } catch (error) {
      throw new AccessError('AUDIT_UNAVAILABLE', 'the checkpoint could not be signed', { cause: error });
    }
  }
}

async function signed(signer: Signer, checkpoint: Checkpoint): Promise<string> {
  const header = { alg: 'Ed25519', kid: signer.publicKey.kid, typ: checkpointType };
  const input = `${encoded(header)}.${encoded(checkpoint)}`;
  const signature = await signer.sign(Buffer.from(input));
  if (signature.length !== 64) throw new TypeError('an Ed25519 signature has 64 bytes');
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
