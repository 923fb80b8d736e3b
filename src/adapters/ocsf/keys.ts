import { AccessError, readOptions, type OptionNames } from '../../core/index.js';
import { makeDirectory } from '../../files/make-directory.js';
import { loadKeys, saveKeys, type Stored } from './key-files.js';
import type { HmacKey } from './options.js';
import { jwkSigner, newSigningKey, type Signer } from './signer.js';

export interface LocalKeysOptions {
  /** Where `keys.json` (secret, mode 600) and `jwks.json` (public) live; made if missing. One record's only. */
  readonly directory: string;
  /** A signing key is replaced at this age, milliseconds; the new one is announced under the old one. `Infinity`: never. Default 30 days. */
  readonly rotateMs?: number;
}

/** Keys of the machine itself: what a quick start needs. Who can write to the directory can sign; keep the signing key elsewhere where that matters. */
export interface LocalKeys {
  readonly signer: () => Promise<Signer>;
  readonly hmac: HmacKey;
}

const names: OptionNames<LocalKeysOptions> = { directory: true, rotateMs: true };

/** Reads the keys of a directory, or makes them. Throws CONFIG_INVALID for files that are no such keys. */
export async function localKeys(options: LocalKeysOptions): Promise<LocalKeys> {
  const { directory, rotateMs = 30 * 86_400_000 } = readOptions<LocalKeysOptions>(options, names, 'localKeys');
  if (typeof directory !== 'string' || directory === '') throw new AccessError('CONFIG_INVALID', 'localKeys: directory is not set');
  if (typeof rotateMs !== 'number' || !(rotateMs >= 0)) throw new AccessError('CONFIG_INVALID', 'localKeys: rotateMs must be milliseconds, 0 or more; Infinity is never');
  await makeDirectory(directory, 'localKeys: directory');
  let stored = await loadKeys(directory);
  const save = async (next: Stored): Promise<void> => {
    await saveKeys(directory, next);
    stored = next;
  };
  const retire = async (kid: string): Promise<void> => {
    const { predecessor, ...rest } = stored;
    if (predecessor !== undefined && jwkSigner(rest.signing).publicKey.kid === kid) await save(rest);
  };
  return {
    hmac: { id: stored.hmac.id, secret: Buffer.from(stored.hmac.secret, 'base64url') },
    async signer() {
      // The old one stays on disk until the record names the new one: whoever starts after a crash can still announce it.
      if (stored.predecessor === undefined && Date.now() - stored.since >= rotateMs) await save({ ...stored, signing: newSigningKey(), since: Date.now(), predecessor: stored.signing });
      const { signing, predecessor } = stored;
      const signer = jwkSigner(signing);
      return predecessor === undefined ? signer : { ...signer, predecessor: { ...jwkSigner(predecessor), retire: () => retire(signer.publicKey.kid) } };
    },
  };
}
