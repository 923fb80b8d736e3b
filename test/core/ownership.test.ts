import { describe, expect, it } from 'vitest';
import { memoryAudit, memoryIdentity } from '../../src/adapters/memory/index.js';
import type { AuditEvent, IdentityProvider, Principal } from '../../src/core/index.js';
import { as, codeOf, house, valueOf } from './test-gateway.js';

const owner = { subject: 'alice', actor: 'agent', client: 'c1' };
const others = {
  'another person': { ...owner, subject: 'bob' },
  'another actor': { ...owner, actor: 'agent-2' },
  'another client': { ...owner, client: 'c2' },
  'no client': { subject: 'alice', actor: 'agent' },
  'the person alone': { subject: 'alice', client: 'c1' },
  'the actor alone': { subject: 'agent', client: 'c1' },
};
const identity = memoryIdentity({ 'token-a': owner, ...others });

const event = (who: AuditEvent['who']): AuditEvent => ({
  id: 'e',
  code: 'session.requested',
  at: 1,
  instance: 'i',
  session: 's',
  ...(who === undefined ? {} : { who }),
  data: {},
});

describe("a session is its owner's, in every respect", () => {
  it.each(Object.keys(others))('%s learns nothing of it, live or ended', async (token) => {
    const { gateway, session, audit } = await house({ identity });
    const id = await session();
    for (const ended of [false, true]) {
      if (ended) await gateway.close({ ...as('token-a'), session: id });
      const before = audit.events.length;
      for (const operation of ['session', 'close', 'record', 'explain', 'run'] as const) {
        const known = await gateway[operation]({ ...as(token), session: id, sql: 'SELECT orders' });
        const unknown = await gateway[operation]({
          ...as(token),
          session: '01a208f8-0000-7000-8000-000000000000',
          sql: 'SELECT orders',
        });
        expect({ ...known, id: '' }).toEqual({ ...unknown, id: '' });
        expect(codeOf(known)).toBe('NOT_FOUND');
      }
      expect(audit.events.slice(before).every((each) => each.session === undefined)).toBe(true);
    }
    expect(valueOf(await gateway.session({ ...as('token-a'), session: id })).endedBy).toBe('agent');
  });

  it.each<[string, Partial<Record<'principal' | 'actor' | 'issuer' | 'client', string>>]>([
    ['person', { principal: 'idp:bob' }],
    ['actor', { actor: 'idp:agent-2' }],
    ['issuer', { issuer: 'other' }],
    ['client', { client: 'c2' }],
  ])('the record of an earlier run is not shown where the %s differs', async (_name, change) => {
    const who = { principal: 'idp:alice', actor: 'idp:agent', issuer: 'idp', client: 'c1' };
    const same = await house({ identity, audit: memoryAudit([event(who)]) });
    expect(codeOf(await same.gateway.record({ ...as('token-a'), session: 's' }))).toBe('completed');
    for (const others_ of [{ ...who, ...change }, undefined]) {
      const { gateway } = await house({ identity, audit: memoryAudit([event(others_)]) });
      expect(codeOf(await gateway.record({ ...as('token-a'), session: 's' }))).toBe('NOT_FOUND');
    }
  });

  it('lists only connections with something to open', async () => {
    const { gateway } = await house({ identity }, undefined, []);
    expect(valueOf(await gateway.connections(as('token-a')))).toEqual([]);
  });
});

describe('an identity that is not whole is none', () => {
  const who: Principal = { id: 'idp:a', subject: 'a', issuer: 'idp' };
  const good = { principal: who, actor: who, expiresAt: Number.MAX_SAFE_INTEGER };
  it.each<[string, unknown]>([
    ...(['id', 'subject', 'issuer'] as const).flatMap((part): [string, unknown][] => [
      [`principal.${part} is missing`, { ...good, principal: { ...who, [part]: undefined } }],
      [`actor.${part} is empty`, { ...good, actor: { ...who, [part]: '' } }],
      [`principal.${part} is a number`, { ...good, principal: { ...who, [part]: 7 } }],
    ]),
    ['expiresAt is text', { ...good, expiresAt: '9' }],
    ['client is a number', { ...good, client: 7 }],
    ['client is empty', { ...good, client: '' }],
    ['it is no plain data', { ...good, at: new Date() }],
  ])('%s', async (_name, answer) => {
    const provider = { authenticate: async () => answer } as unknown as IdentityProvider;
    const { open } = await house({ identity: provider });
    expect(codeOf(await open())).toBe('IDENTITY_UNAVAILABLE');
  });
});
