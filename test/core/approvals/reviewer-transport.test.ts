import { describe, expect, it } from 'vitest';
import { ocsf } from '../../../src/adapters/ocsf/index.js';
import type { AuditEvent } from '../../../src/core/index.js';
import { as, valueOf } from '../test-gateway.js';
import { office, type Office } from './test-reviewers.js';

const transport = { protocol: 'rest', address: '10.7.0.9', userAgent: 'Firefox/147' } as const;
const bob = { ...as('bob'), transport };
const format = ocsf({ authority: 'gate-1' });

/** A reviewer decides on a statement, on a session, tries to on their own, revokes, and signs. */
async function reviewed(): Promise<Office> {
  const at = await office();
  const { gateway, ticket, decide, write, see } = at;
  const finance = {
    ...as('agent'),
    connection: 'warehouse',
    schema: 'ACME.FINANCE',
    access: 'read',
    ttlMs: 60_000,
    reason: 'month end',
  } as const;
  const held = await ticket();
  await gateway.decide({
    ...as('alice'),
    transport,
    ticket: held,
    decision: 'approve',
    digest: (await see(held)).digest,
  });
  valueOf(await decide(held, 'bob', { transport }));
  valueOf(await write({ ticket: held }));
  valueOf(await decide(await ticket(await gateway.open(finance)), 'bob', { transport }));
  valueOf(
    await decide(await ticket(await gateway.open({ ...finance, ttlMs: 50_000 })), 'bob', {
      transport,
      decision: 'reject',
    }),
  );
  const glass = valueOf(
    await gateway.open({
      ...as('oncall'),
      connection: 'warehouse',
      schema: 'ACME.OPS',
      access: 'write',
      ttlMs: 600_000,
      reason: 'the site is down',
      breakGlass: true,
    }),
  );
  valueOf(await gateway.revoke({ ...bob, session: glass.id }));
  valueOf(await gateway.sign({ ...bob, session: glass.id, comment: 'fine' }));
  return at;
}

const byReviewers = ({ data }: AuditEvent): boolean =>
  data['requester'] !== undefined || data['revokedBy'] !== undefined;

describe('from where a reviewer came', () => {
  it('stands in the record as it does for whoever asks, and where SIEMs look for it', async () => {
    const { audit } = await reviewed();
    const its = audit.events.filter(byReviewers);
    expect(its.map(({ code }) => code)).toEqual([
      'statement.approval_decided',
      'statement.approval_decided',
      'session.approved',
      'session.denied',
      'session.revoked',
      'breakglass.reviewed',
    ]);
    for (const event of its) {
      expect(event.data['transport']).toEqual(transport);
      expect(JSON.parse(format.write(event, format.begin()).lines[0] as string)).toMatchObject({
        src_endpoint: { ip: transport.address, name: transport.userAgent },
      });
    }
  });

  it('is not said of what nobody decided', async () => {
    const { ticket, clock, see, audit } = await office({}, 'approval=role:stewards/1/30s');
    const held = await ticket();
    clock.forward(30_000);
    expect((await see(held)).state).toBe('expired');
    expect(audit.events.at(-1)).toMatchObject({ code: 'statement.approval_decided', data: { decision: 'expired' } });
    expect(audit.events.at(-1)?.data).not.toHaveProperty('transport');
  });

  it('is shown to who oversees the schema, and not to whose session it is', async () => {
    const { gateway, id } = await reviewed();
    const seenBy = async (token: string): Promise<readonly AuditEvent[]> =>
      valueOf(await gateway.record({ ...as(token), session: id })).events;
    const [own, overseen] = [await seenBy('agent'), await seenBy('bob')];
    expect(overseen.filter(byReviewers).map(({ data }) => data['transport'])).toEqual([transport, transport]);
    expect(own.map(({ id: each }) => each)).toEqual(overseen.map(({ id: each }) => each));
    expect(JSON.stringify(own)).not.toContain(transport.address);
    expect(own.filter((event) => !byReviewers(event))).toEqual(overseen.filter((event) => !byReviewers(event)));
  });
});
