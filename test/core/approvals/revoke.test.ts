import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { duckdb } from '../../../src/adapters/duckdb/index.js';
import { memoryAudit, memoryPolicy } from '../../../src/adapters/memory/index.js';
import { buildGateway, type Analyzer } from '../../../src/core/index.js';
import { as, codeOf, valueOf } from '../test-gateway.js';
import { FakeClock } from '../fake-clock.js';
import { identity, office } from './test-reviewers.js';

const endless = 'SELECT sum(a.range * b.range % 7) FROM range(10000000) a, range(10000000) b';

/** Takes every text for a query on ACME.OPS.ORDERS: what runs is the matter here. */
const trusting: Analyzer = {
  dialects: ['duckdb'],
  analyze: async (sql) => ({
    kind: 'read',
    operation: 'SELECT',
    canonical: sql,
    digest: createHash('sha256').update(sql).digest('hex'),
    redacted: '',
    summary: 'SELECT ACME.OPS.ORDERS',
    reads: [{ database: 'ACME', schema: 'OPS', name: 'ORDERS', kind: 'relation' }],
    writes: [],
    functions: [],
  }),
};

it('revoking cancels what runs in a real database at once: no timer has to ring for it', async () => {
  const audit = memoryAudit();
  const gateway = await buildGateway({
    connections: { warehouse: duckdb({ schemas: ['ACME.OPS'] }) },
    identity,
    audit,
    analyzer: trusting,
    approvals: {},
    clock: new FakeClock(),
    policy: memoryPolicy([{ id: 'all', subject: '*', connection: '*', object: '*', action: '*' }]),
  });
  const open = () =>
    gateway.open({
      ...as('agent'),
      connection: 'warehouse',
      schema: 'ACME.OPS',
      access: 'read',
      ttlMs: 600_000,
      reason: 'a long look',
    });
  const [session, other] = [valueOf(await open()).id, valueOf(await open()).id];
  const running = gateway.run({ ...as('agent'), session, sql: endless });
  await expect.poll(() => audit.events.map(({ code }) => code), { timeout: 20_000 }).toContain('statement.authorized');
  expect(valueOf(await gateway.revoke({ ...as('bob'), session, comment: 'it takes too much' }))).toMatchObject({
    state: 'closed',
    endedBy: 'revoked',
  });
  expect(codeOf(await running)).toBe('SESSION_REVOKED');
  // The gateway's clock stands still, so its patience never ends: the statement has let go, and the connection is
  // closed.
  expect(audit.events.find(({ code }) => code === 'session.revoked')?.data).toMatchObject({
    clean: true,
    revokedBy: 'idp:bob',
    comment: 'it takes too much',
  });
  expect(audit.events.find(({ code }) => code === 'statement.failed')?.data).toMatchObject({ code: 'SESSION_REVOKED' });
  expect(codeOf(await gateway.run({ ...as('agent'), session, sql: 'SELECT 1' }))).toBe('SESSION_REVOKED');
  valueOf(await gateway.run({ ...as('agent'), session: other, sql: 'SELECT 1' }));
  await gateway.shutdown();
}, 60_000);

it('a revocation is told even where it cannot be recorded, and the path is gone', async () => {
  const inner = memoryAudit();
  const { gateway, id, engine, notices } = await office({
    audit: {
      ...inner,
      append: (event) =>
        event.code === 'session.revoked' ? Promise.reject(new Error('disk full')) : inner.append(event),
    },
  });
  expect(codeOf(await gateway.revoke({ ...as('bob'), session: id }))).toBe('AUDIT_UNAVAILABLE');
  expect([engine.live(), notices.at(-1)?.type]).toEqual([0, 'session.revoked']);
});
