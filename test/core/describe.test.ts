import { describe, expect, it } from 'vitest';
import { memoryEngine, type MemoryRule } from '../../src/adapters/memory/index.js';
import { AccessError, deny, type CatalogueObject } from '../../src/core/index.js';
import { as, codeOf, house, ops, valueOf, type House } from './test-gateway.js';

const column = { name: 'ID', type: 'INTEGER', nullable: false };
const object = (name: string, kind: CatalogueObject['kind'] = 'table'): CatalogueObject => ({
  name,
  kind,
  columns: [column],
});
const catalogue = [
  object('ORDERS'),
  object('CARRIERS'),
  object('PAYROLL'),
  object('Mixed case', 'view'),
  object('HINTS'),
];

const allowed: readonly MemoryRule[] = [
  { id: 'open', subject: '*', connection: 'warehouse', object: 'ACME.OPS', action: '*' },
  { id: 'orders', subject: '*', connection: 'warehouse', object: 'ACME.OPS.ORDERS', action: 'read' },
  {
    id: 'orders-held',
    subject: '*',
    connection: 'warehouse',
    object: 'ACME.OPS.ORDERS',
    action: 'write',
    obligations: [{ type: 'approval', value: {} }],
  },
  { id: 'carriers', subject: '*', connection: 'warehouse', object: 'ACME.OPS.CARRIERS', action: 'write' },
  { id: 'hints', subject: '*', connection: 'warehouse', object: 'ACME.OPS.HINTS', action: 'metadata' },
  {
    id: 'view',
    subject: '*',
    connection: 'warehouse',
    object: 'ACME.OPS."Mixed case"',
    action: 'read',
    obligations: [{ type: 'approval', value: {} }],
  },
];

function described(
  objects: readonly CatalogueObject[] | undefined = catalogue,
  more: Parameters<typeof house>[0] = {},
  rules = allowed,
): Promise<House> {
  return house(
    { connections: { warehouse: memoryEngine([ops], () => ({ columns: ['ID'], rows: [[1]] }), objects) }, ...more },
    undefined,
    rules,
  );
}

describe('describe', () => {
  it('shows what the policy permits anything on, and what a statement on it would meet', async () => {
    const { gateway, session } = await described();
    const { objects, schema, access, truncated } = valueOf(
      await gateway.describe({ ...as('token-a'), session: await session({ access: 'write' }) }),
    );
    expect({ schema, access, truncated }).toEqual({ schema: 'ACME.OPS', access: 'write', truncated: false });
    expect(objects).toEqual([
      { name: 'ACME.OPS.ORDERS', kind: 'table', columns: [column], read: 'allow', write: 'approval' },
      { name: 'ACME.OPS.CARRIERS', kind: 'table', columns: [column], read: 'deny', write: 'allow' },
      { name: 'ACME.OPS."Mixed case"', kind: 'view', columns: [column], read: 'approval', write: 'deny' },
      { name: 'ACME.OPS.HINTS', kind: 'table', columns: [column], read: 'deny', write: 'deny' },
    ]);
  });

  it('shows nothing for writing in a session for reading', async () => {
    const { gateway, session } = await described();
    const { objects } = valueOf(await gateway.describe({ ...as('token-a'), session: await session() }));
    expect(objects.map(({ name, write }) => [name, write])).toEqual([
      ['ACME.OPS.ORDERS', 'deny'],
      ['ACME.OPS."Mixed case"', 'deny'],
      ['ACME.OPS.HINTS', 'deny'],
    ]);
  });

  it('is recorded before and after, as a statement that names no object', async () => {
    const { gateway, session, audit } = await described();
    const id = await session();
    const { statement } = valueOf(await gateway.describe({ ...as('token-a'), session: id }));
    const events = audit.events.filter((event) => event.statement === statement);
    expect(events.map(({ code, session: of }) => [code, of])).toEqual([
      ['statement.authorized', id],
      ['statement.executed', id],
      ['statement.delivered', id],
    ]);
    // The engine told of five objects, and the policy hides two.
    expect(events.slice(1).map(({ data }) => data['rows'])).toEqual([5, 3]);
    expect(events[0]?.data).toMatchObject({
      kind: 'metadata',
      operation: 'DESCRIBE',
      summary: 'DESCRIBE SCHEMA ACME.OPS',
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      reads: [],
      writes: [],
      rules: ['open'],
    });
    expect(JSON.stringify(audit.events)).not.toMatch(/PAYROLL|ORDERS/);
  });

  it('reads nothing when the intent cannot be recorded', async () => {
    let looked = 0;
    const engine = memoryEngine([ops], () => ({ columns: [], rows: [] }), catalogue);
    const counting = {
      ...engine,
      open: async (...given: Parameters<typeof engine.open>) => {
        const path = await engine.open(...given);
        return {
          ...path,
          describe: () => {
            looked += 1;
            return Promise.reject(new Error('should not come'));
          },
        };
      },
    };
    const { gateway, session, audit } = await house({ connections: { warehouse: counting } }, undefined, allowed);
    const id = await session();
    audit.append = () => Promise.reject(new AccessError('AUDIT_UNAVAILABLE'));
    expect([codeOf(await gateway.describe({ ...as('token-a'), session: id })), looked]).toEqual([
      'AUDIT_UNAVAILABLE',
      0,
    ]);
  });

  it('is for the owner, while the session is open', async () => {
    const { gateway, session } = await described();
    const id = await session();
    expect(codeOf(await gateway.describe({ ...as('token-b'), session: id }))).toBe('NOT_FOUND');
    expect(codeOf(await gateway.describe({ ...as('nobody'), session: id }))).toBe('UNAUTHENTICATED');
    valueOf(await gateway.close({ ...as('token-a'), session: id }));
    expect(codeOf(await gateway.describe({ ...as('token-a'), session: id }))).toBe('SESSION_CLOSED');
  });

  it('passes the guards that statements pass', async () => {
    const guard = {
      name: 'no-looks',
      setup: (host: Parameters<import('../../src/core/index.js').Plugin['setup']>[0]) =>
        host.guard('scope', ({ analysis }) => (analysis?.kind === 'metadata' ? deny('GUARDED') : undefined)),
    };
    const { gateway, session } = await described(catalogue, { plugins: [guard] });
    expect(codeOf(await gateway.describe({ ...as('token-a'), session: await session() }))).toBe('GUARDED');
  });

  it('says that an engine cannot tell, and survives one that tells nonsense', async () => {
    const silent = await house();
    expect(codeOf(await silent.gateway.describe({ ...as('token-a'), session: await silent.session() }))).toBe(
      'NOT_FOUND',
    );
    for (const nonsense of [
      undefined,
      null,
      {},
      { queryId: 'q', objects: [null] },
      { queryId: 'q', objects: [{ name: 'X', kind: 'table' }] },
    ]) {
      const engine = memoryEngine([ops], () => ({ columns: [], rows: [] }));
      const lying = {
        ...engine,
        open: async (...given: Parameters<typeof engine.open>) => ({
          ...(await engine.open(...given)),
          describe: async () => nonsense as never,
        }),
      };
      const { gateway, session, codes } = await house({ connections: { warehouse: lying } }, undefined, allowed);
      expect(codeOf(await gateway.describe({ ...as('token-a'), session: await session() }))).toBe('ENGINE_UNAVAILABLE');
      expect(codes().filter((code) => code === 'statement.failed')).toHaveLength(1);
    }
  });

  it('shows a thousand objects at the most, and says that there are more', async () => {
    const { gateway, session } = await described(
      Array.from({ length: 1_500 }, (_, n) => object(`T${n}`)),
      {},
      [...allowed, { id: 'all', subject: '*', connection: '*', object: 'ACME.OPS.*', action: 'read' }],
    );
    const { objects, truncated } = valueOf(await gateway.describe({ ...as('token-a'), session: await session() }));
    expect([objects.length, truncated]).toEqual([1_000, true]);
  });
});

describe('identify', () => {
  it('says who calls, asks no policy and leaves no event but that of a credential that is no good', async () => {
    const { gateway, codes } = await house({}, undefined, []);
    expect(valueOf(await gateway.identify(as('token-for-alice')))).toMatchObject({
      principal: { id: 'idp:alice' },
      actor: { id: 'idp:agent-a' },
    });
    expect(codes()).toEqual(['gateway.started']);
    expect(codeOf(await gateway.identify(as('stolen')))).toBe('UNAUTHENTICATED');
    expect(codes()).toEqual(['gateway.started', 'identity.refused']);
  });
});
