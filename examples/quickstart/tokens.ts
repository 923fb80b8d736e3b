import { createHash, randomBytes } from 'node:crypto';
import { reviewClient, type Agent } from './directory.js';

export interface IssuedToken {
  readonly value: string;
  readonly claims: Readonly<Record<string, unknown>>;
}

/** An agent's own token (RFC 6749 §4.4): nobody stands behind it but the agent. */
export async function clientCredentialsToken(issuer: string, agent: Agent): Promise<IssuedToken> {
  return tokenFrom(issuer, agent, { grant_type: 'client_credentials', scope: 'jit' });
}

/**
 * Signs `person` in as a browser would (code + PKCE, RFC 7636) and exchanges the code: a token of the person in the
 * agent's hands.
 */
export async function tokenOnBehalfOf(
  issuer: string,
  agent: Agent,
  person: string,
  redirectUri: string,
): Promise<IssuedToken> {
  return signedIn(issuer, agent, person, redirectUri);
}

/** The same without an agent: a person's own token, for reviewing. */
export async function reviewerToken(issuer: string, person: string, redirectUri: string): Promise<IssuedToken> {
  return signedIn(issuer, reviewClient, person, redirectUri);
}

async function signedIn(issuer: string, client: Client, person: string, redirectUri: string): Promise<IssuedToken> {
  const verifier = randomBytes(32).toString('base64url');
  const answer = await signIn(authorizationUrl(issuer, client, redirectUri, verifier), person, redirectUri);
  const code = answer.get('code') ?? fail(answer);
  return tokenFrom(issuer, client, {
    grant_type: 'authorization_code',
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
  });
}

/** Whoever asks for tokens: an agent with its secret, or a public client. */
type Client = Pick<Agent, 'id'> & { readonly secret?: string; readonly scope?: string };

/** Where a browser begins to sign in for this agent. */
export function authorizationUrl(
  issuer: string,
  { id, scope = 'jit' }: Client,
  redirectUri: string,
  verifier: string,
): string {
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const question = new URLSearchParams({
    client_id: id,
    response_type: 'code',
    scope: `openid ${scope}`,
    redirect_uri: redirectUri,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  return `${issuer}/auth?${question.toString()}`;
}

/** What a browser does from here until it is sent back, and what it then brings (RFC 6749 §4.1.2). */
export async function signIn(start: string, person: string, redirectUri: string): Promise<URLSearchParams> {
  const cookies = new Map<string, string>();
  let answer = await visit(start, cookies);
  for (let hop = 0; hop < 8; hop += 1) {
    const next = answer.headers.get('location');
    if (next === null) throw new Error(`the identity provider answered ${answer.status} while ${person} signed in`);
    const url = new URL(next, start);
    if (url.href.startsWith(redirectUri)) return url.searchParams;
    answer = url.pathname.startsWith('/sign-in/')
      ? await visit(url.href, cookies, new URLSearchParams({ person }))
      : await visit(url.href, cookies);
  }
  throw new Error('the identity provider redirects in circles');
}

async function visit(url: string, cookies: Map<string, string>, form?: URLSearchParams): Promise<Response> {
  const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  const answer = await fetch(url, {
    redirect: 'manual',
    headers: { cookie },
    ...(form && { method: 'POST', body: form }),
  });
  for (const line of answer.headers.getSetCookie()) {
    const [, name, value] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
    if (name !== undefined && value !== undefined) cookies.set(name, value);
  }
  return answer;
}

function fail(answer: URLSearchParams): never {
  throw new Error(`sign-in failed: ${answer.get('error') ?? 'no code'}`);
}

async function tokenFrom(issuer: string, { id, secret }: Client, form: Record<string, string>): Promise<IssuedToken> {
  const proof =
    secret === undefined
      ? { body: new URLSearchParams({ ...form, client_id: id }) }
      : {
          body: new URLSearchParams(form),
          headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` },
        };
  const answer = await fetch(`${issuer}/token`, { method: 'POST', ...proof });
  const body = (await answer.json()) as { access_token?: string; error?: string };
  if (body.access_token === undefined) throw new Error(`no token: ${answer.status} ${body.error ?? ''}`);
  const claims = JSON.parse(Buffer.from(body.access_token.split('.')[1] ?? '', 'base64url').toString()) as Record<
    string,
    unknown
  >;
  return { value: body.access_token, claims };
}
