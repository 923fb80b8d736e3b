import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { casbin, defaultPolicy, type DefaultPolicyOptions } from '../../../src/adapters/casbin/index.js';
import { lintPolicy } from '../../../src/adapters/casbin/lint-policy.js';
import { memoryIdentity } from '../../../src/adapters/memory/index.js';
import { statementKinds, type Analysis, type Decision } from '../../../src/core/index.js';
import { decideByPlainPolicy } from '../../../src/cli/analyze/plain-policy.js';
import { as, house, valueOf } from '../../core/test-gateway.js';
import { ask } from './policy-queries.js';

const options: DefaultPolicyOptions = {
  connection: 'warehouse',
  schemas: ['ACME.OPS', 'ACME."Mixed, case"'],
  users: ['idp:agent', 'idp:alice'],
  reviewers: ['idp:bob'],
};
const policy = await casbin({ policy: defaultPolicy(options) });

const heldOrNot = (decision: Decision): string => {
  if (decision.effect === 'deny') return 'deny';
  return decision.obligations.some(({ type }) => type === 'approval') ? 'approval' : 'allow';
};

describe('the default policy', () => {
  it.each(statementKinds)('holds a %s unless it only reads or describes', async (kind) => {
    const expected =
      kind === 'read' || kind === 'metadata' ? 'allow' : kind === 'write' || kind === 'ddl' ? 'approval' : 'deny';
    for (const object of ['ACME.OPS', 'ACME.OPS.ORDERS', 'ACME."Mixed, case"."any"'])
      expect([object, heldOrNot(await ask(policy, 'idp:alice', kind, object, 'warehouse', 'idp:agent'))]).toEqual([
        object,
        expected,
      ]);
  });

  it.each(statementKinds)('says of a %s what the plain policy of the command line says', async (kind) => {
    const object = { database: 'ACME', schema: 'OPS', name: 'ORDERS', kind: 'table' } as const;
    const reading = kind === 'read' || kind === 'metadata';
    const analysis: Analysis = {
      kind,
      operation: 'X',
      canonical: 'X',
      digest: 'd',
      redacted: 'X',
      summary: 'X',
      reads: reading ? [object] : [],
      writes: reading ? [] : [object],
      functions: [],
    };
    expect(decideByPlainPolicy(analysis, { database: 'ACME', schema: 'OPS' }).decision).toBe(
      heldOrNot(await ask(policy, 'idp:alice', kind, 'ACME.OPS.ORDERS')),
    );
  });

  it('is about the schemas and the connection that it names, and the people', async () => {
    for (const [who, action, object, connection] of [
      ['idp:alice', 'read', 'ACME.HR.STAFF', 'warehouse'],
      ['idp:alice', 'open:read', 'ACME.HR', 'warehouse'],
      ['idp:alice', 'read', 'ACME.OPS.ORDERS', 'other'],
      ['idp:zoe', 'read', 'ACME.OPS.ORDERS', 'warehouse'],
      ['idp:bob', 'read', 'ACME.OPS.ORDERS', 'warehouse'],
      ['idp:alice', 'review:write', 'ACME.OPS.ORDERS', 'warehouse'],
      ['idp:alice', 'oversee', 'ACME.OPS', 'warehouse'],
      ['idp:alice', 'breakglass:write', 'ACME.OPS', 'warehouse'],
    ] as const)
      expect([who, action, (await ask(policy, who, action, object, connection)).effect]).toEqual([who, action, 'deny']);
    expect((await ask(policy, 'idp:alice', 'read', 'ACME.OPS.ORDERS', 'warehouse', 'idp:stranger')).effect).toBe(
      'deny',
    );
  });

  it('goes all the way in a gateway: reads run, a write and a definition wait for the reviewer that it names', async () => {
    const identity = memoryIdentity({
      agent: { subject: 'alice', actor: 'agent' },
      bob: { subject: 'bob', scopes: ['sallyport.review'] },
    });
    const { gateway, engine } = await house({
      identity,
      policy: await casbin({ policy: defaultPolicy(options) }),
      approvals: {},
    });
    const session = valueOf(
      await gateway.open({
        ...as('agent'),
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'write',
        ttlMs: 60_000,
        reason: 'a start',
      }),
    ).id;
    const run = (sql: string, ticket?: string) =>
      gateway.run({ ...as('agent'), session, sql, ...(ticket === undefined ? {} : { ticket }) });
    valueOf(await run('SELECT orders'));
    for (const sql of ['DELETE orders', 'CREATE archive']) {
      const asked = await run(sql);
      if (asked.status !== 'pending') throw new Error('it should wait', { cause: asked });
      valueOf(
        await gateway.decide({ ...as('bob'), ticket: asked.ticket, decision: 'approve', digest: asked.binding ?? '' }),
      );
      valueOf(await run(sql, asked.ticket));
    }
    expect(engine.ran).toEqual(['SELECT orders', 'DELETE orders', 'CREATE archive']);
    expect(valueOf(await gateway.sessions(as('bob')))).toHaveLength(1);
  });

  it('takes other terms, and nothing that would be a rule of its own', async () => {
    const two = await casbin({ policy: defaultPolicy({ ...options, approval: 'role:reviewers/2/1h' }) });
    expect(await ask(two, 'idp:alice', 'write', 'ACME.OPS.ORDERS')).toMatchObject({
      obligations: [{ type: 'approval', value: 'role:reviewers/2/1h' }],
    });
    for (const change of [
      { users: [] },
      { reviewers: [] },
      { schemas: [] },
      { users: ['idp:a, role:users, warehouse\ng, idp:evil'] },
      { approval: 'role:reviewers\n' },
    ])
      expect(() => defaultPolicy({ ...options, ...change })).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error,
      );
    for (const change of [
      { users: ['idp:a, role:reviewers'] },
      { users: ['role'] },
      { schemas: ['ACME.*, read, allow'] },
      { schemas: ['ACME'] },
      { approval: 'nobody' },
      { connection: 'a b' },
    ]) {
      await expect(casbin({ policy: defaultPolicy({ ...options, ...change }) })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
      });
    }
  });
});

it('the quick start lets nothing that changes data run without consent', () => {
  const text = readFileSync(join(import.meta.dirname, '../../../examples/quickstart/policy.csv'), 'utf8');
  const changing = lintPolicy([{ name: 'policy.csv', text }]).rules.filter(
    ({ effect, action }) => effect === 'allow' && ['write', 'ddl'].includes(action),
  );
  expect(changing.length).toBeGreaterThan(0);
  expect(changing.filter(({ obligations }) => !obligations.some(({ type }) => type === 'approval'))).toEqual([]);
});
