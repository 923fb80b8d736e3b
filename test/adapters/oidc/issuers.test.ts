import { describe, expect, it } from 'vitest';
import { oidc } from '../../../src/adapters/oidc/index.js';
import { audience, authenticate, claims, makeKey, serve, sign, stillClock } from './issuer.js';

const [ours, theirs] = [await makeKey('k1'), await makeKey('k1')];

describe('several issuers', () => {
  it('each speak for their own people, and for nobody else’s', async () => {
    const [staff, partner] = [await serve(ours), await serve(theirs)];
    const provider = oidc([
      { issuer: staff.issuer, audience, name: 'acme', clock: stillClock() },
      { issuer: partner.issuer, audience, name: 'partner', clock: stillClock() },
    ]);
    expect(await authenticate(provider, await sign(staff.issuer, ours))).toMatchObject({
      principal: { id: 'acme:alice' },
    });
    expect(await authenticate(provider, await sign(partner.issuer, theirs))).toMatchObject({
      principal: { id: 'partner:alice' },
    });
    expect(await authenticate(provider, await sign(staff.issuer, theirs, claims({ jti: 'forged' })))).toMatchObject({
      reason: 'token.signature',
    });
    expect(await authenticate(provider, await sign('https://third.example', ours))).toMatchObject({
      reason: 'token.iss',
    });
  });

  it('do not fall with one another', async () => {
    const [up, down] = [await serve(ours), await serve(theirs)];
    down.answer = 'error';
    const provider = oidc([
      { issuer: up.issuer, audience, name: 'up', clock: stillClock() },
      { issuer: down.issuer, audience, name: 'down', clock: stillClock() },
    ]);
    await expect(authenticate(provider, await sign(down.issuer, theirs))).rejects.toMatchObject({
      code: 'IDENTITY_UNAVAILABLE',
    });
    expect(await authenticate(provider, await sign(up.issuer, ours))).toMatchObject({ principal: { id: 'up:alice' } });
  });

  it.each<[string, object[]]>([
    ['issuer is not set', []],
    [
      'same name',
      [
        { issuer: 'https://a.example', audience },
        { issuer: 'https://b.example', audience },
      ],
    ],
    [
      'same issuer',
      [
        { issuer: 'https://a.example', audience, name: 'a' },
        { issuer: 'https://a.example', audience, name: 'b' },
      ],
    ],
    [
      'audience is not set',
      [
        { issuer: 'https://a.example', audience },
        { issuer: 'https://b.example', name: 'b' },
      ],
    ],
  ])('%s', (message, all) => {
    expect(() => oidc(all as never)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(message) as string }),
    );
  });
});
