import { createPublicKey, createHash } from 'node:crypto';
import { compactVerify, createLocalJWKSet, createRemoteJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import type { Catalog, User } from './catalog.js';
import { failures } from './failure.js';

/** An External OAuth security integration: whose tokens open a session, and as whom. */
export interface Integration {
  readonly issuer: string;
  readonly audience: string;
  /** Keys, or where they are published. */
  readonly jwks: JSONWebKeySet | URL;
}

/** The `data` of a login request, as far as it is read. */
export interface Login {
  readonly LOGIN_NAME?: string;
  readonly PASSWORD?: string;
  readonly AUTHENTICATOR?: string;
  readonly TOKEN?: string;
}

export interface Proven {
  readonly user: User;
  /** The one role that a token is limited to. */
  readonly role?: string;
  /** Epoch milliseconds; a token's session ends with it. */
  readonly expiresAt?: number;
}

/** Who logs in. Throws Failure with Snowflake's codes. */
export async function proven(login: Login, account: string, catalog: Catalog, integrations: readonly Integration[]): Promise<Proven> {
  switch ((login.AUTHENTICATOR ?? 'SNOWFLAKE').toUpperCase()) {
    case 'SNOWFLAKE':
      return { user: byPassword(login, catalog) };
    case 'SNOWFLAKE_JWT':
      return { user: await byKeyPair(login, account, catalog) };
    case 'OAUTH':
      return byToken(login, catalog, integrations);
    case 'PROGRAMMATIC_ACCESS_TOKEN':
      return { user: byAccessToken(login, catalog) };
    default:
      throw failures.login();
  }
}

function named(name: string | undefined, catalog: Catalog): User | undefined {
  return catalog.users.get((name ?? '').toUpperCase());
}

function byPassword({ LOGIN_NAME, PASSWORD }: Login, catalog: Catalog): User {
  const user = named(LOGIN_NAME, catalog);
  if (user?.password === undefined || user.password !== PASSWORD) throw failures.login();
  return user;
}

function byAccessToken({ LOGIN_NAME, TOKEN, PASSWORD }: Login, catalog: Catalog): User {
  const user = named(LOGIN_NAME, catalog);
  if (user?.tokens?.includes(TOKEN ?? PASSWORD ?? '') !== true) throw failures.login();
  return user;
}

function seconds(time: number): number {
  return time > 1e11 ? time / 1_000 : time;
}

/** Snowflake's key-pair JWT: `iss` names account, user and the key's SHA-256. The Node driver writes `iat` and `exp` in milliseconds, which jose would take for far away. */
async function byKeyPair({ TOKEN = '' }: Login, account: string, catalog: Catalog): Promise<User> {
  try {
    const { iss = '', sub } = JSON.parse(Buffer.from(TOKEN.split('.')[1] ?? '', 'base64url').toString()) as { readonly iss?: string; readonly sub?: string };
    const user = named(sub?.split('.').at(-1), catalog);
    const key = createPublicKey(user?.publicKey ?? '');
    const print = `SHA256:${createHash('sha256').update(key.export({ type: 'spki', format: 'der' })).digest('base64')}`;
    const { payload } = await compactVerify(TOKEN, key, { algorithms: ['RS256'] });
    const { iat = 0, exp = 0 } = JSON.parse(new TextDecoder().decode(payload)) as { readonly iat?: number; readonly exp?: number };
    const now = Date.now() / 1_000;
    if (user === undefined || sub !== `${account.toUpperCase()}.${user.name}` || iss !== `${sub}.${print}`) throw failures.jwt();
    if (seconds(exp) < now - 5 || seconds(iat) > now + 60 || seconds(exp) - seconds(iat) > 3_600) throw failures.jwt();
    return user;
  } catch {
    throw failures.jwt();
  }
}

/** External OAuth: signature, issuer, audience, time, the user in `sub`, and one role in `scp` (docs.snowflake.com, External OAuth overview). */
async function byToken({ TOKEN = '' }: Login, catalog: Catalog, integrations: readonly Integration[]): Promise<Proven> {
  for (const { issuer, audience, jwks } of integrations) {
    const keys = jwks instanceof URL ? createRemoteJWKSet(jwks) : createLocalJWKSet(jwks);
    const verified = await jwtVerify(TOKEN, keys, { issuer, audience, requiredClaims: ['exp', 'sub'] }).catch(() => undefined);
    if (verified === undefined) continue;
    const { sub, scp, exp = 0 } = verified.payload as { readonly sub?: string; readonly scp?: string | readonly string[]; readonly exp?: number };
    const user = named(sub, catalog);
    const scope = [scp ?? []].flat().map((each) => /^session:role:(.+)$/i.exec(each)?.[1]).find((each) => each !== undefined);
    if (user === undefined || scope === undefined) throw failures.token('[1]');
    return { user, role: scope.toUpperCase(), expiresAt: exp * 1_000 };
  }
  throw failures.token('[0]');
}
