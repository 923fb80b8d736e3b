import { memoryAudit, memoryApprover, memoryIdentity, memoryPolicy } from '../../../../src/adapters/memory/index.js';
import {
  AccessError,
  type AuditEvent,
  type Plugin,
  type PolicyDecisionPoint,
  type Row,
} from '../../../../src/core/index.js';
import { FakeClock } from '../../../core/fake-clock.js';
import { as, house, ops, rowsOf, rules, valueOf } from '../../../core/test-gateway.js';
import { memoryEngine } from '../../../../src/adapters/memory/index.js';

/** Permitted, denied, refused, held: what one agent meets on a good day. */
export async function asked(): Promise<readonly AuditEvent[]> {
  const approver = memoryApprover();
  const held = rules.map((rule) =>
    rule.id === 'all-insert' ? { ...rule, obligations: [{ type: 'approval', value: true }] } : rule,
  );
  const at = await house({ approver, limits: { sessionsPerActor: 1, requestBurstPerCaller: 50 } }, undefined, held);
  const session = await at.session({
    transport: { protocol: 'mcp', address: '10.0.4.17', userAgent: 'desk-agent/1.4' },
  });
  await rowsOf(valueOf(await at.run(session)));
  valueOf(await at.run(session));
  for (const sql of ['SELECT FINANCE.payroll', 'DROP TABLE x', 'nonsense', '', 'INSERT orders'])
    await at.run(session, sql);
  await at.run('nobody', 'SELECT orders');
  await at.run(session, 'SELECT orders', 'token-b');
  await at.run(session, 'SELECT orders', 'no-token');
  await at.open({ schema: 'ACME.FINANCE' });
  await at.open();
  await at.open({ ...as('token-for-alice') });
  await at.gateway.open({
    ...as('no-token'),
    connection: 'warehouse',
    schema: 'ACME.OPS',
    access: 'read',
    ttlMs: 60_000,
    reason: 'x',
  });
  await at.open({ connection: 'nowhere' });
  const writing = await at.session({ ...as('token-w'), access: 'write' });
  await at.run(writing, 'INSERT orders', 'token-w');
  await at.gateway.close({ ...as('token-a'), session });
  for (let count = 0; count < 60; count += 1)
    await at.gateway.identify({ ...as('token-b'), transport: { protocol: 'rest', address: '10.0.4.17' } });
  await at.gateway.shutdown();
  return at.audit.events;
}

async function* twoBatches(): AsyncGenerator<readonly Row[]> {
  for (let batch = 0; batch < 2; batch += 1) yield [[await Promise.resolve(batch)]];
}

async function* broken(): AsyncGenerator<readonly Row[]> {
  yield [[await Promise.resolve(1)]];
  yield [[2]];
  throw new AccessError('ENGINE_UNAVAILABLE');
}

/**
 * An engine that streams, fails, breaks off and cannot be reached; a schema that is looked at; a session that reaches
 * its deadline.
 */
export async function ran(): Promise<readonly AuditEvent[]> {
  const clock = new FakeClock();
  const engine = memoryEngine(
    [ops],
    ({ canonical }) => {
      if (canonical === 'SELECT failing')
        throw new AccessError('ENGINE_REJECTED', undefined, { detail: { engineCode: '002003' } });
      if (canonical === 'SELECT otherwise')
        throw new AccessError('ENGINE_DISAGREES', undefined, {
          detail: { reason: 'kind', expected: 'read', found: 'DELETE' },
        });
      return {
        columns: ['N'],
        rows: canonical === 'SELECT many' ? twoBatches() : canonical === 'SELECT broken' ? broken() : [[1]],
        affected: 3,
      };
    },
    [{ name: 'ORDERS', kind: 'table', columns: [] }],
  );
  let away = false;
  const open: typeof engine.open = (...given) =>
    away
      ? Promise.reject(
          new AccessError('ENGINE_UNAVAILABLE', undefined, { detail: { step: 'credential', credential: 'keyPair' } }),
        )
      : engine.open(...given);
  const at = await house({ clock, connections: { warehouse: { ...engine, open } } });
  const session = await at.session();
  await rowsOf(valueOf(await at.run(session, 'SELECT many')));
  await rowsOf(valueOf(await at.run(session, 'SELECT broken'))).catch(() => undefined);
  await at.run(session, 'SELECT failing');
  await at.run(session, 'SELECT otherwise');
  valueOf(await at.gateway.describe({ ...as('token-a'), session }));
  away = true;
  await at.open({ reason: 'to see what is wrong' });
  clock.forward(60_001);
  await at.run(session);
  await at.gateway.shutdown();
  return at.audit.events;
}

/** What a start writes of an earlier run that crashed. */
export async function recovered(): Promise<readonly AuditEvent[]> {
  const who = { principal: 'idp:alice', actor: 'idp:agent-a', issuer: 'idp' };
  const left = (code: AuditEvent['code'], session: string, statement?: string): AuditEvent => ({
    id: `${code}-${session}`,
    code,
    at: 1,
    instance: 'before',
    session,
    who,
    connection: 'warehouse',
    data: {},
    ...(statement === undefined ? {} : { statement }),
  });
  const earlier = [
    left('session.requested', 's1'),
    left('session.opened', 's1'),
    left('statement.authorized', 's1', 't1'),
    left('session.requested', 's2'),
  ];
  const { gateway, audit } = await house({ audit: memoryAudit(earlier) });
  await gateway.shutdown();
  return audit.events.slice(earlier.length);
}

/** Other rules come into force, one agent comes from two places, and the next start finds other limits. */
export async function changed(): Promise<readonly AuditEvent[]> {
  let current = memoryPolicy(rules, 'v1');
  const policy: PolicyDecisionPoint = {
    get version() {
      return current.version;
    },
    decide: (question, signal) => current.decide(question, signal),
  };
  const identity = memoryIdentity({
    'token-a': { subject: 'alice', actor: 'agent', client: 'desk' },
    'token-b': { subject: 'alice', actor: 'agent', client: 'cron' },
  });
  const at = await house({ policy, identity });
  const session = await at.session({ transport: { protocol: 'rest', address: '10.0.0.1', userAgent: 'desk/1' } });
  current = memoryPolicy(rules, 'v2');
  await at.run(session);
  await at.run(session, 'SELECT orders', 'token-b');
  await at.gateway.run({
    ...as('token-a'),
    session,
    sql: 'SELECT orders',
    transport: { protocol: 'rest', address: '10.0.0.9', userAgent: 'curl/8' },
  });
  await at.gateway.shutdown();
  const next = await house({ audit: memoryAudit(at.audit.events), policy, identity, limits: { maxRows: 1_000 } });
  await next.gateway.shutdown();
  return next.audit.events;
}

/** An approver that lets somebody agree to their own request, and one that does not. */
export async function fooled(): Promise<readonly AuditEvent[]> {
  const held = rules.map((rule) =>
    rule.id === 'all-read' ? { ...rule, obligations: [{ type: 'approval', value: true }] } : rule,
  );
  let reviewer = 'idp:bob';
  const at = await house(
    { approver: { seek: async ({ digest }) => ({ ticket: 'ticket-1', reviewers: [reviewer], digest }) } },
    undefined,
    held,
  );
  const session = await at.session();
  valueOf(await at.run(session));
  reviewer = 'idp:agent-a';
  await at.run(session);
  await at.gateway.shutdown();
  return at.audit.events;
}

/** Statements that a plugin rewrites: within what was decided, and beyond it. */
export async function rewritten(): Promise<readonly AuditEvent[]> {
  const obliged = rules.map((rule) =>
    rule.id === 'all-read'
      ? {
          ...rule,
          obligations: [
            { type: 'trim', value: true },
            { type: 'record', value: 'full' },
          ],
        }
      : rule,
  );
  const plugin: Plugin = {
    name: 'trimmer',
    setup: (host) => host.fulfil('trim', ({ sql }) => (sql.includes('customers') ? 'SELECT ORDERS' : 'DELETE orders')),
  };
  const at = await house({ plugins: [plugin] }, undefined, obliged);
  const session = await at.session({ access: 'write' });
  valueOf(await at.run(session, 'SELECT orders customers'));
  await at.run(session, 'SELECT orders');
  await at.gateway.shutdown();
  return at.audit.events;
}

/** Plugins that throw, and one that never answers. */
export async function failing(): Promise<readonly AuditEvent[]> {
  const plugin: Plugin = {
    name: 'faulty',
    setup: (host) =>
      host.guard('scope', async ({ moment }) =>
        moment === 'run' ? new Promise<undefined>(() => undefined) : Promise.reject(new Error('a fault')),
      ),
  };
  const at = await house({ plugins: [plugin], limits: { pluginTimeoutMs: 20 } });
  await at.open();
  await at.gateway.shutdown();
  return at.audit.events;
}

/** A wall clock that is set back while a session is open. */
export async function turned(): Promise<readonly AuditEvent[]> {
  const clock = new FakeClock();
  const at = await house({ clock });
  const session = await at.session();
  clock.wall -= 3_600_000;
  valueOf(await at.run(session));
  await at.gateway.shutdown();
  return at.audit.events;
}
