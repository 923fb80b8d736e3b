import { describe, expect, it } from 'vitest';
import { expressRouter } from '../../src/adapters/express/index.js';
import { httpSink, ndjson } from '../../src/adapters/http/index.js';
import { mcpRouter } from '../../src/adapters/mcp/index.js';
import { oidc } from '../../src/adapters/oidc/index.js';
import { slack } from '../../src/adapters/slack/index.js';
import { snowflake } from '../../src/adapters/snowflake/index.js';
import { webhook } from '../../src/adapters/webhook/index.js';
import { parseGatewayUrl } from '../../src/cli/gateway/gateway-url.js';
import { parseIssuer } from '../../src/cli/snowflake/setup/setup-options.js';
import { parseSecureUrl, type Gateway, type UrlParts } from '../../src/core/index.js';

const gateway = { run: () => undefined } as unknown as Gateway;
const secret = `whsec_${Buffer.alloc(32).toString('base64')}`;
const posted = {
  botToken: 'xoxb-1',
  signingSecret: 'signing-secret-of-it',
  team: 'T000',
  channel: 'C000',
  reviewers: {},
};
const account = {
  account: 'acme',
  warehouse: 'W',
  user: 'U',
  schemas: ['A.B'],
  roles: { strategy: 'prepared', role: () => 'R' },
  credential: { accessToken: 't' },
} as const;
const metadata = { resource: 'https://api.acme.example/mcp', authorizationServers: ['https://idp.acme.example'] };

/** Every place where an address is configured. `slash`: its path must end with one. */
const places: readonly (readonly [string, (url: string) => unknown, UrlParts & { readonly slash?: true }])[] = [
  ['oidc issuer', (issuer) => oidc({ issuer, audience: 'a' }), {}],
  ['oidc jwksUri', (jwksUri) => oidc({ issuer: 'https://idp.acme.example', audience: 'a', jwksUri }), { query: true }],
  ['webhook url', (url) => webhook({ url, secret }), { query: true }],
  ['webhook page', (page) => webhook({ url: 'https://hook.acme.example', secret, page }), { query: true }],
  ['slack api', (api) => slack({ ...posted, api }), { slash: true }],
  ['slack page', (page) => slack({ ...posted, page }), { query: true }],
  ['httpSink url', (url) => httpSink({ url, format: ndjson() }), { query: true }],
  ['snowflake url', (url) => snowflake({ ...account, url }), { path: false }],
  ['expressRouter resource', (resource) => expressRouter(gateway, { resource }), {}],
  ['expressRouter review issuer', (issuer) => expressRouter(gateway, { review: { issuer, clientId: 'page' } }), {}],
  ['mcpRouter resource', (resource) => mcpRouter(gateway, { ...metadata, resource }), {}],
  [
    'mcpRouter authorizationServers',
    (server) => mcpRouter(gateway, { ...metadata, authorizationServers: [server] }),
    {},
  ],
  ['mcpRouter reviewUrl', (url) => mcpRouter(gateway, { reviewUrl: () => url }), { query: true, fragment: true }],
  ['sallyport --url', (url) => parseGatewayUrl(url), {}],
  [
    'sallyport snowflake setup --external-oauth',
    (url) => parseIssuer({ 'external-oauth': url, 'jwks-url': 'https://a.example' }),
    { query: true },
  ],
  [
    'sallyport snowflake setup --jwks-url',
    (url) => parseIssuer({ 'external-oauth': 'https://a.example', 'jwks-url': url }),
    { query: true },
  ],
];

const good = [
  'https://acme.example',
  'https://acme.example:8443',
  'http://localhost:3000',
  'http://127.0.0.1',
  'http://127.8.9.1:80',
  'http://[::1]:3000',
  'HTTPS://ACME.EXAMPLE',
  'https://bücher.example',
];
const never = [
  'http://acme.example',
  'http://10.0.0.1',
  'http://localhost.acme.example',
  'http://127.0.0.1.acme.example',
  'http://0.0.0.0',
  'http://[::ffff:127.0.0.1]',
  'http://localhost@acme.example',
  'ftp://acme.example',
  'javascript:alert(1)',
  'file:///etc/passwd',
  'data:text/plain,x',
  'ws://localhost',
  'https://:pw-canary@acme.example',
  'https://user-canary@acme.example',
  'https://user:pw-canary@acme.example',
  'https://@acme.example',
  'https://:@acme.example',
  'https://user%3Apw-canary@acme.example',
  'https://acme.example\\@evil.example',
  'https:\\\\acme.example',
  'https:acme.example',
  'https:/acme.example',
  'https://acme.example\n',
  ' https://acme.example',
  'ht\ttps://acme.example',
  'https://acme\u202E.example',
  'https://*.acme.example',
  'https://acme.example/a b',
  'https://acme.example/\u0000',
  '',
  'acme.example',
  '/relative',
  '//acme.example',
  'https://',
  `https://acme.example/${'x'.repeat(3_000)}`,
];
const parts: Readonly<Record<'path' | 'query' | 'fragment', readonly string[]>> = {
  path: ['/jit', '/a/b'],
  query: ['?x=1', '?', '/?'],
  fragment: ['#x', '#', '/#'],
};

describe.each(places)('%s', (_name, make, allowed) => {
  const end = allowed.slash === undefined ? '' : '/';

  it.each(good)('takes %s', (url) => {
    expect(() => make(url + end)).not.toThrow();
  });

  it.each(never)('refuses %j, and repeats nothing of a password', (url) => {
    expect(() => make(url)).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('canary') as string }),
    );
  });

  it('takes and refuses paths, queries and fragments as is said', () => {
    for (const [part, each] of Object.entries(parts)) {
      const taken = part === 'path' ? allowed.path !== false : allowed[part as 'query' | 'fragment'] === true;
      for (const more of each) {
        const url = `https://acme.example${more}${part === 'path' ? end : ''}`;
        if (taken) expect(() => make(url), url).not.toThrow();
        else expect(() => make(url), url).toThrow();
      }
    }
  });
});

describe('parseSecureUrl', () => {
  it.each([undefined, null, 7, {}, [], Symbol('x'), { href: 'https://acme.example' }])(
    'says of %s that it is no URL',
    (given) => {
      expect(parseSecureUrl(given)).toMatch(/^is no URL/);
    },
  );

  it('takes a URL itself, by the same rules', () => {
    expect(parseSecureUrl(new URL('https://acme.example/x'))).toMatchObject({ href: 'https://acme.example/x' });
    expect(parseSecureUrl(new URL('https://:pw@acme.example/x'))).toBe('must hold no user or password');
  });
});
