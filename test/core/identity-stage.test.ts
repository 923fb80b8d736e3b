import { describe, expect, it } from 'vitest';
import type { Credential, IdentityProvider } from '../../src/core/index.js';
import { as, codeOf, house } from './test-gateway.js';

const who = { id: 'idp:x', subject: 'x', issuer: 'idp' };

describe('the identity stage', () => {
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['an empty object', {}],
    ['true', true],
    ['no actor', { principal: who, expiresAt: Infinity }],
    ['no time', { principal: who, actor: who }],
    ['an empty id', { principal: { ...who, id: '' }, actor: who, expiresAt: Infinity }],
  ])('takes %s from a provider for no identity', async (_name, answer) => {
    const identity = { authenticate: async () => answer } as unknown as IdentityProvider;
    const { open, gateway, codes } = await house({ identity });
    expect(codeOf(await open())).toBe('IDENTITY_UNAVAILABLE');
    expect(codeOf(await gateway.connections(as('token-a')))).toBe('IDENTITY_UNAVAILABLE');
    expect(codes()).toEqual(['gateway.started', 'session.failed']);
  });

  it.each<[string, unknown]>([
    ['no credential', undefined],
    ['no token', { scheme: 'bearer' }],
    ['an empty token', { scheme: 'bearer', token: '' }],
    ['an unknown token', { scheme: 'bearer', token: 'x' }],
  ])('denies %s', async (_name, credential) => {
    const { gateway, audit } = await house();
    const outcome = await gateway.run({ credential: credential as Credential, session: 'any', sql: 'SELECT 1' });
    expect(outcome).toMatchObject({ status: 'denied', code: 'UNAUTHENTICATED', at: 'identity' });
    expect(audit.events.at(-1)).not.toHaveProperty('who');
  });

  it('denies an identity that has run out', async () => {
    const { open } = await house({
      identity: { authenticate: async () => ({ principal: who, actor: who, expiresAt: Date.now() - 1 }) },
    });
    expect(await open()).toMatchObject({ code: 'UNAUTHENTICATED', reason: 'credential.expired' });
  });

  it('keeps the credential out of everything it writes', async () => {
    const { audit, session, run } = await house();
    await run(await session());
    expect(JSON.stringify(audit.events)).not.toContain('token-a');
  });
});

describe('what a caller sends', () => {
  const good = {
    ...as('token-a'),
    connection: 'warehouse',
    schema: 'ACME.OPS',
    access: 'read',
    ttlMs: 1_000,
    reason: 'a test',
  };

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['connection', { ...good, connection: '' }],
    ['schema', { ...good, schema: 'OPS' }],
    ['schema', { ...good, schema: 'A.B.C' }],
    ['schema', { ...good, schema: 'A."B' }],
    ['schema', { ...good, schema: 7 }],
    ['access', { ...good, access: 'admin' }],
    ['ttlMs', { ...good, ttlMs: 0 }],
    ['ttlMs', { ...good, ttlMs: 1.5 }],
    ['ttlMs', { ...good, ttlMs: Number.NaN }],
    ['ttlMs', { ...good, ttlMs: '60' }],
    ['reason', { ...good, reason: '  ' }],
    ['reason', { ...good, reason: '\u200B'.repeat(12) }],
    ['reason', { ...good, reason: '\u3164\u2800 \uFE0F' }],
    ['reason', { ...good, reason: 'x'.repeat(1_001) }],
    ['ticket', { ...good, ticket: '' }],
  ])('is refused when %s is wrong in an open', async (field, request) => {
    const { gateway, codes } = await house();
    const outcome = await gateway.open(request as never);
    expect(codeOf(outcome)).toBe('INVALID_REQUEST');
    if (outcome.status === 'denied' && field !== 'nothing') expect(outcome.reason).toBe(`request.${field}`);
    expect(codes().at(-1)).toBe('session.denied');
  });

  it.each<[string, object]>([
    ['sql', { sql: '' }],
    ['sql', { sql: 'x'.repeat(1_048_577) }],
    ['sql', { sql: ['SELECT'] }],
    ['session', { session: null }],
    ['binds', { binds: 'x' }],
    ['binds', { binds: [{}] }],
    ['binds', { binds: [Number.NaN] }],
    ['binds', { binds: Array.from({ length: 10_001 }, () => 1) }],
  ])('is refused when %s is wrong in a run', async (field, change) => {
    const { gateway } = await house();
    expect(await gateway.run({ ...as('token-a'), session: 's', sql: 'SELECT orders', ...change })).toMatchObject({
      code: 'INVALID_REQUEST',
      reason: `request.${field}`,
    });
  });

  it.each(['connections', 'session', 'close', 'record', 'explain'] as const)(
    'is refused when %s gets nothing at all',
    async (operation) => {
      const { gateway } = await house();
      expect(codeOf(await gateway[operation](undefined as never))).toBe('INVALID_REQUEST');
    },
  );

  it.each([
    'open',
    'run',
    'describe',
    'identify',
    'explain',
    'connections',
    'session',
    'close',
    'record',
    'approvals',
    'approval',
    'decide',
    'sessions',
    'revoke',
    'suspend',
    'suspensions',
    'reinstate',
    'reviews',
    'sign',
  ] as const)('that cannot be read is a failure of %s, never a throw', async (operation) => {
    const { gateway, engine } = await house();
    const booby = {
      ...as('token-a'),
      get session(): never {
        throw new Error('no');
      },
    };
    const outcome = await gateway[operation](booby as never);
    expect([outcome.status, outcome.at, codeOf(outcome)]).toEqual(['failed', 'receive', 'INTERNAL']);
    expect(engine.live()).toBe(0);
  });
});
