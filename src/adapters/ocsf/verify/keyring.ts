import { compactVerify } from 'jose';
import { readJwks, readKey, type VerificationKey } from './verification-key.js';
import type { KeyReport } from './report.js';
import type { PlacedCheckpoint } from './signed-checkpoint.js';

/** What a signature is worth: it holds, and its key may sign; it does not hold; or its key may not sign, and why. */
export type SignatureStatus =
  | { readonly is: 'good'; readonly key: VerificationKey }
  | { readonly is: 'bad' }
  | { readonly is: 'refused'; readonly why: string };

interface KeyUse {
  signed: number;
  last?: number;
}

/** A rotation, as far as the key that signed it is not good behind it. */
interface KeyReplacement {
  readonly at: number;
}

/**
 * The public keys that are trusted: those given, and those that a writer announced under a trusted key, for itself.
 * Checkpoints are judged as they come; what a rotation that comes
 * late makes of those before it is told by `announce`.
 */
export class Keyring {
  readonly isEmpty: boolean;
  readonly #given: readonly VerificationKey[];
  readonly #announced = new Map<string, VerificationKey[]>();
  /** By writer and key: the earliest rotation away from it. */
  readonly #replaced = new Map<string, KeyReplacement>();
  /** By the digest of a checkpoint: the keys that were replaced in front of what follows it. */
  readonly #replacedKeysByCheckpoint = new Map<string, ReadonlySet<string>>();
  /** By writer and key: the checkpoints that it signed. */
  readonly #signed = new Map<string, Pick<PlacedCheckpoint, 'claims' | 'position' | 'digest'>[]>();
  readonly #uses = new Map<VerificationKey, KeyUse>();

  private constructor(given: readonly VerificationKey[] | undefined) {
    this.isEmpty = given === undefined;
    this.#given = given ?? [];
  }

  /**
   * Reads a JWK set (RFC 7517). Throws CONFIG_INVALID for what is none, for a private key, and for Ed25519 keys that
   * cannot be used.
   */
  static async fromJwks(jwks: unknown): Promise<Keyring> {
    return new Keyring(await readJwks(jwks));
  }

  static readonly empty = new Keyring(undefined);

  /** Whose key holds a checkpoint's signature, and whether that may. */
  async verify(stamp: PlacedCheckpoint): Promise<SignatureStatus> {
    const {
      kid,
      claims: { authority },
    } = stamp;
    const named = [...this.#given, ...(this.#announced.get(authority) ?? [])].filter((each) => each.kid === kid);
    if (named.length === 0) return { is: 'refused', why: 'its key is unknown' };
    const holding: VerificationKey[] = [];
    for (const each of named) if (await hasValidSignature(stamp, each)) holding.push(each);
    if (holding.length === 0) return { is: 'bad' };
    const wrong = holding.map((each) => this.#findViolation(each, stamp));
    const key = holding[wrong.indexOf(undefined)];
    return key === undefined ? { is: 'refused', why: wrong[0] ?? '' } : { is: 'good', key };
  }

  /**
   * A checkpoint that was read, with the key that is good for it where one is: what follows it knows which keys were
   * replaced.
   */
  follow({ digest, claims, position: place }: PlacedCheckpoint, key?: VerificationKey): void {
    const line = this.#replacedKeysByCheckpoint.get(claims.prev ?? '');
    if (line !== undefined) this.#replacedKeysByCheckpoint.set(digest, line);
    if (key === undefined) return;
    const use = this.#getUse(key);
    use.signed += 1;
    use.last = Math.max(use.last ?? 0, claims.at);
    const name = createKeyName(claims.authority, key.x);
    const known = this.#signed.get(name);
    if (known === undefined) this.#signed.set(name, [{ claims, position: place, digest }]);
    else known.push({ claims, position: place, digest });
  }

  /**
   * Trusts the key that a good checkpoint of reason `rotation` names, for the same writer, and its own no more.
   * Resolves to what was taken for good and is behind it, as where lines
   * come in any order; undefined where no key can be read.
   */
  async announce(
    { digest, claims: { authority, next, at, prev } }: PlacedCheckpoint,
    key: VerificationKey,
  ): Promise<readonly Pick<PlacedCheckpoint, 'claims' | 'position' | 'digest'>[] | undefined> {
    const read = await readKey(next).catch(() => undefined);
    if (read === undefined) return undefined;
    const known = this.#announced.get(authority) ?? [];
    if (!known.some(({ kid, x, nbf }) => kid === read.kid && x === read.x && nbf <= at / 1_000))
      this.#announced.set(authority, [...known, { ...read, nbf: at / 1_000 }]);
    const name = createKeyName(authority, key.x);
    this.#replaced.set(name, { at: Math.min(at, this.#replaced.get(name)?.at ?? at) });
    this.#replacedKeysByCheckpoint.set(
      digest,
      new Set([...(this.#replacedKeysByCheckpoint.get(prev ?? '') ?? []), key.x]),
    );
    const late = this.#signed.get(name)?.filter((each) => each.claims.at > at) ?? [];
    if (late.length > 0)
      this.#signed.set(
        name,
        (this.#signed.get(name) ?? []).filter((each) => !late.includes(each)),
      );
    return late;
  }

  /** The keys that were given, and those announced that signed. */
  get reports(): readonly KeyReport[] {
    const announced = [...this.#announced].flatMap(([authority, keys]) =>
      keys
        .filter(({ x }) => !this.#given.some((each) => each.x === x))
        .map((key) => [{ ...key, authority }, this.#getUse(key)] as const),
    );
    return [
      ...this.#given.map((key) => createKeyReport(key, this.#createUse(key), true)),
      ...announced.map(([key, use]) =>
        createKeyReport({ ...key, exp: this.#findReplacementTime(key.authority, key.x) }, use, false),
      ),
    ];
  }

  /** One that was announced, too, signed under that name. */
  #createUse(key: VerificationKey): KeyUse {
    const same = [...this.#uses].filter(([each]) => each.x === key.x && each.kid === key.kid);
    const last = Math.max(...same.map(([, use]) => use.last ?? 0));
    return { signed: same.reduce((sum, [, use]) => sum + use.signed, 0), ...(last > 0 ? { last } : {}) };
  }

  #findReplacementTime(authority: string, x: string): number {
    const replaced = this.#replaced.get(createKeyName(authority, x));
    return replaced === undefined ? Number.POSITIVE_INFINITY : (replaced.at + 1) / 1_000;
  }

  #getUse(key: VerificationKey): KeyUse {
    const use = this.#uses.get(key) ?? { signed: 0 };
    this.#uses.set(key, use);
    return use;
  }

  /** A key is its bytes: what the set says of them holds for one that was announced, too. */
  #findViolation(key: VerificationKey, { claims: { authority, at, prev } }: PlacedCheckpoint): string | undefined {
    if (
      (this.#replaced.get(createKeyName(authority, key.x))?.at ?? at) < at ||
      this.#replacedKeysByCheckpoint.get(prev ?? '')?.has(key.x) === true
    )
      return 'it is signed with a key that had been replaced';
    const own = findKeyViolation(key, authority, at);
    const same = this.#given.filter(({ x }) => x === key.x);
    if (own !== undefined || same.length === 0) return own;
    const given = same.map((each) => findKeyViolation(each, authority, at));
    return given.includes(undefined) ? undefined : given[0];
  }
}

function findKeyViolation(
  { authority: bound, nbf, exp }: VerificationKey,
  authority: string,
  at: number,
): string | undefined {
  if (bound !== undefined && bound !== authority) return `its key is bound to ${bound}, and it is by ${authority}`;
  return at / 1_000 < nbf || at / 1_000 >= exp ? 'it was made at a time for which its key is not valid' : undefined;
}

async function hasValidSignature({ jws }: PlacedCheckpoint, { key }: VerificationKey): Promise<boolean> {
  try {
    await compactVerify(jws, key, { algorithms: ['Ed25519', 'EdDSA'] });
    return true;
  } catch {
    return false;
  }
}

function createKeyReport(
  { kid, authority, nbf, exp }: VerificationKey,
  { signed, last }: KeyUse,
  given: boolean,
): KeyReport {
  return {
    kid,
    given,
    signed,
    ...(authority === undefined ? {} : { authority }),
    ...(Number.isFinite(nbf) ? { from: Math.round(nbf * 1_000) } : {}),
    ...(Number.isFinite(exp) ? { until: Math.round(exp * 1_000) } : {}),
    ...(last === undefined ? {} : { last }),
  };
}

function createKeyName(authority: string, x: string): string {
  return `${x} ${authority}`;
}
