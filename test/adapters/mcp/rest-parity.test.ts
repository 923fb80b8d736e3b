import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { snowflakeSql } from '../../../src/adapters/snowflake-sql/index.js';
import { memoryEngine, memoryPolicy } from '../../../src/adapters/memory/index.js';
import { faults, formatSchema, type AuditEvent, type SchemaRef } from '../../../src/core/index.js';
import { unlimited } from '../../support/limits.js';
import { corpus } from '../snowflake-sql/test-analyzer.js';
import { call, connect, house, opening, serve, session, type House, type Served } from './test-gateway.js';

interface Sample {
  readonly id: string;
  readonly sql: string;
  readonly scope: SchemaRef;
}

const permissive = memoryPolicy([
  { id: 'all', subject: '*', connection: '*', object: '*', action: '*' },
  ...['write', 'ddl'].map((action) => ({
    id: `${action}-held`,
    subject: '*',
    connection: '*',
    object: '*',
    action,
    obligations: [{ type: 'approval', value: {} }],
  })),
]);

/** What differs between any two requests: who they are and when. */
const own: ReadonlySet<string> = new Set([
  'id',
  'at',
  'session',
  'statement',
  'grant',
  'queryId',
  'ticket',
  'transport',
  'expiresAt',
  'binding',
  'instance',
  'durationMs',
]);

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !own.has(name))
      .map(([name, each]) => [name, bare(each)]),
  );
}

/** The answer and the events of one request, without what is its own. */
interface Traced {
  readonly answer: unknown;
  readonly events: unknown;
}

async function traced({ audit }: House, work: () => Promise<unknown>): Promise<Traced> {
  const before = audit.events.length;
  const answer = bare(await work());
  return { answer, events: audit.events.slice(before).map((event: AuditEvent) => bare(event)) };
}

/** Each door says where its own form is told. */
function withoutForm(answer: Readonly<Record<string, unknown>>): object {
  const { hint: _, ...others } = answer;
  return String(answer['reason']).startsWith('request.') ? others : answer;
}

interface Doors {
  readonly rest: (sql: string) => Promise<Traced>;
  readonly mcp: (sql: string) => Promise<Traced>;
}

/** The same statement by both mounts, each in a session of its own that was opened through it. */
async function doors(at: House, { origin, url }: Served, scope: SchemaRef): Promise<Doors> {
  const client = await connect(url);
  const schema = formatSchema(scope);
  const ask = async (path: string, body: object) =>
    (
      await fetch(`${origin}/jit${path}`, {
        method: 'POST',
        headers: { authorization: 'Bearer a', 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    ).json() as Promise<Record<string, unknown>>;
  const [here, there] = [
    String((await ask('/sessions', { ...opening, schema }))['id']),
    await session(client, { schema }),
  ];
  return {
    rest: (sql) =>
      traced(at, async () => {
        const { status, digest: _, ...json } = await ask(`/sessions/${here}/statements`, { sql });
        return status === undefined
          ? { status: 'completed', answer: json }
          : status === 'pending'
            ? { status, answer: json }
            : {
                status: Object.hasOwn(faults, String(json['code'])) ? 'failed' : 'denied',
                answer: withoutForm({ ...json, status }),
              };
      }),
    mcp: (sql) =>
      traced(at, async () => {
        const { status, data } = await call(client, 'run_statement', { session: there, sql });
        const { result, pending, problem } = data as unknown as Record<string, Record<string, unknown>>;
        const {
          untrusted: _,
          notice: _notice,
          total: _total,
          digest: _digest,
          ...answer
        } = result ?? pending ?? problem ?? {};
        return { status, answer: withoutForm(answer) };
      }),
  };
}

async function unequal(samples: readonly Sample[]): Promise<unknown[]> {
  const scopes = new Map(samples.map(({ scope }) => [JSON.stringify(scope), scope]));
  const engine = {
    ...memoryEngine([...scopes.values()], () => ({ columns: ['ID'], rows: [[1]] })),
    dialect: 'snowflake',
  };
  const at = await house(undefined, {
    connections: { warehouse: engine },
    policy: permissive,
    analyzer: snowflakeSql({ timeoutMs: 10_000 }),
    approvals: { pendingPerActor: 10_000, requestsPerActor: 10_000 },
    limits: { ...unlimited, sessionsPerActor: 100 },
  });
  const served = await serve(at.gateway);
  const open = new Map<string, Doors>();
  const found: unknown[] = [];
  for (const { id, sql, scope } of samples) {
    const key = JSON.stringify(scope);
    const through = open.get(key) ?? (await doors(at, served, scope));
    open.set(key, through);
    const [rest, mcp] = [await through.rest(sql), await through.mcp(sql)];
    if (!isDeepStrictEqual(rest, mcp)) found.push({ id, rest, mcp });
  }
  await at.gateway.shutdown();
  return found;
}

describe('equal decisions by both mounts, in answers and in events', () => {
  const shared = corpus('../shared/data/adversarial-sample.jsonl') as readonly Sample[] | undefined;
  it.skipIf(shared === undefined)(
    `the public sample${shared === undefined ? ' (skipped: it is not beside this repository)' : ''}`,
    async () => {
      expect(await unequal(shared ?? [])).toEqual([]);
    },
  );

  it.each([
    ['attacks', 500],
    ['benign', 100],
  ])(
    'our own %s',
    async (name, least) => {
      const samples = (corpus(`test/adapters/snowflake-sql/corpus/${name}.jsonl`) ?? []) as readonly Sample[];
      expect(samples.length).toBeGreaterThan(least);
      expect(await unequal(samples)).toEqual([]);
    },
    120_000,
  );
});
