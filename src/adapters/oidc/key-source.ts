import { AccessError, isLoopback } from '../../core/index.js';
import { FetchFault, fetchJson } from './fetch-json.js';
import { parseKeySet, type IssuerKeys } from './key-set.js';
import type { OidcSettings } from './options.js';
import { requireSecureUrl } from './secure-url.js';

/** Fetched again behind the caller's back from here on. */
const refreshAfterMs = 300_000;
const maxAgeMs = 600_000;
const cooldownMs = 30_000;
/** While there is no key at all, everybody waits for the first. */
const firstCooldownMs = 2_000;

/** The keys were too old, or a token named a key that is not among them. */
type FetchCause = 'age' | 'key';

export type { IssuerKeys } from './key-set.js';

/**
 * The keys in force, fetched when needed: one fetch at a time, with a pause after each of the same cause, failed or
 * not.
 */
export class KeySource {
  readonly #settings: OidcSettings;
  #keys: IssuerKeys | undefined;
  #published = '';
  #fetchedAt = Number.NEGATIVE_INFINITY;
  /**
   * When a fetch ended last, by what it was for: a rotation right after the first fetch is noticed, and made-up keys
   * cause one fetch per pause.
   */
  readonly #triedAt: Record<FetchCause, number> = { age: Number.NEGATIVE_INFINITY, key: Number.NEGATIVE_INFINITY };
  #fetching: Promise<void> | undefined;
  /** Why the last fetch failed; undefined when it did not. */
  #failure: unknown;

  constructor(settings: OidcSettings) {
    this.#settings = settings;
    if (settings.keys === undefined) return;
    this.#keys = parseKeySet(settings.keys);
    this.#fetchedAt = Number.POSITIVE_INFINITY;
    if (this.#keys.size === 0) throw new AccessError('CONFIG_INVALID', 'oidc: keys holds no key for signatures');
  }

  /**
   * The keys, at most 10 minutes old while the issuer answers, and `staleKeysMs` longer while it does not. Throws
   * IDENTITY_UNAVAILABLE.
   */
  async getKeys(): Promise<IssuerKeys> {
    const refreshed = this.#age() > refreshAfterMs ? this.#refresh('age') : undefined;
    // An issuer that hangs must not hold up everyone whose keys are still good enough.
    if (this.#age() > maxAgeMs && (this.#failure === undefined || !this.#usable())) await refreshed;
    if (this.#keys === undefined || !this.#usable())
      throw new AccessError('IDENTITY_UNAVAILABLE', 'the keys of the issuer cannot be fetched', {
        cause: this.#failure,
      });
    return this.#keys;
  }

  /**
   * Keys other than these, for a token whose key is not among them; the same ones where there are none or it is too
   * soon to ask again.
   */
  async refresh(): Promise<IssuerKeys> {
    if (this.#settings.keys === undefined) await this.#refresh('key');
    return this.getKeys();
  }

  #age(): number {
    return this.#settings.clock.monotonic() - this.#fetchedAt;
  }

  #usable(): boolean {
    return this.#age() <= maxAgeMs + this.#settings.staleKeysMs;
  }

  /** Never rejects: whoever waits looks at what is there afterwards. */
  #refresh(cause: FetchCause): Promise<void> {
    if (this.#fetching !== undefined) return this.#fetching;
    const now = this.#settings.clock.monotonic();
    if (now - this.#triedAt[cause] < (this.#keys === undefined ? firstCooldownMs : cooldownMs))
      return Promise.resolve();
    this.#triedAt[cause] = now;
    this.#fetching = this.#fetch()
      .then(
        () => undefined,
        (error: unknown) => error ?? new Error('no reason was given'),
      )
      .then((failure) => {
        this.#failure = failure;
        this.#fetching = undefined;
        this.#triedAt[cause] = this.#settings.clock.monotonic();
      });
    return this.#fetching;
  }

  async #fetch(): Promise<void> {
    const document = await fetchJson(await this.#url(), this.#settings.fetchTimeoutMs);
    const published = JSON.stringify(document);
    // The same keys stay the same object, so that what was verified with them stays known.
    if (published !== this.#published) this.#keys = parseKeySet(document);
    this.#published = published;
    this.#fetchedAt = this.#settings.clock.monotonic();
  }

  async #url(): Promise<URL> {
    const { issuer, jwksUri, fetchTimeoutMs } = this.#settings;
    if (jwksUri !== undefined) return requireSecureUrl(jwksUri, 'jwksUri');
    const document = await fetchJson(
      new URL(`${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`),
      fetchTimeoutMs,
    );
    const { issuer: named, jwks_uri: found } = (document ?? {}) as {
      readonly issuer?: unknown;
      readonly jwks_uri?: unknown;
    };
    if (named !== issuer || typeof found !== 'string')
      throw new FetchFault('the discovery document is of another issuer');
    const url = requireSecureUrl(found, 'jwks_uri');
    if (isLoopback(url) && !isLoopback(new URL(issuer)))
      throw new FetchFault('the discovery document points into this machine');
    return url;
  }
}
