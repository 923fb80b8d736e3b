import { AccessError, readOptions, type OptionNames } from '../../core/index.js';
import { makeDirectory } from '../../file-system/make-directory.js';
import { bindKey, publishKey, retireKey } from './jwks-file.js';
import { loadKeys, saveKeys, type StoredKeys } from './key-files.js';
import type { HmacKey } from './options.js';
import {
  jwkSigner,
  newSigningKey,
  readAlgorithm,
  type PrivateKey,
  type SignatureAlgorithm,
  type Signer,
  type SignerRequest,
} from './signer.js';

export interface LocalKeysOptions {
  /** Where `keys.json` (secret, mode 600) and `jwks.json` (public) live; made if missing. One record's only. */
  readonly directory: string;
  /**
   * A signing key is replaced at this age, milliseconds; the new one is announced under the old one. `Infinity`: never.
   * Default 30 days.
   */
  readonly rotateMs?: number;
  /**
   * What checkpoints and `jwks.json` call the signature. Default `EdDSA`: several JOSE libraries refuse the newer
   * `Ed25519`.
   */
  readonly alg?: SignatureAlgorithm;
}

/**
 * Keys of the machine itself: what a quick start needs. Who can write to the directory can sign; keep the signing key
 * elsewhere where that matters.
 */
export interface LocalKeys {
  readonly signer: (asked: SignerRequest) => Promise<Signer>;
  readonly hmac: HmacKey;
  /** Whose record the directory is of, as the last checkpoint had it; absent before the first. */
  readonly authority?: string;
}

const optionNames: OptionNames<LocalKeysOptions> = { directory: true, rotateMs: true, alg: true };

/** Reads the keys of a directory, or makes them. Throws CONFIG_INVALID for files that are no such keys. */
export async function localKeys(options: LocalKeysOptions): Promise<LocalKeys> {
  const {
    directory,
    rotateMs = 30 * 86_400_000,
    alg,
  } = readOptions<LocalKeysOptions>(options, optionNames, 'localKeys');
  if (typeof directory !== 'string' || directory === '')
    throw new AccessError('CONFIG_INVALID', 'localKeys: directory is not set');
  if (typeof rotateMs !== 'number' || !(rotateMs >= 0))
    throw new AccessError('CONFIG_INVALID', 'localKeys: rotateMs must be milliseconds, 0 or more; Infinity is never');
  const algorithm = readAlgorithm(alg);
  await makeDirectory(directory, 'localKeys: directory');
  const stored = await loadKeys(directory);
  const store = new KeyStore({ directory, rotateMs, alg: algorithm }, stored);
  await store.open();
  return {
    hmac: { id: stored.hmac.id, secret: Buffer.from(stored.hmac.secret, 'base64url') },
    signer: (asked) => store.signer(asked),
    ...(stored.authority === undefined ? {} : { authority: stored.authority }),
  };
}

class KeyStore {
  readonly #options: Required<LocalKeysOptions>;
  #stored: StoredKeys;
  /** The key and the writer that `jwks.json` has bound to each other since the start. */
  #boundAuthority = '';

  constructor(options: Required<LocalKeysOptions>, stored: StoredKeys) {
    this.#options = options;
    this.#stored = stored;
  }

  async open(): Promise<void> {
    await publishKey(this.#options.directory, this.#createSigner(this.#stored.signing).publicKey);
  }

  /**
   * The old key stays on disk until the record names the new one: whoever starts after a crash can still announce it.
   */
  async signer({ authority, at }: SignerRequest): Promise<Signer> {
    if (
      at !== undefined &&
      this.#stored.predecessor === undefined &&
      Date.now() - this.#stored.since >= this.#options.rotateMs
    ) {
      // It signs once more: that it is replaced.
      await this.#bind(this.#createSigner(this.#stored.signing), authority, at);
      await this.#replace();
    }
    const { signing, predecessor } = this.#stored;
    const signer = this.#createSigner(signing);
    if (at !== undefined) await this.#bind(signer, authority, at);
    return predecessor === undefined
      ? signer
      : {
          ...signer,
          predecessor: { ...this.#createSigner(predecessor), retire: (last) => this.#retire(signer, last) },
        };
  }

  async #replace(): Promise<void> {
    await this.#save({
      ...this.#stored,
      signing: newSigningKey(),
      since: Date.now(),
      bound: true,
      predecessor: this.#stored.signing,
    });
    await this.open();
  }

  /**
   * Before it signs for a writer, the set says so. What a key signed before there were bindings is not known: it gets
   * none.
   */
  async #bind({ publicKey }: Signer, authority: string, at: number): Promise<void> {
    if (this.#boundAuthority === `${publicKey.kid} ${authority}`) return;
    if (this.#stored.bound === true) await publishKey(this.#options.directory, publicKey, bindKey(authority, at));
    if (this.#stored.authority !== authority) await this.#save({ ...this.#stored, authority });
    this.#boundAuthority = `${publicKey.kid} ${authority}`;
  }

  /** What is published comes first: once the key is gone nobody knows that it has to be told. */
  async #retire(signer: Signer, at: number): Promise<void> {
    const { predecessor, ...rest } = this.#stored;
    if (predecessor === undefined || this.#createSigner(rest.signing).publicKey.kid !== signer.publicKey.kid) return;
    await publishKey(this.#options.directory, this.#createSigner(predecessor).publicKey, retireKey(at));
    await this.#save(rest);
  }

  #createSigner(key: PrivateKey): Signer {
    return jwkSigner({ ...key, alg: this.#options.alg });
  }

  async #save(next: StoredKeys): Promise<void> {
    await saveKeys(this.#options.directory, next);
    this.#stored = next;
  }
}
