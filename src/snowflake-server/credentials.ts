import { createPublicKey, createHash } from 'node:crypto';
import { compactVerify, createLocalJWKSet, createRemoteJWKSet, jwtVerify, type JSONWebKeySet } from 'jose';
import type { Catalog, User } from './catalog.js';
import { serverErrors } from './server-error.js';
import { getListProperty, getTextProperty } from './account-objects.js';

/** An External OAuth security integration: whose tokens open a session, and as whom. */
export interface Integration {
  readonly issuer: string;
  readonly audience: string | readonly string[];
  /** Keys, or where they are published. */
  readonly jwks: JSONWebKeySet | URL;
  /** Whoever comes in by it is an agent (IS_AGENTIC). */
  readonly agentic?: boolean;
}

/** The `data` of a login request, as far as it is read. */
export interface LoginData {
  readonly LOGIN_NAME?: string;
  readonly PASSWORD?: string;
  readonly AUTHENTICATOR?: string;
  readonly TOKEN?: string;
  readonly PROVIDER?: string;
}

export interface AuthenticatedUser {
  readonly user: User;
  /** The one role that a token is limited to. */
  readonly role?: string;
  /** The session keeps the role it begins with, and has no other: so it is with tokens (error 003107). */
  readonly restricted?: boolean;
  /** By an integration for agents. */
  readonly agentic?: boolean;
  /** Epoch milliseconds; a token's session ends with it. */
  readonly expiresAt?: number;
}

/** Who logs in. Throws Failure with Snowflake's codes. */
export async function authenticate(
  login: LoginData,
  account: string,
  catalog: Catalog,
  integrations: readonly Integration[],
): Promise<AuthenticatedUser> {
  switch ((login.AUTHENTICATOR ?? 'SNOWFLAKE').toUpperCase()) {
    case 'SNOWFLAKE':
      return { user: authenticatePassword(login, catalog) };
    case 'SNOWFLAKE_JWT':
      return { user: await authenticateKeyPair(login, account, catalog) };
    case 'OAUTH':
      return authenticateOAuthToken(login, catalog, [...integrations, ...listSqlIntegrations(catalog, account)]);
    case 'PROGRAMMATIC_ACCESS_TOKEN':
      return authenticateAccessToken(login, catalog);
    case 'WORKLOAD_IDENTITY':
      return { user: await authenticateWorkload(login, catalog) };
    default:
      throw serverErrors.login();
  }
}

function findUser(name: string | undefined, catalog: Catalog): User | undefined {
  return catalog.users.get((name ?? '').toUpperCase());
}

function authenticatePassword({ LOGIN_NAME, PASSWORD }: LoginData, catalog: Catalog): User {
  const user = findUser(LOGIN_NAME, catalog);
  if (
    user?.password === undefined ||
    user.password !== PASSWORD ||
    user.type === 'SERVICE' ||
    user.type === 'SERVICE_AGENT'
  )
    throw serverErrors.login();
  return user;
}

/** A programmatic access token; one of a service user is usually restricted to one role. */
function authenticateAccessToken({ LOGIN_NAME, TOKEN, PASSWORD }: LoginData, catalog: Catalog): AuthenticatedUser {
  const user = findUser(LOGIN_NAME, catalog);
  const given = TOKEN ?? PASSWORD ?? '';
  const known = user?.tokens?.find((each) => (typeof each === 'string' ? each : each.token) === given);
  if (user === undefined || known === undefined) throw serverErrors.login();
  return { user, restricted: true, ...(typeof known === 'string' ? {} : { role: known.role }) };
}

/** Workload identity federation with OpenID Connect: a token of the user's issuer, about its subject, for Snowflake. */
async function authenticateWorkload({ PROVIDER, TOKEN = '' }: LoginData, catalog: Catalog): Promise<User> {
  const { iss, sub } = decodeClaims(TOKEN);
  const user = [...catalog.users.values()].find(
    ({ workload }) => workload?.issuer === iss && workload?.subject === sub,
  );
  if (PROVIDER !== 'OIDC' || user?.workload === undefined) throw serverErrors.login();
  const { issuer, subject, jwks, audience = 'snowflakecomputing.com' } = user.workload;
  await jwtVerify(TOKEN, createLocalJWKSet(jwks), { issuer, subject, audience, requiredClaims: ['exp'] }).catch(() => {
    throw serverErrors.login();
  });
  return user;
}

/** Read, and not believed yet. */
function decodeClaims(token: string): { readonly iss?: string; readonly sub?: string } {
  try {
    return JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString()) as {
      readonly iss?: string;
      readonly sub?: string;
    };
  } catch {
    return {};
  }
}

/** External OAuth integrations that were made by SQL. */
function listSqlIntegrations(catalog: Catalog, account: string): readonly Integration[] {
  return catalog.things.all('SECURITY INTEGRATION').flatMap(([, properties]) => {
    const [issuer, keys] = [
      getTextProperty(properties, 'EXTERNAL_OAUTH_ISSUER'),
      getTextProperty(properties, 'EXTERNAL_OAUTH_JWS_KEYS_URL'),
    ];
    const audience = [
      `https://${account}.snowflakecomputing.com`,
      ...getListProperty(properties, 'EXTERNAL_OAUTH_AUDIENCE_LIST'),
    ];
    return issuer === undefined || keys === undefined || getTextProperty(properties, 'ENABLED') !== 'TRUE'
      ? []
      : [{ issuer, audience, jwks: new URL(keys), agentic: getTextProperty(properties, 'IS_AGENTIC') === 'TRUE' }];
  });
}

function toSeconds(time: number): number {
  return time > 1e11 ? time / 1_000 : time;
}

/**
 * Snowflake's key-pair JWT: `iss` names account, user and the key's SHA-256. The Node driver writes `iat` and `exp` in
 * milliseconds, which jose would take for far away.
 */
async function authenticateKeyPair({ TOKEN = '' }: LoginData, account: string, catalog: Catalog): Promise<User> {
  try {
    const { iss = '', sub } = decodeClaims(TOKEN);
    const user = findUser(sub?.split('.').at(-1), catalog);
    const key = createPublicKey(user?.publicKey ?? '');
    const print = `SHA256:${createHash('sha256')
      .update(key.export({ type: 'spki', format: 'der' }))
      .digest('base64')}`;
    const { payload } = await compactVerify(TOKEN, key, { algorithms: ['RS256'] });
    const { iat = 0, exp = 0 } = JSON.parse(new TextDecoder().decode(payload)) as {
      readonly iat?: number;
      readonly exp?: number;
    };
    const now = Date.now() / 1_000;
    if (user === undefined || sub !== `${account.toUpperCase()}.${user.name}` || iss !== `${sub}.${print}`)
      throw serverErrors.jwt();
    if (toSeconds(exp) < now - 5 || toSeconds(iat) > now + 60 || toSeconds(exp) - toSeconds(iat) > 3_600)
      throw serverErrors.jwt();
    return user;
  } catch {
    throw serverErrors.jwt();
  }
}

/**
 * External OAuth: signature, issuer, audience, time, the user in `sub`, and one role in `scp` (docs.snowflake.com,
 * External OAuth overview).
 */
async function authenticateOAuthToken(
  { TOKEN = '' }: LoginData,
  catalog: Catalog,
  integrations: readonly Integration[],
): Promise<AuthenticatedUser> {
  for (const { issuer, audience, jwks, agentic = false } of integrations) {
    const keys = jwks instanceof URL ? createRemoteJWKSet(jwks) : createLocalJWKSet(jwks);
    const verified = await jwtVerify(TOKEN, keys, {
      issuer,
      audience: [audience].flat(),
      requiredClaims: ['exp', 'sub'],
    }).catch(() => undefined);
    if (verified === undefined) continue;
    const {
      sub,
      scp,
      exp = 0,
    } = verified.payload as { readonly sub?: string; readonly scp?: string | readonly string[]; readonly exp?: number };
    const user = findUser(sub, catalog);
    const scope = [scp ?? []]
      .flat()
      .map((each) => /^session:role:(.+)$/i.exec(each)?.[1])
      .find((each) => each !== undefined);
    if (user === undefined || scope === undefined) throw serverErrors.token('[1]');
    return { user, role: scope.toUpperCase(), restricted: true, agentic, expiresAt: exp * 1_000 };
  }
  throw serverErrors.token('[0]');
}
