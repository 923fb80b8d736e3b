import { readFile } from 'node:fs/promises';
import { AccessError, readOptions, type OptionNames } from '../../core/index.js';
import type { DriverLogin } from './driver/api.js';
import { createTokenIssuer, type ExternalOAuth, type TokenIssuer } from './external-oauth.js';
import { decryptPrivateKey } from './private-key.js';

type MaybePromise<T> = T | Promise<T>;

/** A value, or what gives it for a Snowflake user each time one logs in. */
export type Secret = string | ((user: string) => MaybePromise<string>);

/** How a Snowflake user logs in; exactly one. There is none by password. */
export type SnowflakeCredential =
  /** PKCS#8 PEM, itself or in a file, with its passphrase where it is encrypted. */
  | {
      readonly keyPair:
        | { readonly privateKey: Secret; readonly passphrase?: Secret }
        | { readonly path: string; readonly passphrase?: Secret };
    }
  /** An access token of Snowflake OAuth or External OAuth. */
  | { readonly oauth: { readonly token: Secret } }
  /** A programmatic access token. */
  | { readonly accessToken: Secret }
  /** The identity of the workload itself, as its cloud proves it; `token` with `OIDC` only. */
  | { readonly workloadIdentity: { readonly provider: 'AWS' | 'AZURE' | 'GCP' | 'OIDC'; readonly token?: Secret } }
  /** A token that is signed here for one user, one role and the time of one grant. Nothing stands. */
  | { readonly externalOAuth: ExternalOAuth };

/** Who logs in, as what, until when at most. */
export interface LoginRequest {
  readonly user: string;
  readonly role: string;
  /** Epoch milliseconds. */
  readonly expiresAt: number;
}

/** Makes the driver's options for a login. */
export interface CredentialProvider {
  createLogin(who: LoginRequest): Promise<Omit<DriverLogin, 'account'>>;
  /** The keys to check minted tokens with, where tokens are minted. */
  readonly tokenIssuer?: TokenIssuer;
}

type CredentialKinds = { readonly [Kind in SnowflakeCredential as keyof Kind]: Kind[keyof Kind] };
type KeyPair = CredentialKinds['keyPair'];

const keyPairNames: OptionNames<Extract<KeyPair, { privateKey: unknown }> & Extract<KeyPair, { path: unknown }>> = {
  privateKey: true,
  path: true,
  passphrase: true,
};
const credentialNames: OptionNames<CredentialKinds> = {
  keyPair: keyPairNames,
  oauth: { token: true } satisfies OptionNames<CredentialKinds['oauth']>,
  accessToken: true,
  workloadIdentity: { provider: true, token: true } satisfies OptionNames<CredentialKinds['workloadIdentity']>,
  externalOAuth: {
    issuer: true,
    audience: true,
    signingKey: true,
    algorithm: true,
  } satisfies OptionNames<ExternalOAuth>,
};

/** Throws CONFIG_INVALID for a credential that is none, or more than one. */
export function createCredentialProvider(given: SnowflakeCredential, what: string): CredentialProvider {
  const credential = readOptions<object>(given, credentialNames, `snowflake: ${what}`) as SnowflakeCredential;
  if (Object.keys(credential).length !== 1)
    throw new AccessError(
      'CONFIG_INVALID',
      `snowflake: ${what} must be exactly one of keyPair, oauth, accessToken, workloadIdentity, externalOAuth`,
    );
  if ('externalOAuth' in credential) return createOAuthProvider(createTokenIssuer(credential.externalOAuth));
  if ('keyPair' in credential) return createKeyPairProvider(credential.keyPair);
  if ('oauth' in credential)
    return {
      createLogin: async ({ user }) => ({
        username: user,
        authenticator: 'OAUTH',
        token: await resolveSecret(credential.oauth.token, user, what),
      }),
    };
  if ('accessToken' in credential)
    return {
      createLogin: async ({ user }) => ({
        username: user,
        authenticator: 'PROGRAMMATIC_ACCESS_TOKEN',
        token: await resolveSecret(credential.accessToken, user, what),
      }),
    };
  if ('workloadIdentity' in credential) return createWorkloadProvider(credential.workloadIdentity, what);
  throw new AccessError('CONFIG_INVALID', `snowflake: ${what} is of no kind that is known`);
}

function createOAuthProvider(minter: TokenIssuer): CredentialProvider {
  return {
    tokenIssuer: minter,
    createLogin: async (who) => ({ username: who.user, authenticator: 'OAUTH', token: await minter.issueToken(who) }),
  };
}

function createKeyPairProvider(
  given: Extract<SnowflakeCredential, { keyPair: unknown }>['keyPair'],
): CredentialProvider {
  return {
    createLogin: async ({ user }) => {
      const privateKey =
        'path' in given
          ? await readFile(given.path, 'utf8')
          : await resolveSecret(given.privateKey, user, 'keyPair.privateKey');
      const privateKeyPass =
        given.passphrase === undefined ? undefined : await resolveSecret(given.passphrase, user, 'keyPair.passphrase');
      return {
        username: user,
        authenticator: 'SNOWFLAKE_JWT',
        privateKey: decryptPrivateKey(privateKey, privateKeyPass),
      };
    },
  };
}

function createWorkloadProvider(
  { provider, token }: Extract<SnowflakeCredential, { workloadIdentity: unknown }>['workloadIdentity'],
  what: string,
): CredentialProvider {
  return {
    createLogin: async ({ user }) => ({
      username: user,
      authenticator: 'WORKLOAD_IDENTITY',
      workloadIdentityProvider: provider,
      ...(token === undefined ? {} : { token: await resolveSecret(token, user, what) }),
    }),
  };
}

async function resolveSecret(secret: Secret, user: string, what: string): Promise<string> {
  const value = typeof secret === 'string' ? secret : await secret(user);
  // The driver would fall back on other ways to log in.
  if (typeof value !== 'string' || value === '')
    throw new AccessError('ENGINE_UNAVAILABLE', undefined, { detail: { step: 'credential', credential: what } });
  return value;
}
