import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey, type JWK, type JWTPayload } from 'jose';
import { onTestFinished } from 'vitest';
import { oidc, type OidcOptions } from '../../../src/adapters/oidc/index.js';
import type { Clock, Denied, Identity, IdentityProvider } from '../../../src/core/index.js';

export const audience = 'https://api.acme.example/jit';
export const now = 1_790_000_000_000;

/** A clock that stands still until it is moved. */
export function stillClock(): Clock & { forward(ms: number): void } {
  let passed = 0;
  return {
    now: () => now + passed,
    monotonic: () => passed,
    after: () => () => undefined,
    forward: (ms) => void (passed += ms),
  };
}

export interface Key {
  readonly kid: string;
  readonly alg: string;
  readonly private: CryptoKey;
  readonly public: JWK;
}

export async function makeKey(kid: string, alg = 'ES256'): Promise<Key> {
  const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
  return { kid, alg, private: privateKey, public: { ...(await exportJWK(publicKey)), kid, use: 'sig' } };
}

export const claims = (more: JWTPayload = {}): JWTPayload => ({
  sub: 'alice',
  aud: audience,
  iat: now / 1_000 - 10,
  exp: now / 1_000 + 600,
  client_id: 'agents',
  jti: 'j-1',
  ...more,
});

/** A token of this issuer; `undefined` members are left out. */
export function sign(issuer: string, key: Key, payload: JWTPayload = claims(), header: object = {}): Promise<string> {
  return new SignJWT({ iss: issuer, ...payload })
    .setProtectedHeader({ alg: key.alg, kid: key.kid, typ: 'at+jwt', ...header })
    .sign(key.private);
}

/** A signed token over exactly this text. */
export async function signText(
  key: Key,
  payload: string,
  header = JSON.stringify({ alg: key.alg, kid: key.kid, typ: 'at+jwt' }),
): Promise<string> {
  const signed = [header, payload].map((text) => Buffer.from(text).toString('base64url')).join('.');
  const signature = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, key.private, Buffer.from(signed));
  return `${signed}.${Buffer.from(signature).toString('base64url')}`;
}

/** As much as is read, and never an end. */
function flood(response: ServerResponse): void {
  while (response.writable && response.write(' '.repeat(65_536)));
  response.once('drain', () => flood(response));
}

export interface Served {
  readonly issuer: string;
  /** What the server answers; change it to break it. What is on hold is answered as the next one is. */
  keys: readonly JWK[];
  answer:
    | 'keys'
    | 'error'
    | 'huge'
    | 'bomb'
    | 'flood'
    | 'redirect'
    | 'garbage'
    | 'hang'
    | 'hold'
    | 'drip'
    | 'other-issuer';
  readonly fetches: () => number;
}

/** One blank after the other, and never an end. */
function drip(response: ServerResponse): () => void {
  return () => void setTimeout(() => response.writable && response.write(' ', drip(response)), 10);
}

/** A real provider's public side: discovery and keys over HTTP. */
export async function serve(...keys: readonly Key[]): Promise<Served> {
  let fetches = 0;
  const state: { keys: readonly JWK[]; answer: Served['answer'] } = {
    keys: keys.map((key) => key.public),
    answer: 'keys',
  };
  const held: (() => void)[] = [];
  const server = createServer((request, response) => {
    const base = `http://localhost:${(server.address() as AddressInfo).port}`;
    if (state.answer === 'hang') return;
    if (request.url?.startsWith('/.well-known') === true) {
      response.end(
        JSON.stringify({
          issuer: state.answer === 'other-issuer' ? 'https://evil.example' : base,
          jwks_uri: `${base}/keys`,
        }),
      );
      return;
    }
    fetches += 1;
    const answer = (): void => keysTo(request, response, base);
    if (state.answer === 'hold') held.push(answer);
    else answer();
  });
  const keysTo = (request: IncomingMessage, response: ServerResponse, base: string): void => {
    if (state.answer === 'error') response.writeHead(503).end(JSON.stringify({ keys: state.keys }));
    else if (state.answer === 'redirect' && request.url === '/keys')
      response.writeHead(302, { location: `${base}/elsewhere` }).end();
    else if (state.answer === 'drip') response.write(' ', drip(response));
    else if (state.answer === 'garbage') response.end('<html>');
    else if (state.answer === 'bomb')
      response
        .writeHead(200, { 'content-encoding': 'gzip' })
        .end(gzipSync(JSON.stringify({ keys: state.keys, pad: ' '.repeat(8 * 1024 ** 2) })));
    else if (state.answer === 'flood') flood(response);
    else if (state.answer === 'huge') response.end(JSON.stringify({ keys: state.keys, pad: 'x'.repeat(600 * 1024) }));
    else response.end(JSON.stringify({ keys: state.keys }));
  };
  await new Promise<void>((resolve) => server.listen(0, resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return Object.defineProperties(
    {},
    {
      issuer: { value: `http://localhost:${(server.address() as AddressInfo).port}` },
      fetches: { value: () => fetches },
      keys: {
        get: () => state.keys,
        set: (value: readonly JWK[]) => {
          state.keys = value;
        },
      },
      answer: {
        get: () => state.answer,
        set: (value: Served['answer']) => {
          state.answer = value;
          for (const give of held.splice(0)) give();
        },
      },
    },
  ) as Served;
}

export const signal = new AbortController().signal;

export function authenticate(provider: IdentityProvider, token: string): Promise<Identity | Denied> {
  return provider.authenticate({ scheme: 'bearer', token }, signal);
}

/** A provider over keys it was given, and its own still clock. */
export function withKeys(issuer: string, keys: readonly Key[], more: Partial<OidcOptions> = {}): IdentityProvider {
  return oidc({
    issuer,
    audience,
    keys: { keys: keys.map((key) => key.public as Record<string, unknown>) },
    clock: stillClock(),
    ...more,
  });
}
