import { AccessError, type CheckpointInterval, type CheckpointReason, type ChainHead } from '../../core/index.js';
import { hashSha256 } from './fingerprint.js';
import { publicKey as publicKeyOf, type PublicKey, type Signer, type SignerRequest } from './signer.js';

/** What a checkpoint vouches for: `chain` has `seq` events, and the last one's fingerprint is `head`. */
export interface Checkpoint {
  /** Version 1 has no `interval`, and its `at` may be before the last events. */
  readonly v: 1 | 2;
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
  /** What is left unsealed at most, until the next one. */
  readonly interval?: CheckpointInterval;
  /** The key that signs from now on. */
  readonly next?: PublicKey;
}

/** The JOSE `typ` of a checkpoint. */
export const checkpointType = 'audit-checkpoint+jws';

/** Makes a line of a checkpoint. */
export function formatCheckpointLine(jws: string): string {
  return `{"checkpoint":"${jws}"}`;
}

/** The claims of a checkpoint, unverified; undefined where it has none. */
export function parseCheckpoint(jws: string): Checkpoint | undefined {
  const claims = decodeJwsPart(jws, 1) as Partial<Checkpoint> | undefined;
  const good =
    (claims?.v === 1 || claims?.v === 2) &&
    typeof claims.chain === 'string' &&
    Number.isSafeInteger(claims.seq) &&
    typeof claims.head === 'string' &&
    typeof claims.head_uid === 'string';
  return good && Number.isSafeInteger(claims.at) ? (claims as Checkpoint) : undefined;
}

function decodeJwsPart(jws: string, index: number): Readonly<Record<string, unknown>> | undefined {
  try {
    const part: unknown = JSON.parse(Buffer.from(jws.split('.')[index] ?? '', 'base64url').toString());
    return typeof part === 'object' && part !== null ? (part as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** The id of the key that a checkpoint says it is signed with. */
function readKeyId(jws: string): string | undefined {
  const kid = decodeJwsPart(jws, 0)?.['kid'];
  return typeof kid === 'string' ? kid : undefined;
}

/** The id of the key that signs what follows a checkpoint: the one that it announces, else its own. */
export function findNextKeyId(jws: string): string | undefined {
  const { reason, next } = parseCheckpoint(jws) ?? {};
  const kid: unknown = reason === 'rotation' ? next?.kid : readKeyId(jws);
  return typeof kid === 'string' ? kid : undefined;
}

/**
 * Signs checkpoints, one after the other; a new key is announced under the old one first, and again where the log did
 * not take the announcement.
 */
export class CheckpointSigner {
  readonly #authority: string;
  readonly #signer: (asked: SignerRequest) => Signer | Promise<Signer>;
  /** Who was known to sign when asked last, and who was to go on; whether the log took that is seen the next time. */
  #recentSigners: readonly Signer[] = [];

  constructor(authority: string, signer: (asked: SignerRequest) => Signer | Promise<Signer>) {
    this.#authority = authority;
    this.#signer = signer;
  }

  /** The checkpoints due at a head, as compact JWS. Throws AUDIT_UNAVAILABLE when the signer fails. */
  async createCheckpoints(
    head: ChainHead,
    reason: CheckpointReason,
    interval: CheckpointInterval,
    now: number,
  ): Promise<readonly { readonly jws: string; readonly at: number }[]> {
    const { chain, sequence: seq, fingerprint, id, checkpoint } = head;
    if (fingerprint === undefined || id === undefined) return [];
    // A clock that was set back makes no checkpoint older than the one that it follows, or than what it seals.
    const at = Math.max(now, checkpoint?.at ?? 0, head.latest ?? 0);
    const facts = {
      v: 2,
      authority: this.#authority,
      chain,
      seq,
      head: fingerprint,
      head_uid: id,
      at,
      interval,
    } as const;
    try {
      const signer = await this.#signer({ authority: this.#authority, at });
      const old = this.#findPrevious(signer, checkpoint?.key);
      const isNew = old.publicKey.kid !== signer.publicKey.kid;
      // What it holds too long does no harm to the record.
      if (!isNew) await signer.predecessor?.retire(checkpoint?.at ?? at).catch(() => undefined);
      const rotation = isNew
        ? [
            await signCheckpoint(old, {
              ...facts,
              ...createPrevious(checkpoint?.digest),
              reason: 'rotation',
              next: toAnnouncedKey(signer),
            }),
          ]
        : [];
      const sealed = [
        ...rotation,
        await signCheckpoint(signer, {
          ...facts,
          ...createPrevious(isNew ? hashSha256(rotation[0] as string) : checkpoint?.digest),
          reason,
        }),
      ];
      this.#recentSigners = [old, signer];
      return sealed.map((jws) => ({ jws, at }));
    } catch (error) {
      throw new AccessError('AUDIT_UNAVAILABLE', 'the checkpoint could not be signed', { cause: error });
    }
  }

  /**
   * The keys that are this writer's: the one that signs, the one before it, and those that signed since the start.
   * Throws AUDIT_UNAVAILABLE when the signer fails.
   */
  async listKeys(): Promise<readonly PublicKey[]> {
    try {
      const signer = await this.#signer({ authority: this.#authority });
      const { predecessor } = signer;
      return [signer, ...(predecessor === undefined ? [] : [predecessor]), ...this.#recentSigners].map(
        ({ publicKey }) => publicKey,
      );
    } catch (error) {
      throw new AccessError('AUDIT_UNAVAILABLE', 'the signer cannot be asked for its key', { cause: error });
    }
  }

  /** Whose key the log goes on under: as its last checkpoint says, else as far as is known here. */
  #findPrevious(signer: Signer, key: string | undefined): Signer {
    const { predecessor } = signer;
    const candidates = [signer, ...(predecessor === undefined ? [] : [predecessor]), ...this.#recentSigners];
    return candidates.find(({ publicKey }) => publicKey.kid === key) ?? this.#recentSigners[0] ?? predecessor ?? signer;
  }
}

function createPrevious(prev: string | undefined): { readonly prev?: string } {
  return prev === undefined ? {} : { prev };
}

/** Whatever else a signer's key says stays here. */
function toAnnouncedKey({ publicKey: { x, kid, alg } }: Signer): PublicKey {
  return publicKeyOf(x, kid, alg);
}

async function signCheckpoint(signer: Signer, checkpoint: Checkpoint): Promise<string> {
  const header = { alg: signer.publicKey.alg, kid: signer.publicKey.kid, typ: checkpointType };
  const input = `${encodeJson(header)}.${encodeJson(checkpoint)}`;
  const signature = await signer.sign(Buffer.from(input));
  if (signature.length !== 64) throw new TypeError('an Ed25519 signature has 64 bytes');
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

function encodeJson(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}
