import { createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { AccessError, packageVersion, readOptions, type OptionNames } from '../../core/index.js';
import { CheckpointSigner } from './checkpoint.js';
import type { MapSettings } from './map-settings.js';
import type { Signer, SignerRequest } from './signer.js';

/** What the SIEM reads. Amazon Security Lake and most parsers want 1.1.0, Splunk's add-on up to 1.3.0. */
export type OcsfVersion = MapSettings['version'];

/**
 * How much of a statement may stand in the record: nothing of its text, the text with each literal as `?`, or also the
 * text itself, kept apart.
 */
export type RecordLevel = MapSettings['level'];

export interface HmacKey {
  /** Stands before each value, so that a key can be replaced. */
  readonly id: string;
  /** At least 32 bytes. */
  readonly secret: Uint8Array;
}

export interface OcsfOptions {
  /** Default `1.9.0`. */
  readonly version?: OcsfVersion;
  /** The writer's name in chains and checkpoints: letters, digits, `.`, `_`, `-`. Default the host's name. */
  readonly authority?: string;
  /** Signs checkpoints; asked before each, so that it can change the key. Without one there are none. */
  readonly signer?: Signer | ((asked: SignerRequest) => Signer | Promise<Signer>);
  /**
   * Makes `sql_hmac`, by which equal statements are found: a plain digest of short SQL could be guessed. Default a
   * random key, good for this process start only.
   */
  readonly hmac?: HmacKey;
  /** The most that is recorded, whatever the policy says. Default `full`. */
  readonly level?: RecordLevel;
  /** `metadata.tenant_uid`. */
  readonly tenant?: string;
}

export interface OcsfSettings {
  readonly map: MapSettings;
  readonly checkpointSigner?: CheckpointSigner;
}

const versions: ReadonlySet<string> = new Set<OcsfVersion>(['1.9.0', '1.8.0', '1.3.0', '1.1.0']);
const levels: ReadonlySet<string> = new Set<RecordLevel>(['metadata', 'redacted', 'full']);

const hmacNames: OptionNames<HmacKey> = { id: true, secret: true };
const optionNames: OptionNames<OcsfOptions> = {
  version: true,
  authority: true,
  signer: true,
  hmac: hmacNames,
  level: true,
  tenant: true,
};

/** The options with their defaults. Throws CONFIG_INVALID. */
export function resolveSettings(given: OcsfOptions): OcsfSettings {
  const options = readOptions<OcsfOptions>(given, optionNames, 'ocsf');
  const { version = '1.9.0', authority = createAuthority(hostname()), signer, hmac, level = 'full', tenant } = options;
  if (!versions.has(version)) throw createConfigError(`version must be one of ${[...versions].join(', ')}`);
  if (!levels.has(level)) throw createConfigError(`level must be one of ${[...levels].join(', ')}`);
  if (!/^[A-Za-z0-9][\w.-]{0,62}$/.test(authority))
    throw createConfigError('authority must be a letter or digit, then up to 62 letters, digits, ".", "_" or "-"');
  if (
    hmac !== undefined &&
    (!/^[\w-]{1,32}$/.test(hmac.id) || !(hmac.secret instanceof Uint8Array) || hmac.secret.length < 32)
  )
    throw createConfigError('hmac needs an id and a secret of at least 32 bytes');
  const map: MapSettings = {
    version,
    authority,
    level,
    productVersion: packageVersion,
    hmac: createDigestHmac(hmac ?? { id: `once-${randomBytes(4).toString('hex')}`, secret: randomBytes(32) }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(hmac === undefined ? {} : { mac: createNoteMac(hmac) }),
  };
  if (signer === undefined) return { map };
  return {
    map,
    checkpointSigner: new CheckpointSigner(authority, typeof signer === 'function' ? signer : () => signer),
  };
}

/** An intent and its outcome have the same digest, and so has a statement that is asked again. */
const maxCachedHmacs = 1_024;

function createDigestHmac({ id, secret }: HmacKey): (digest: string) => string {
  const key = createSecretKey(secret);
  const kept = new Map<string, string>();
  return (digest) => {
    const known = kept.get(digest);
    if (known !== undefined) return known;
    const made = `${id}:${createHmac('sha256', key).update(digest).digest('hex')}`;
    if (kept.size >= maxCachedHmacs) kept.clear();
    kept.set(digest, made);
    return made;
  };
}

/** Under a key of its own (HKDF, RFC 5869), so that no value in the record says anything of it. */
function createNoteMac({ secret }: HmacKey): (text: string) => string {
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'sallyport writer note', 32)));
  return (text) => createHmac('sha256', key).update(text).digest('hex');
}

function createAuthority(host: string): string {
  return (
    host
      .replaceAll(/[^\w.-]/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 63) || 'host'
  );
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `ocsf: ${message}`);
}
