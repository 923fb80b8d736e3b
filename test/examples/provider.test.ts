import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { directory } from '../../examples/quickstart/directory.js';
import { listen, type Listening } from '../../examples/quickstart/listen.js';
import { identityProvider } from '../../examples/quickstart/provider.js';
import { authorizationUrl, clientCredentialsToken, tokenOnBehalfOf } from '../../examples/quickstart/tokens.js';

const resource = 'http://127.0.0.1:9/jit';
const redirectUri = 'http://127.0.0.1:9/signed-in';
const known = directory();
const { orders, report } = known.agents;
let place: Listening;

beforeAll(async () => {
  place = await listen(0);
  place.serve(
    identityProvider({
      issuer: place.url,
      resources: [resource],
      redirectUri,
      review: `${resource}/review`,
      directory: known,
    }),
  );
});
afterAll(() => place.close());

async function verified(token: string): Promise<Record<string, unknown>> {
  const keys = createRemoteJWKSet(new URL(`${place.url}/jwks`));
  return (await jwtVerify(token, keys, { issuer: place.url, audience: resource, typ: 'at+jwt', algorithms: ['ES256'] }))
    .payload;
}

async function tokenEndpoint(
  form: Record<string, string>,
  secret = report.secret,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const authorization = `Basic ${btoa(`${report.id}:${secret}`)}`;
  const answer = await fetch(`${place.url}/token`, {
    method: 'POST',
    headers: { authorization },
    body: new URLSearchParams(form),
  });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe('the quick start identity provider', () => {
  it('publishes itself for discovery', async () => {
    const found = (await (await fetch(`${place.url}/.well-known/openid-configuration`)).json()) as Record<
      string,
      unknown
    >;
    expect(found).toMatchObject({
      issuer: place.url,
      jwks_uri: `${place.url}/jwks`,
      token_endpoint: `${place.url}/token`,
    });
  });

  it('gives an agent its own RFC 9068 token, for the mount only', async () => {
    const { value } = await clientCredentialsToken(place.url, report);
    expect(decodeProtectedHeader(value)).toMatchObject({ alg: 'ES256', typ: 'at+jwt' });
    const claims = await verified(value);
    expect(claims).toMatchObject({ sub: 'report-agent', client_id: 'report-agent', scope: 'jit' });
    expect(claims).not.toHaveProperty('act');
    expect(Number(claims['exp']) - Number(claims['iat'])).toBe(600);
  });

  it('needs neither scope nor resource in a curl command', async () => {
    const { status, body } = await tokenEndpoint({ grant_type: 'client_credentials' });
    expect(status).toBe(200);
    await expect(verified(String(body['access_token']))).resolves.toMatchObject({ aud: resource });
  });

  it.each(['alice', 'bob'])('lets %s sign in (code + PKCE), and names the agent that acts', async (person) => {
    const { value } = await tokenOnBehalfOf(place.url, orders, person, redirectUri);
    await expect(verified(value)).resolves.toMatchObject({
      sub: person,
      act: { sub: 'orders-agent' },
      client_id: 'orders-agent',
    });
  });

  it('signs in nobody it does not know', async () => {
    await expect(tokenOnBehalfOf(place.url, orders, 'mallory', redirectUri)).rejects.toThrow(/400/);
  });

  it('refuses a wrong secret, a foreign resource and a code flow without PKCE', async () => {
    await expect(tokenEndpoint({ grant_type: 'client_credentials' }, 'wrong')).resolves.toMatchObject({ status: 401 });
    const foreign = await tokenEndpoint({ grant_type: 'client_credentials', resource: 'https://elsewhere.example/' });
    expect(foreign).toMatchObject({ status: 400, body: { error: 'invalid_target' } });
    const bare = new URL(authorizationUrl(place.url, orders, redirectUri, 'x'.repeat(43)));
    bare.searchParams.delete('code_challenge');
    bare.searchParams.delete('code_challenge_method');
    const answer = await fetch(bare, { redirect: 'manual' });
    expect(answer.headers.get('location')).toMatch(/error=invalid_request/);
  });

  it('takes a code once', async () => {
    const verifier = 'x'.repeat(43);
    const jar = new Map<string, string>();
    const visit = async (url: string, body?: URLSearchParams): Promise<string> => {
      const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
      const answer = await fetch(url, {
        redirect: 'manual',
        headers: { cookie },
        ...(body && { method: 'POST', body }),
      });
      for (const line of answer.headers.getSetCookie())
        jar.set(line.split('=')[0] ?? '', /=([^;]*)/.exec(line)?.[1] ?? '');
      return new URL(answer.headers.get('location') ?? '', place.url).href;
    };
    const page = await visit(authorizationUrl(place.url, report, redirectUri, verifier));
    const code =
      new URL(await visit(await visit(page, new URLSearchParams({ person: 'bob' })))).searchParams.get('code') ?? '';
    const form = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri };
    await expect(tokenEndpoint({ ...form, code_verifier: 'y'.repeat(43) })).resolves.toMatchObject({
      body: { error: 'invalid_grant' },
    });
    await expect(tokenEndpoint(form)).resolves.toMatchObject({ status: 200 });
    await expect(tokenEndpoint(form)).resolves.toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('shows a sign-in page with no script and both people on it', async () => {
    const start = await fetch(authorizationUrl(place.url, orders, redirectUri, 'x'.repeat(43)), { redirect: 'manual' });
    const cookie = start.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ');
    const answer = await fetch(new URL(start.headers.get('location') ?? '', place.url), { headers: { cookie } });
    const html = await answer.text();
    expect(html).toMatch(/orders-agent[\s\S]*value="alice"[\s\S]*value="bob"/);
    expect(html).not.toMatch(/<script/i);
    expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  });

  it('answers a stale sign-in in one line, without a stack', async () => {
    const answer = await fetch(`${place.url}/sign-in/nothing`);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      'this sign-in is over; start again from the application\n',
    ]);
  });
});
