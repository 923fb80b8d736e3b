import { describe, expect, it } from 'vitest';
import type { Parts } from '../../src/core/index.js';
import { as, codeOf, house } from './test-gateway.js';

/** Leaves as soon as it is asked, and whoever is asked never answers. */
function deaf(): { readonly never: () => Promise<never>; readonly signal: AbortSignal } {
  const leave = new AbortController();
  const never = (): Promise<never> => {
    queueMicrotask(() => leave.abort());
    return new Promise(() => undefined);
  };
  return { never, signal: leave.signal };
}

const held = [
  {
    id: 'r',
    subject: '*',
    connection: '*',
    object: '*',
    action: '*',
    obligations: [{ type: 'approval', value: true }],
  },
];

describe('a caller that leaves is free at once, however deaf', () => {
  it.each<[string, (never: () => Promise<never>) => Partial<Parts>]>([
    ['the identity provider is', (never) => ({ identity: { authenticate: never } })],
    ['the policy is', (never) => ({ policy: { version: 'v', decide: never } })],
    ['the approver is', (never) => ({ approver: { seek: never } })],
    [
      'the engine is',
      (never) => ({
        approver: { seek: async ({ digest }) => ({ ticket: 't', reviewers: ['idp:bob'], digest }) },
        connections: { warehouse: { engine: 'deaf', schemas: [{ database: 'ACME', schema: 'OPS' }], open: never } },
      }),
    ],
  ])('%s', async (_name, parts) => {
    const { never, signal } = deaf();
    const { gateway, codes } = await house(parts(never), undefined, held);
    const opening = gateway.open(
      {
        ...as('token-a'),
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'read',
        ttlMs: 60_000,
        reason: 'a test',
      },
      signal,
    );
    expect(codeOf(await opening)).toBe('ABORTED');
    expect(codes().at(-1)).toBe('session.failed');
  });

  it('the analyzer is', async () => {
    const { never, signal } = deaf();
    const { session, run } = await house({ analyzer: { analyze: never } });
    expect(codeOf(await run(await session(), 'SELECT orders', 'token-a', signal))).toBe('ABORTED');
  });
});
