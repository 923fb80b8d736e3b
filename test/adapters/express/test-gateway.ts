import {
  memoryAnalyzer,
  memoryAudit,
  memoryEngine,
  memoryIdentity,
  memoryPolicy,
  type MemoryStatementHandler,
  type MemoryAudit,
  type MemoryEngine,
} from '../../../src/adapters/memory/index.js';
import { buildGateway, type Gateway, type Parts } from '../../../src/core/index.js';

/** What opens a session in the house. */
export const opening = { connection: 'warehouse', schema: 'acme.ops', access: 'write', ttl: 60, reason: 'a test' };

const rules = [
  { id: 'open', subject: '*', connection: 'warehouse', object: 'ACME.OPS', action: '*' },
  { id: 'read', subject: '*', connection: 'warehouse', object: 'ACME.OPS.*', action: 'read' },
  {
    id: 'held',
    subject: '*',
    connection: 'warehouse',
    object: 'ACME.OPS.*',
    action: 'write',
    obligations: [{ type: 'approval', value: {} }],
  },
];

export interface House {
  readonly gateway: Gateway;
  readonly audit: MemoryAudit;
  readonly engine: MemoryEngine;
}

/** A gateway on memory adapters, for agents `a` and `b` with tokens of the same name. */
export async function house(
  answer: MemoryStatementHandler = () => ({
    columns: ['ID', 'NAME'],
    rows: [
      [1, 'one'],
      [2, null],
    ],
  }),
  more: Partial<Parts> = {},
): Promise<House> {
  const engine = memoryEngine([{ database: 'ACME', schema: 'OPS' }], answer);
  const audit = memoryAudit();
  const gateway = await buildGateway({
    connections: { warehouse: engine },
    identity: memoryIdentity({ a: { subject: 'agent-a' }, b: { subject: 'agent-b' } }),
    policy: memoryPolicy(rules),
    analyzer: memoryAnalyzer(),
    audit,
    ...more,
  });
  return { gateway, audit, engine };
}
