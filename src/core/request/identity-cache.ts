import type { Clock } from '../async/clock.js';
import type { Identity } from '../model.js';
import type { Credential } from '../ports.js';

interface CachedIdentity {
  readonly scheme: string;
  readonly token: string;
  readonly identity: Identity;
  readonly at: number;
  counted: boolean;
}

const maxAgeMs = 10_000;

const originals = new WeakMap<Credential, Credential>();

/** A copy that is remembered as the credential it was made from. */
export function copyCredential(credential: Credential): Credential {
  const copy = { ...credential };
  if (typeof credential === 'object' && credential !== null)
    originals.set(copy, originals.get(credential) ?? credential);
  return copy;
}

/**
 * Who was identified a moment ago by the very same object: a mount asks who calls before it reads a body, and then asks
 * for the work. No request from
 * outside can name an object, so that nobody is taken for somebody else; one whose token was changed meanwhile counts
 * for nothing.
 */
export class IdentityCache {
  readonly #clock: Clock;
  readonly #known = new WeakMap<Credential, CachedIdentity>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  set(credential: Credential, identity: Identity): void {
    const { scheme, token } = credential;
    this.#known.set(originals.get(credential) ?? credential, {
      scheme,
      token,
      identity,
      at: this.#clock.monotonic(),
      counted: true,
    });
  }

  /** Undefined after ten seconds. */
  get(credential: Credential): Identity | undefined {
    return this.#find(credential)?.identity;
  }

  /** Whether the asking was counted already: true once, for the request that it was for. */
  takeCounted(credential: Credential): boolean {
    const known = this.#find(credential);
    if (known?.counted !== true) return false;
    known.counted = false;
    return true;
  }

  #find(credential: Credential): CachedIdentity | undefined {
    const known = this.#known.get(originals.get(credential) ?? credential);
    return known !== undefined &&
      known.token === credential.token &&
      known.scheme === credential.scheme &&
      this.#clock.monotonic() - known.at < maxAgeMs
      ? known
      : undefined;
  }
}
