import { describe, expect, it } from 'vitest';
import type { Identity, Transport } from '../../src/core/index.js';
import { SharedIdentityDetector } from '../../src/core/request/shared-identity-detector.js';
import { as, house } from './test-gateway.js';

const identity = (client?: string, actor = 'idp:agent'): Identity => {
  const one = { id: actor, subject: actor, issuer: 'idp' };
  return { principal: one, actor: one, expiresAt: 0, ...(client === undefined ? {} : { client }) };
};
const from = (address?: string, userAgent?: string): Transport => ({
  protocol: 'rest',
  ...(address === undefined ? {} : { address }),
  ...(userAgent === undefined ? {} : { userAgent }),
});

describe('one identity, used from where one agent cannot be', () => {
  it('two OAuth clients are two agents', () => {
    const sightings = new SharedIdentityDetector();
    expect(sightings.observe(identity('desk'), from('10.0.0.1'), 0)).toBeUndefined();
    expect(sightings.observe(identity('cron'), from('10.0.0.1'), 1_000)).toEqual({
      by: 'client',
      one: { client: 'desk', address: '10.0.0.1' },
      other: { client: 'cron', address: '10.0.0.1' },
    });
  });

  it('two programs at two addresses are two agents', () => {
    const sightings = new SharedIdentityDetector();
    expect(sightings.observe(identity('desk'), from('10.0.0.1', 'desk-agent/1.4'), 0)).toBeUndefined();
    expect(sightings.observe(identity('desk'), from('10.0.0.2', 'curl/8.0'), 1_000)).toMatchObject({ by: 'program' });
  });

  it.each<[string, Transport, Transport]>([
    ['pods of one agent', from('10.0.0.1', 'desk-agent/1.4'), from('10.0.0.2', 'desk-agent/1.4')],
    ['two releases of one agent', from('10.0.0.1', 'desk-agent/1.4'), from('10.0.0.2', 'Desk-Agent/1.5 (linux)')],
    ['two programs at one address, as behind a proxy', from('10.0.0.1', 'a/1'), from('10.0.0.1', 'b/1')],
    ['a caller that does not say what it is', from('10.0.0.1', 'a/1'), from('10.0.0.2')],
    ['a caller in code', from('10.0.0.1', 'a/1'), from()],
  ])('%s may be one agent', (_name, one, other) => {
    const sightings = new SharedIdentityDetector();
    sightings.observe(identity('desk'), one, 0);
    expect(sightings.observe(identity('desk'), other, 1)).toBeUndefined();
  });

  it('other actors do not count, nor what is ten minutes ago', () => {
    const sightings = new SharedIdentityDetector();
    sightings.observe(identity('desk'), from('10.0.0.1'), 0);
    expect(sightings.observe(identity('cron', 'idp:other'), from('10.0.0.1'), 1)).toBeUndefined();
    expect(sightings.observe(identity('cron'), from('10.0.0.1'), 600_001)).toBeUndefined();
  });

  it('is told once in ten minutes, whoever comes first', () => {
    const sightings = new SharedIdentityDetector();
    const told = [0, 1, 2, 3, 700_000, 700_001].map(
      (at) => sightings.observe(identity(at % 2 === 0 ? 'desk' : 'cron'), from('10.0.0.1'), at) !== undefined,
    );
    expect(told).toEqual([false, true, false, false, false, true]);
  });

  it('keeps to its bounds however many actors and places come', () => {
    const sightings = new SharedIdentityDetector();
    for (let index = 0; index < 30_000; index += 1)
      sightings.observe(identity('desk', `idp:${index}`), from('10.0.0.1'), index);
    for (let index = 0; index < 30_000; index += 1)
      sightings.observe(identity(`client-${index}`), from('10.0.0.1'), 30_000 + index);
    expect(sightings.size).toBeLessThanOrEqual(20_000);
  });
});

it('stands in the record, and hinders nobody', async () => {
  const at = await house();
  const open = (userAgent: string, address: string) =>
    at.gateway.open({
      ...as('token-a'),
      connection: 'warehouse',
      schema: 'ACME.OPS',
      access: 'read',
      ttlMs: 60_000,
      reason: 'a test',
      transport: from(address, userAgent),
    });
  expect((await open('desk-agent/1', '10.0.0.1')).status).toBe('completed');
  expect((await open('curl/8', '10.0.0.9')).status).toBe('completed');
  const shared = at.audit.events.filter((event) => event.code === 'identity.shared');
  expect(shared).toHaveLength(1);
  expect(shared[0]).toMatchObject({
    who: { actor: 'idp:agent-a' },
    data: { by: 'program', one: { address: '10.0.0.1' }, other: { address: '10.0.0.9', userAgent: 'curl/8' } },
  });
});
