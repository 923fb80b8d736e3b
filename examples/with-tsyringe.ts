/**
 * A team with its own tsyringe container: it registers a part, and the gateway takes that one. `tsx
 * examples/with-tsyringe.ts`
 */
import 'reflect-metadata';
import { container } from 'tsyringe';
import { createGateway, provide, tokens, type AuditEvent, type AuditLog } from 'sallyport';
import { memoryAudit, memoryEngine, memoryIdentity, memoryPolicy } from 'sallyport/memory';

/** The team's own record: whatever it is, plus a line on the console. */
function announced(log: AuditLog): AuditLog {
  return {
    async append(event: AuditEvent) {
      await log.append(event);
      console.log('recorded', event.code);
    },
    record: (session, range) => log.record(session, range),
    unresolved: () => log.unresolved(),
    unreviewed: async () => (await log.unreviewed?.()) ?? [],
  };
}

const team = container.createChildContainer();
provide(team, tokens.audit, announced(memoryAudit()));
provide(
  team,
  tokens.policy,
  memoryPolicy([
    { id: 'open', subject: 'idp:alice', connection: 'warehouse', object: 'ACME.OPS', action: 'open:read' },
  ]),
);

const gateway = await createGateway({
  container: team,
  connections: { warehouse: memoryEngine([{ database: 'ACME', schema: 'OPS' }], () => ({ columns: [], rows: [] })) },
  identity: memoryIdentity({ 'a-token': { subject: 'alice' } }),
});

const credential = { scheme: 'bearer', token: 'a-token' };
const opened = await gateway.open({
  credential,
  connection: 'warehouse',
  schema: 'ACME.OPS',
  access: 'read',
  ttlMs: 60_000,
  reason: 'show the wiring',
});
console.log(opened.status);
await gateway.shutdown();
