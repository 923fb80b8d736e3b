import { get, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { expressRouter, type ReviewOptions } from '../../../src/adapters/express/index.js';
import type { Gateway } from '../../../src/core/index.js';
import { house } from './test-gateway.js';
import { hosts, mount, type Mounted } from './test-hosts.js';

const review: ReviewOptions = {
  issuer: 'https://idp.acme.example/tenant',
  clientId: 'review-page',
  origins: ['https://login.acme.example'],
};

async function place(options: Partial<ReviewOptions> = {}, host = hosts[0]?.host): Promise<Mounted> {
  return mount((await house()).gateway, {
    options: { review: { ...review, ...options } },
    ...(host === undefined ? {} : { host }),
    after: (app) => app.use((_request, response) => void response.status(404).send('the host’s own')),
  });
}

const anybody = { token: '' };

/** Asks for a path exactly as it is written; `fetch` would tidy it up first. */
async function raw(port: number, path: string): Promise<number | undefined> {
  const [answer] = (await once(get({ port, host: '127.0.0.1', path }), 'response')) as [IncomingMessage];
  answer.resume();
  return answer.statusCode;
}

describe.each(hosts)('the reviewers’ page in $name', ({ host }) => {
  it('is there with rules of its own, and nothing in it is inline', async () => {
    const { ask } = await place({}, host);
    const { status, headers, text } = await ask('GET', '/review', anybody);
    expect(status).toBe(200);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'x-frame-options': 'DENY',
      'cross-origin-opener-policy': 'same-origin',
    });
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self' https://idp.acme.example https://login.acme.example; frame-ancestors 'none'; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    );
    expect(headers.get('set-cookie')).toBeNull();
    expect(text).not.toMatch(/<script(?![^>]*src=)[^>]*>|<style|\son\w+=|\sstyle=|https?:/i);
  });

  it('serves its files for good, by names that change with them', async () => {
    const { ask } = await place({}, host);
    const names = [
      ...(await ask('GET', '/review', anybody)).text.matchAll(/(?:src|href)="\.(\/review\/[\w.-]+)"/g),
    ].map(([, name]) => String(name));
    expect(names.map((name) => name.replace(/-[\w-]{8}\./, '-*.')).toSorted()).toEqual([
      '/review/icon-*.svg',
      '/review/index-*.css',
      '/review/index-*.js',
    ]);
    for (const name of names) {
      const { status, headers } = await ask('GET', name, anybody);
      expect([status, headers.get('cache-control'), headers.get('x-content-type-options')]).toEqual([
        200,
        'public, max-age=31536000, immutable',
        'nosniff',
      ]);
      expect(headers.get('content-type')).toMatch(
        /^(?:text\/javascript; charset=utf-8|text\/css; charset=utf-8|image\/svg\+xml)$/,
      );
    }
  });

  it('tells the page who the provider is, and no more', async () => {
    const { ask } = await place({ scope: 'api://jit/review', resource: 'https://api.acme.example/jit' }, host);
    const { json, headers } = await ask('GET', '/review/config.json', anybody);
    expect(json).toEqual({
      issuer: review.issuer,
      clientId: 'review-page',
      scope: 'api://jit/review',
      resource: 'https://api.acme.example/jit',
    });
    expect(headers.get('cache-control')).toBe('no-store');
    expect((await (await place()).ask('GET', '/review/config.json', anybody)).json).toEqual({
      issuer: review.issuer,
      clientId: 'review-page',
      scope: 'sallyport.review',
    });
  });

  it('answers HEAD, says what it takes, and refuses the rest', async () => {
    const { ask } = await place({}, host);
    const head = await ask('HEAD', '/review', anybody);
    expect([head.status, head.text, head.headers.get('content-length')]).toEqual([
      200,
      '',
      String(Buffer.byteLength((await ask('GET', '/review', anybody)).text)),
    ]);
    const options = await ask('OPTIONS', '/review', anybody);
    expect([options.status, options.headers.get('allow')]).toEqual([204, 'OPTIONS, GET, HEAD']);
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH']) {
      const refused = await ask(method, '/review', anybody);
      expect([method, refused.status, refused.headers.get('allow'), refused.json['reason']]).toEqual([
        method,
        405,
        'OPTIONS, GET, HEAD',
        'request.method',
      ]);
    }
  });

  it('takes what a provider sends people back with', async () => {
    expect((await (await place({}, host)).ask('GET', '/review?code=x&state=y&iss=z', anybody)).status).toBe(200);
  });

  it('hands on what it does not have, however it is written', async () => {
    const { port, ask } = await place({}, host);
    for (const path of [
      '/review/',
      '/Review',
      '/review/none.js',
      '/review/index.html',
      '/review/config.json/',
      '/review.html',
    ])
      expect([path, (await ask('GET', path, anybody)).text]).toEqual([path, 'the host’s own']);
    for (const path of [
      '/review/../../package.json',
      '/review/..%2f..%2fpackage.json',
      '/review/%2e%2e/%2e%2e/package.json',
      '/review/..\\..\\package.json',
      '/review//etc/passwd',
      '/review/config.json%00.js',
      '/review/__proto__',
    ]) {
      expect([path, await raw(port, `/jit${path}`)]).toEqual([path, 404]);
    }
  });
});

describe('the option `review`', () => {
  it('left out, there is no page', async () => {
    const { ask } = await mount((await house()).gateway);
    for (const path of ['/review', '/review/config.json']) expect((await ask('GET', path, anybody)).status).toBe(404);
  });

  it.each([
    ['no issuer', { issuer: '' }],
    ['an issuer over http elsewhere', { issuer: 'http://idp.acme.example' }],
    ['an issuer with a query', { issuer: 'https://idp.acme.example/?a' }],
    ['an issuer with a password', { issuer: 'https://a:b@idp.acme.example' }],
    ['an issuer that ends the policy', { issuer: 'https://idp.acme.example;script-src *' }],
    ['no client', { clientId: '' }],
    ['no scope', { scope: '' }],
    ['a resource that is no address', { resource: 'jit' }],
    ['an origin with a path', { origins: ['https://login.acme.example/'] }],
    ['an origin that is a policy of its own', { origins: ["'unsafe-inline'"] }],
    ['all origins', { origins: ['*'] }],
    ['all origins of a domain', { origins: ['https://*.acme.example'] }],
    ['an unknown option', { secret: 'x' }],
  ])('%s: CONFIG_INVALID', (_what, wrong) => {
    const options = { review: { ...review, ...wrong } };
    expect(() => expressRouter({ run: () => undefined } as unknown as Gateway, options)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining('review') }),
    );
  });
});
