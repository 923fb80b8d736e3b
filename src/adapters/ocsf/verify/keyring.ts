import { compactVerify } from 'jose';
import { readJwks, readKey, type Key } from './jwks.js';
import type { KeyReport } from './report.js';
import type { Stamp } from './seal.js';

/** What a signature is worth: it holds, and its key may sign; it does not hold; or its key may not sign, and why. */
export type Held = { readonly is: 'good'; readonly key: Key } | { readonly is: 'bad' } | { readonly is: 'refused'; readonly why: string };

interface Use {
  signed: number;
  last?: number;
}

/** A rotation, as far as the key that signed it is not good behind it. */
interface Replaced {
  readonly at: number;
}

/**
 * The public keys that are trusted: those given, and those that a writer announced under a trusted key, for itself. Checkpoints are judged as they come; what a rotation that comes
 * late makes of those before it is told by `announce`.
 */
export class Keyring {
  readonly empty: boolean;
  readonly #given: readonly Key[];
  readonly #announced = new Map<string, Key[]>();
  /** By writer and key: the earliest rotation away from it. */
  readonly #replaced = new Map<string, Replaced>();
  /** By the digest of a checkpoint: the keys that were replaced in front of what follows it. */
  readonly #lines = new Map<string, ReadonlySet<string>>();
  /** By writer and key: the checkpoints that it signed. */
  readonly #signed = new Map<string, Pick<Stamp, 'claims' | 'place'>[]>();
  readonly #uses = new Map<Key, Use>();

  private constructor(given: readonly Key[] | undefined) {
    this.empty = given === undefined;
    this.#given = given ?? [];
  }

  /** Reads a JWK set (RFC 7517). Throws CONFIG_INVALID for what is none, for a private key, and for Ed25519 keys that cannot be used. */
  static async of(jwks: unknown): Promise<Keyring> {
    return new Keyring(await readJwks(jwks));
  }

  static readonly none = new Keyring(undefined);

  /** Whose key holds a checkpoint's signature, and whether that may. */
  async judge(stamp: Stamp): Promise<Held> {
    const { kid, claims: { authority } } = stamp;
    const named = [...this.#given, ...(this.#announced.get(authority) ?? [])].filter((each) => each.kid === kid);
    if (named.length === 0) return { is: 'refused', why: 'its key is unknown' };
    const holding: Key[] = [];
    for (const each of named) if (await holds(stamp, each)) holding.push(each);
    if (holding.length === 0) return { is: 'bad' };
    const wrong = holding.map((each) => this.#wrongWith(each, stamp));
    const key = holding[wrong.indexOf(undefined)];
    return key === undefined ? { is: 'refused', why: wrong[0] ?? '' } : { is: 'good', key };
  }

  /** A checkpoint that was read, with the key that is good for it where one is: what follows it knows which keys were replaced. */
  follow({ digest, claims, place }: Stamp, key?: Key): void {
    const line = this.#lines.get(claims.prev ?? '');
    if (line !== undefined) this.#lines.set(digest, line);
    if (key === undefined) return;
    const use = this.#useOf(key);
    use.signed += 1;
    use.last = Math.max(use.last ?? 0, claims.at);
    const name = nameOf(claims.authority, key.x);
    const known = this.#signed.get(name);
    if (known === undefined) this.#signed.set(name, [{ claims, place }]);
    else known.push({ claims, place });
  }

  /**
   * Trusts the key that a good checkpoint of reason `rotation` names, for the same writer, and its own no more. Resolves to what was taken for good and is behind it, as where lines
   * come in any order; undefined where no key can be read.
   */
  async announce({ digest, claims: { authority, next, at, prev } }: Stamp, key: Key): Promise<readonly Pick<Stamp, 'claims' | 'place'>[] | undefined> {
    const read = await readKey(next).catch(() => undefined);
    if (read === undefined) return undefined;
    const known = this.#announced.get(authority) ?? [];
    if (!known.some(({ kid, x, nbf }) => kid === read.kid && x === read.x && nbf <= at / 1_000)) this.#announced.set(authority, [...known, { ...read, nbf: at / 1_000 }]);
    const name = nameOf(authority, key.x);
    this.#replaced.set(name, { at: Math.min(at, this.#replaced.get(name)?.at ?? at) });
    this.#lines.set(digest, new Set([...(this.#lines.get(prev ?? '') ?? []), key.x]));
    const late = this.#signed.get(name)?.filter((each) => each.claims.at > at) ?? [];
    if (late.length > 0) this.#signed.set(name, (this.#signed.get(name) ?? []).filter((each) => !late.includes(each)));
    return late;
  }

  /** The keys that were given, and those announced that signed. */
  get reports(): readonly KeyReport[] {
    const announced = [...this.#announced].flatMap(([authority, keys]) => keys.filter(({ x }) => !this.#given.some((each) => each.x === x)).map((key) => [{ ...key, authority }, this.#useOf(key)] as const));
    return [
      ...this.#given.map((key) => reportOf(key, this.#givenUse(key), true)),
      ...announced.map(([key, use]) => reportOf({ ...key, exp: this.#endOf(key.authority, key.x) }, use, false)),
    ];
  }

  /** One that was announced, too, signed under that name. */
  #givenUse(key: Key): Use {
    const same = [...this.#uses].filter(([each]) => each.x === key.x && each.kid === key.kid);
    const last = Math.max(...same.map(([, use]) => use.last ?? 0));
    return { signed: same.reduce((sum, [, use]) => sum + use.signed, 0), ...(last > 0 ? { last } : {}) };
  }

  #endOf(authority: string, x: string): number {
    const replaced = this.#replaced.get(nameOf(authority, x));
    return replaced === undefined ? Number.POSITIVE_INFINITY : (replaced.at + 1) / 1_000;
  }

  #useOf(key: Key): Use {
    const use = this.#uses.get(key) ?? { signed: 0 };
    this.#uses.set(key, use);
    return use;
  }

  /** A key is its bytes: what the set says of them holds for one that was announced, too. */
  #wrongWith(key: Key, { claims: { authority, at, prev } }: Stamp): string | undefined {
    if ((this.#replaced.get(nameOf(authority, key.x))?.at ?? at) < at || this.#lines.get(prev ?? '')?.has(key.x) === true) return 'it is signed with a key that had been replaced';
    const own = bindingOf(key, authority, at);
    const same = this.#given.filter(({ x }) => x === key.x);
    if (own !== undefined || same.length === 0) return own;
    const given = same.map((each) => bindingOf(each, authority, at));
    return given.includes(undefined) ? undefined : given[0];
  }
}

function bindingOf({ authority: bound, nbf, exp }: Key, authority: string, at: number): string | undefined {
  if (bound !== undefined && bound !== authority) return `its key is bound to ${bound}, and it is by ${authority}`;
  return at / 1_000 < nbf || at / 1_000 >= exp ? 'it was made at a time for which its key is not valid' : undefined;
}

async function holds({ jws }: Stamp, { key }: Key): Promise<boolean> {
  try {
    await compactVerify(jws, key, { algorithms: ['Ed25519', 'EdDSA'] });
    return true;
  } catch {
    return false;
  }
}

function reportOf({ kid, authority, nbf, exp }: Key, { signed, last }: Use, given: boolean): KeyReport {
  return {
    kid, given, signed, ...(authority === undefined ? {} : { authority }), ...(Number.isFinite(nbf) ? { from: Math.round(nbf * 1_000) } : {}), ...(Number.isFinite(exp) ? { until: Math.round(exp * 1_000) } : {}),
    ...(last === undefined ? {} : { last }),
  };
}

function nameOf(authority: string, x: string): string {
  return `${x} ${authority}`;
}
