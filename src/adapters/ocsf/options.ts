import { createHmac, createSecretKey, hkdfSync, randomBytes } from 'node:crypto';
import { hostname } from 'node:os';
import { AccessError, packageVersion, readOptions, type OptionNames } from '../../core/index.js';
import { Notary } from './checkpoint.js';
import type { MapSettings } from './settings.js';
import type { Signer, SignerRequest } from './signer.js';

/** What the SIEM reads. Amazon Security Lake and most parsers want 1.1.0, Splunk's add-on up to 1.3.0. */
export type OcsfVersion = MapSettings['version'];

/** How much of a statement may stand in the record: nothing of its text, the text with each literal as `?`, or also the text itself, kept apart. */
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
  /** Makes `sql_hmac`, by which equal statements are found: a plain digest of short SQL could be guessed. Default a random key, good for this process start only. */
  readonly hmac?: HmacKey;
  /** The most that is recorded, whatever the policy says. Default `full`. */
  readonly level?: RecordLevel;
  /** `metadata.tenant_uid`. */
  readonly tenant?: string;
}

export interface Settings {
  readonly map: MapSettings;
  readonly notary?: Notary;
}

const versions: ReadonlySet<string> = new Set<OcsfVersion>(['1.9.0', '1.8.0', '1.3.0', '1.1.0']);
const levels: ReadonlySet<string> = new Set<RecordLevel>(['metadata', 'redacted', 'full']);

const hmacNames: OptionNames<HmacKey> = { id: true, secret: true };
const names: OptionNames<OcsfOptions> = { version: true, authority: true, signer: true, hmac: hmacNames, level: true, tenant: true };

/** The options with their defaults. Throws CONFIG_INVALID. */
export function settingsOf(given: OcsfOptions): Settings {
  const options = readOptions<OcsfOptions>(given, names, 'ocsf');
  const { version = '1.9.0', authority = nameOf(hostname()), signer, hmac, level = 'full', tenant } = options;
  if (!versions.has(version)) throw invalid(`version must be one of ${[...versions].join(', ')}`);
  if (!levels.has(level)) throw invalid(`level must be one of ${[...levels].join(', ')}`);
  if (!/^[A-Za-z0-9][\w.-]{0,62}$/.test(authority)) throw invalid('authority must be a letter or digit, then up to 62 letters, digits, ".", "_" or "-"');
  if (hmac !== undefined && (!/^[\w-]{1,32}$/.test(hmac.id) || !(hmac.secret instanceof Uint8Array) || hmac.secret.length < 32)) throw invalid('hmac needs an id and a secret of at least 32 bytes');
  const map: MapSettings = {
    version, authority, level, productVersion: packageVersion,
    hmac: hmacWith(hmac ?? { id: `once-${randomBytes(4).toString('hex')}`, secret: randomBytes(32) }),
    ...(tenant === undefined ? {} : { tenant }),
    ...(hmac === undefined ? {} : { mac: macWith(hmac) }),
  };
  if (signer === undefined) return { map };
  return { map, notary: new Notary(authority, typeof signer === 'function' ? signer : () => signer) };
}

/** An intent and its outcome have the same digest, and so has a statement that is asked again. */
const mostKept = 1_024;

function hmacWith({ id, secret }: HmacKey): (digest: string) => string {
  const key = createSecretKey(secret);
  const kept = new Map<string, string>();
  return (digest) => {
    const known = kept.get(digest);
    if (known !== undefined) return known;
    const made = `${id}:${createHmac('sha256', key).update(digest).digest('hex')}`;
    if (kept.size >= mostKept) kept.clear();
    kept.set(digest, made);
    return made;
  };
}

/** Under a key of its own (HKDF, RFC 5869), so that no value in the record says anything of it. */
function macWith({ secret }: HmacKey): (text: string) => string {
  const key = createSecretKey(Buffer.from(hkdfSync('sha256', secret, '', 'sallyport writer note', 32)));
  return (text) => createHmac('sha256', key).update(text).digest('hex');
}

function nameOf(host: string): string {
  return host.replaceAll(/[^\w.-]/g, '-').replace(/^[^A-Za-z0-9]+/, '').slice(0, 63) || 'host';
}

function invalid(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `ocsf: ${message}`);
}
