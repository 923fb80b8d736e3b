import {
  memoryAnalyzer,
  memoryAudit,
  memoryEngine,
  memoryIdentity,
  memoryPolicy,
  type MemoryStatementHandler,
  type KnownToken,
  type MemoryAudit,
  type MemoryEngine,
  type MemoryRule,
} from '../../src/adapters/memory/index.js';
import {
  buildGateway,
  type Gateway,
  type OpenRequest,
  type Outcome,
  type Parts,
  type Row,
  type SessionState,
  type StatementResult,
} from '../../src/core/index.js';

export const ops = { database: 'ACME', schema: 'OPS' };
export const finance = { database: 'ACME', schema: 'FINANCE' };

export const rules: readonly MemoryRule[] = [
  { id: 'all-open', subject: '*', connection: 'warehouse', object: 'ACME.OPS', action: '*' },
  { id: 'all-read', subject: '*', connection: 'warehouse', object: 'ACME.OPS.*', action: 'read' },
  { id: 'all-insert', subject: 'idp:writer', connection: 'warehouse', object: 'ACME.OPS.*', action: 'write' },
];

const people: Readonly<Record<string, KnownToken>> = {
  'token-a': { subject: 'agent-a' },
  'token-b': { subject: 'agent-b' },
  'token-w': { subject: 'writer' },
  'token-for-alice': { subject: 'alice', actor: 'agent-a' },
};

export interface House {
  readonly gateway: Gateway;
  readonly audit: MemoryAudit;
  readonly engine: MemoryEngine;
  /** The codes recorded so far. */
  readonly codes: () => string[];
  readonly open: (more?: Partial<OpenRequest>) => Promise<Outcome<SessionState>>;
  /** The id of a session that must open. */
  readonly session: (more?: Partial<OpenRequest>) => Promise<string>;
  readonly run: (
    session: string,
    sql?: string,
    token?: string,
    signal?: AbortSignal,
  ) => Promise<Outcome<StatementResult>>;
}

export const as = (token: string) => ({ credential: { scheme: 'bearer', token } });

/** A whole gateway over memory adapters. */
export async function house(
  more: Partial<Parts> = {},
  answer: MemoryStatementHandler = () => ({ columns: ['ID'], rows: [[1], [2]] }),
  allowed = rules,
): Promise<House> {
  const audit = (more.audit ?? memoryAudit()) as MemoryAudit;
  const engine = memoryEngine([ops, finance], answer);
  const gateway = await buildGateway({
    connections: { warehouse: engine },
    identity: memoryIdentity(people),
    policy: memoryPolicy(allowed),
    analyzer: memoryAnalyzer(),
    ...more,
    audit,
  });
  const open: House['open'] = (request) =>
    gateway.open({
      ...as('token-a'),
      connection: 'warehouse',
      schema: 'ACME.OPS',
      access: 'read',
      ttlMs: 60_000,
      reason: 'a test',
      ...request,
    });
  return {
    gateway,
    audit,
    engine,
    open,
    codes: () => audit.events.map((event) => event.code),
    session: async (request) => valueOf(await open(request)).id,
    run: (session, sql = 'SELECT orders', token = 'token-a', signal?) =>
      gateway.run({ ...as(token), session, sql }, signal),
  };
}

/** The value of an outcome that must be complete. */
export function valueOf<T>(outcome: Outcome<T>): T {
  if (outcome.status === 'completed') return outcome.value;
  throw new Error(`expected completed, got ${outcome.status} ${codeOf(outcome)} at ${outcome.at}`, { cause: outcome });
}

/** The code of an outcome that must not be complete. */
export function codeOf(outcome: Outcome<unknown>): string {
  if (outcome.status === 'denied') return outcome.code;
  return outcome.status === 'failed' ? outcome.error.code : outcome.status;
}

export async function rowsOf(result: StatementResult): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of result.batches) rows.push(...batch);
  return rows;
}
