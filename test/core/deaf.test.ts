import { describe, expect, it } from 'vitest';
import type { Parts } from '../../src/core/index.js';
import { as, codeOf, house } from './house.js';

const never = (): Promise<never> => new Promise(() => undefined);
const held = [{ id: 'r', subject: '*', connection: '*', object: '*', action: '*', obligations: [{ type: 'approval', value: true }] }];

describe('a caller that leaves is free at once, however deaf', () => {
  it.each<[string, Partial<Parts>]>([
    ['the identity provider is', { identity: { authenticate: never } }],
    ['the policy is', { policy: { version: 'v', decide: never } }],
    ['the approver is', { approver: { seek: never } }],
    ['the engine is', { approver: { seek: async ({ digest }) => ({ ticket: 't', reviewers: ['idp:bob'], digest }) }, connections: { warehouse: { engine: 'deaf', schemas: [{ database: 'ACME', schema: 'OPS' }], open: never } } }],
  ])('%s', async (_name, parts) => {
    const { gateway, codes } = await house(parts, undefined, held);
    const leave = new AbortController();
    const opening = gateway.open({ ...as('token-a'), connection: 'warehouse', schema: 'ACME.OPS', access: 'read', ttlMs: 60_000, reason: 'a test' }, leave.signal);
    setTimeout(() => leave.abort(), 5);
    expect(codeOf(await opening)).toBe('ABORTED');
    expect(codes().at(-1)).toBe('session.failed');
  });

  it('the analyzer is', async () => {
    const { session, run } = await house({ analyzer: { analyze: never } });
    const leave = new AbortController();
    const running = run(await session(), 'SELECT orders', 'token-a', leave.signal);
    setTimeout(() => leave.abort(), 5);
    expect(codeOf(await running)).toBe('ABORTED');
  });
});
