import type { AuditEvent } from '../../../../src/core/index.js';
import { office } from '../../../core/approvals/test-reviewers.js';
import { as, valueOf } from '../../../core/test-gateway.js';

/**
 * Consent asked for, given, used and shown again, refused, tried by oneself and not answered; a session revoked; glass
 * broken, and looked at.
 */
export async function decided(): Promise<readonly AuditEvent[]> {
  const at = await office({ approvals: { cooldownMs: 0 } });
  const { gateway, audit, clock } = at;
  const finance = {
    ...as('agent'),
    connection: 'warehouse',
    schema: 'ACME.FINANCE',
    access: 'read',
    ttlMs: 60_000,
    reason: 'the month is over',
  } as const;
  const asking = await at.ticket(await gateway.open(finance));
  valueOf(await at.decide(asking, 'bob', { comment: 'for today' }));
  valueOf(await gateway.open({ ...finance, ticket: asking }));
  valueOf(
    await at.decide(await at.ticket(await gateway.open({ ...finance, ttlMs: 50_000 })), 'bob', { decision: 'reject' }),
  );
  await at.ticket(await gateway.open({ ...finance, ttlMs: 40_000 }));

  const held = await at.ticket();
  await at.decide(held, 'alice');
  valueOf(await at.decide(held));
  valueOf(await at.write({ ticket: held }));
  valueOf(await at.write({ ticket: held }));
  valueOf(await at.decide(await at.ticket(), 'bob', { decision: 'reject', comment: 'not today' }));
  await at.ticket();
  valueOf(await gateway.revoke({ ...as('bob'), session: at.id, comment: 'stop it' }));

  valueOf(await gateway.suspend({ ...as('bob'), actor: 'idp:agent', comment: 'no more today' }));
  valueOf(await gateway.reinstate({ ...as('carol'), actor: 'idp:agent', comment: 'it was mended' }));

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
  valueOf(await gateway.run({ ...as('oncall'), session: glass.id, sql: 'DELETE orders' }));
  valueOf(await gateway.close({ ...as('oncall'), session: glass.id }));
  valueOf(await gateway.sign({ ...as('bob'), session: glass.id, comment: 'it was right' }));
  clock.forward(3_600_000);
  await new Promise((resolve) => setImmediate(resolve));
  await gateway.shutdown();
  return audit.events;
}
