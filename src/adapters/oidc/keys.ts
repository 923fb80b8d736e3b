import { createLocalJWKSet, type JWTVerifyGetKey } from 'jose';
import { AccessError, type Clock } from '../../core/index.js';
import { fetchJson } from './fetch-json.js';
import { secureUrl, type KeySet, type Settings } from './options.js';

const freshMs = 600_000;
const cooldownMs = 30_000;
/** While there is no key at all, everybody waits for the first. */
const firstCooldownMs = 2_000;

/** The issuer's keys as they were fetched once. A new fetch makes a new one. */
export interface Keys {
  readonly find: JWTVerifyGetKey;
}

/** The keys in force, fetched when needed: one fetch at a time, with a pause after each, failed or not. */
export class KeySource {
  readonly #settings: Settings;
  readonly #clock: Clock;
  #keys: Keys | undefined;
  #fetchedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #fetching: Promise<void> | undefined;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.#clock = settings.clock;
    if (settings.keys !== undefined) {
      this.#keys = keysOf(settings.keys);
      this.#fetchedAt = Number.POSITIVE_INFINITY;
    }
  }

  /** The keys, at most 10 minutes old while the issuer answers, and `staleKeysMs` longer while it does not. Throws IDENTITY_UNAVAILABLE. */
  async current(): Promise<Keys> {
    if (this.#age() > freshMs) await this.#refresh();
    if (this.#keys === undefined || this.#age() > freshMs + this.#settings.staleKeysMs) throw new AccessError('IDENTITY_UNAVAILABLE', 'the keys of the issuer cannot be fetched');
    return this.#keys;
  }

  /** Keys newer than these, for a token whose key is not among them; the same ones where it is too soon to ask again. */
  async newer(): Promise<Keys> {
    if (this.#settings.keys === undefined) await this.#refresh();
    return this.current();
  }

  #age(): number {
    return this.#clock.monotonic() - this.#fetchedAt;
  }

  /** Never rejects: whoever waits looks at what is there afterwards. */
  #refresh(): Promise<void> {
    if (this.#clock.monotonic() - this.#triedAt < (this.#keys === undefined ? firstCooldownMs : cooldownMs)) return this.#fetching ?? Promise.resolve();
    this.#triedAt = this.#clock.monotonic();
    this.#fetching = this.#fetch().catch(() => undefined).finally(() => {
      this.#fetching = undefined;
    });
    return this.#fetching;
  }

  async #fetch(): Promise<void> {
    const keys = keysOf(await fetchJson(await this.#url()));
    this.#keys = keys;
    this.#fetchedAt = this.#clock.monotonic();
  }

  async #url(): Promise<URL> {
    const { issuer, jwksUri } = this.#settings;
    if (jwksUri !== undefined) return new URL(jwksUri);
    const document = await fetchJson(new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`));
    const { issuer: named, jwks_uri: found } = document as { readonly issuer?: unknown; readonly jwks_uri?: unknown };
    if (named !== issuer || typeof found !== 'string') throw new Error('the discovery document is of another issuer');
    return secureUrl(found, 'jwks_uri');
  }
}

/** Public signature keys only: a set that holds a secret or private key was published by mistake and is not used. */
function keysOf(document: unknown): Keys {
  const { keys } = document as KeySet;
  if (!Array.isArray(keys) || keys.length > 200) throw new Error('that is no key set');
  if (keys.some((key: Record<string, unknown>) => key['kty'] === 'oct' || 'd' in key || 'k' in key)) throw new Error('the key set holds a private key');
  const usable = keys.filter((key: Record<string, unknown>) => key['use'] === undefined || key['use'] === 'sig');
  return { find: createLocalJWKSet({ keys: usable }) };
}
