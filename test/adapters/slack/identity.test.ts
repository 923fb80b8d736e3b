import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { slack } from '../../../src/adapters/slack/index.js';
import { identityContract } from '../../../src/core/contract/index.js';
import type { Credential, IdentityProvider } from '../../../src/core/index.js';
import { readCaller } from '../../../src/http/server/caller.js';
import type { HostRequest } from '../../../src/http/server/host-request.js';
import { identity as inner } from '../../core/approvals/test-reviewers.js';
import { codeOf } from '../../core/test-gateway.js';
import { soon } from '../expect-eventually.js';
import { here, users, type Here } from './test-mount.js';
import { channel, secrets, team } from './workspace.js';

const { signal } = new AbortController();

/** The credentials that reach the provider, as they are presented; `keep` puts them out of use first. */
function tapped(keep = false): {
  readonly seen: Credential[];
  readonly tap: (provider: IdentityProvider) => IdentityProvider;
} {
  const seen: Credential[] = [];
  return {
    seen,
    tap: (provider) => ({
      async authenticate(credential, abort) {
        if (credential.scheme === 'slack') seen.push(credential);
        return keep && credential.scheme === 'slack'
          ? { status: 'denied', code: 'UNAUTHENTICATED', message: 'kept' }
          : provider.authenticate(credential, abort);
      },
    }),
  };
}

/** A house in which every credential of a press is seen on its way. */
async function watching(
  keep = false,
): Promise<{ readonly at: Here; readonly seen: Credential[]; readonly provider: IdentityProvider }> {
  const { seen, tap } = tapped(keep);
  let provider: IdentityProvider = inner;
  const built = await here({
    options: {},
    wrap: (app) => {
      provider = app.identity(inner);
      return tap(provider);
    },
  });
  return { at: built, seen, provider };
}

const wrapped = (more: Partial<IdentityProvider>): IdentityProvider =>
  slack({ ...secrets, team, channel, reviewers: users }).identity({ ...inner, ...more });

describe('the identity provider before another', () => {
  const cases = identityContract({
    provider: async () => slack({ ...secrets, team, channel, reviewers: users }).identity(inner),
    good: { credential: { scheme: 'bearer', token: 'alice-again' }, principal: 'idp:alice2', actor: 'idp:alice2' },
    bad: { 'a pass that nobody has issued': { scheme: 'slack', token: 'x'.repeat(43) } },
  });
  it.each(cases)('$name', (each) => each.run());

  it('says of a pass that it stands for the reviewer, for seconds, with the scope of reviewers and nothing more', async () => {
    const { at, seen, provider } = await watching(true);
    await at.held();
    await at.press('U0BOB', 'approve');
    await soon(() => seen.length).toBe(1);
    const [pass] = seen as [Credential];
    expect(pass.token).toMatch(/^[\w-]{43}$/);
    const identity = await provider.authenticate(pass, signal);
    expect(identity).toEqual({
      principal: users.U0BOB,
      actor: users.U0BOB,
      expiresAt: at.clock.now() + 10_000,
      client: 'slack/T0ACME/U0BOB',
      scopes: ['sallyport.review'],
    });
    expect(await provider.authenticate(pass, signal), 'once').toMatchObject({
      code: 'UNAUTHENTICATED',
      reason: 'slack.pass',
    });
  });

  it('takes no pass after its time, and none that it has taken', async () => {
    const { at, seen, provider } = await watching(true);
    await at.held();
    await at.press('U0BOB', 'approve');
    await soon(() => seen.length).toBe(1);
    at.clock.forward(10_000);
    expect(await provider.authenticate(seen[0] as Credential, signal)).toMatchObject({
      code: 'UNAUTHENTICATED',
      reason: 'slack.pass',
    });
  });

  it('a pass of a press that decided is good for nothing else', async () => {
    const { at, seen } = await watching();
    const ticket = await at.held();
    await at.press('U0BOB', 'approve');
    await soon(() => at.stateOf(ticket)).toBe('approved');
    const credential = seen[0] as Credential;
    for (const outcome of [
      await at.gateway.approvals({ credential }),
      await at.gateway.sessions({ credential }),
      await at.open({ credential }),
    ])
      expect(codeOf(outcome)).toBe('UNAUTHENTICATED');
  });

  it('each press has a pass of its own', async () => {
    const { at, seen } = await watching(true);
    await at.held();
    await Promise.all(Array.from({ length: 50 }, () => at.press('U0BOB', 'approve')));
    await soon(() => seen.length).toBe(50);
    expect(new Set(seen.map(({ token }) => token)).size).toBe(50);
  });
});

describe('no mount makes a credential of the scheme', () => {
  it('REST and MCP read bearer tokens, or nothing', () => {
    const headers = fc.oneof(
      fc.string(),
      fc
        .tuple(
          fc.constantFrom('Slack', 'slack', 'Bearer', 'bearer', 'Bearer slack', 'Basic'),
          fc.stringMatching(/^[\w.~+/=-]{0,60}$/),
        )
        .map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(headers, fc.constantFrom('rest' as const, 'mcp' as const), (authorization, protocol) => {
        const caller = readCaller(
          {
            headers: { authorization },
            rawHeaders: ['Authorization', authorization],
            socket: {},
          } as unknown as HostRequest,
          protocol,
        );
        expect('status' in caller ? caller.code : caller.credential.scheme).toBe(
          'status' in caller ? 'UNAUTHENTICATED' : 'bearer',
        );
      }),
      { numRuns: 1_000 },
    );
  });

  it('a pass that was overheard opens nothing over REST', async () => {
    const { at, seen } = await watching(true);
    const ticket = await at.held();
    await at.press('U0BOB', 'approve');
    await soon(() => seen.length).toBe(1);
    const { digest } = await at.see(ticket);
    for (const [scheme, reason] of [
      ['Slack', 'credential.malformed'],
      ['slack', 'credential.malformed'],
      ['Bearer', 'token.unknown'],
    ] as const) {
      const answer = await fetch(`${at.url}/jit/approvals/${ticket}/decision`, {
        method: 'POST',
        headers: { authorization: `${scheme} ${seen[0]?.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ decision: 'approve', digest }),
      });
      expect([answer.status, ((await answer.json()) as { reason: string }).reason]).toEqual([401, reason]);
    }
    expect(await at.stateOf(ticket)).toBe('pending');
  });

  it('tries the other one at the start, where that can be tried', async () => {
    await expect(
      wrapped({ check: () => Promise.reject(new Error('the issuer is away')) }).check?.(signal),
    ).rejects.toThrow('the issuer is away');
    expect('check' in wrapped({})).toBe(false);
  });

  it('closes what it wraps', async () => {
    let closed = 0;
    const provider = slack({ ...secrets, team, channel, reviewers: users }).identity({
      ...inner,
      close: async () => void (closed += 1),
    });
    await provider.close?.();
    expect(closed).toBe(1);
  });
});
