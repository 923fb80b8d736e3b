import * as oauth from 'oauth4webapi';
import { pageUrl, type Settings } from './settings.js';

/** Somebody who has signed in. The token is kept in memory only, and so is gone with the page. */
export interface SignedIn {
  readonly token: string;
  /** Epoch milliseconds by this machine's clock; absent where the provider does not say. */
  readonly endsAt?: number;
  readonly name: string;
  /** Where they were when they left to sign in. */
  readonly returnHash: string;
}

/** What must outlive the way to the provider and back. */
interface PendingSignIn {
  readonly verifier: string;
  readonly state: string;
  readonly nonce: string;
  readonly returnHash: string;
}

const storageKey = 'sallyport.sign-in';

/** True where the provider has sent somebody back to this page. */
export function isSignInCallback(): boolean {
  const given = new URLSearchParams(location.search);
  return given.has('code') || given.has('error');
}

/**
 * Leaves for the provider: authorization code with PKCE (RFC 7636), `state` and `nonce`. `again` makes it ask who it
 * is, whoever it remembers.
 */
export async function startSignIn(settings: Settings, again: boolean): Promise<void> {
  const { authorization_endpoint: endpoint } = await discoverProvider(settings);
  if (endpoint === undefined) throw new Error('the provider names no authorization endpoint');
  const left: PendingSignIn = {
    verifier: oauth.generateRandomCodeVerifier(),
    state: oauth.generateRandomState(),
    nonce: oauth.generateRandomNonce(),
    returnHash: location.hash,
  };
  const url = new URL(endpoint);
  const asked = {
    client_id: settings.clientId,
    response_type: 'code',
    redirect_uri: pageUrl,
    scope: `openid ${settings.scope}`,
    state: left.state,
    nonce: left.nonce,
    code_challenge: await oauth.calculatePKCECodeChallenge(left.verifier),
    code_challenge_method: 'S256',
    ...createResourceParameter(settings),
    ...(again ? { prompt: 'login' } : {}),
  };
  for (const [name, value] of Object.entries(asked)) url.searchParams.set(name, value);
  sessionStorage.setItem(storageKey, JSON.stringify(left));
  location.assign(url);
}

/**
 * Makes a token of what the provider sent back; checks `state`, `iss` (RFC 9207) and `nonce`. Whatever comes of it,
 * nothing stays behind in the address or in storage. Throws where it is not in order.
 */
export async function completeSignIn(settings: Settings): Promise<SignedIn> {
  const given = new URLSearchParams(location.search);
  const left = JSON.parse(sessionStorage.getItem(storageKey) ?? 'null') as PendingSignIn | null;
  sessionStorage.removeItem(storageKey);
  history.replaceState(null, '', pageUrl + (left?.returnHash ?? ''));
  if (left === null) throw new Error('it was not begun in this tab');
  const server = await discoverProvider(settings);
  const client: oauth.Client = { client_id: settings.clientId };
  const answer = oauth.validateAuthResponse(server, client, given, left.state);
  const response = await oauth.authorizationCodeGrantRequest(
    server,
    client,
    oauth.None(),
    answer,
    pageUrl,
    left.verifier,
    { ...createHttpOptions(settings), additionalParameters: createResourceParameter(settings) },
  );
  const tokens = await oauth.processAuthorizationCodeResponse(server, client, response, {
    expectedNonce: left.nonce,
    requireIdToken: true,
  });
  const claims = oauth.getValidatedIdTokenClaims(tokens);
  return {
    token: tokens.access_token,
    ...(tokens.expires_in === undefined ? {} : { endsAt: Date.now() + tokens.expires_in * 1_000 }),
    returnHash: left.returnHash,
    name: typeof claims?.['name'] === 'string' ? claims['name'] : (claims?.sub ?? ''),
  };
}

async function discoverProvider(settings: Settings): Promise<oauth.AuthorizationServer> {
  const issuer = new URL(settings.issuer);
  return oauth.processDiscoveryResponse(issuer, await oauth.discoveryRequest(issuer, createHttpOptions(settings)));
}

/** Which audience the token is for (RFC 8707), where the provider must be told. */
function createResourceParameter({ resource }: Settings): Readonly<Record<string, string>> {
  return resource === undefined ? {} : { resource };
}

/** The mount takes an issuer over plain http on this very machine only. */
function createHttpOptions({ issuer }: Settings): { readonly [oauth.allowInsecureRequests]: boolean } {
  return { [oauth.allowInsecureRequests]: issuer.startsWith('http:') };
}
