import type { RecordFormat } from '../../core/index.js';
import { createFormat } from './record-format.js';
import { resolveSettings, type OcsfOptions } from './options.js';

export type { HmacKey, OcsfOptions, OcsfVersion, RecordLevel } from './options.js';
export { localKeys, type LocalKeys, type LocalKeysOptions } from './local-keys.js';
export {
  jwkSigner,
  newSigningKey,
  publicKey,
  type Predecessor,
  type PrivateKey,
  type PublicKey,
  type SignatureAlgorithm,
  type Signer,
  type SignerRequest,
} from './signer.js';
export type { Checkpoint } from './checkpoint.js';
export type { OcsfEvent, OcsfEventOf } from './event.js';
export { eventSchema } from './event-schema.js';
export type { SqlText } from './sql-texts.js';
export { verifier, type VerificationReport, type Verifier, type VerifyOptions } from './verify/index.js';

/**
 * The record in OCSF (schema.ocsf.io), one chain per process start: each event carries the SHA-256 of its RFC 8785 form
 * and of the one before it,
 * and a signer's checkpoints say how far the chain goes. Throws CONFIG_INVALID.
 */
export function ocsf(options: OcsfOptions = {}): RecordFormat {
  const { map, checkpointSigner } = resolveSettings(options);
  return createFormat(map, checkpointSigner);
}
