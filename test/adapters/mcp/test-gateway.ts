import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Client, StreamableHTTPClientTransport, type ClientOptions } from '@modelcontextprotocol/client';
import express from 'express';
import { afterEach } from 'vitest';
import { expressRouter } from '../../../src/adapters/express/index.js';
import { mcpRouter, type McpOptions } from '../../../src/adapters/mcp/index.js';
import {
  memoryAnalyzer,
  memoryAudit,
  memoryEngine,
  memoryIdentity,
  memoryPolicy,
  type MemoryStatementHandler,
  type MemoryAudit,
  type MemoryEngine,
  type MemoryRule,
} from '../../../src/adapters/memory/index.js';
import { buildGateway, type CatalogueObject, type Gateway, type Parts } from '../../../src/core/index.js';

/** What opens a session in the house. */
export const opening = { connection: 'warehouse', schema: 'acme.ops', access: 'write', ttl: 60, reason: 'a test' };

const rules: readonly MemoryRule[] = [
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
  { id: 'review', subject: 'idp:bob', connection: 'warehouse', object: 'ACME.OPS.*', action: 'review:write' },
];

const catalogue: readonly CatalogueObject[] = [
  { name: 'ORDERS', kind: 'table', columns: [{ name: 'ID', type: 'INTEGER', nullable: false }] },
];

export interface House {
  readonly gateway: Gateway;
  readonly audit: MemoryAudit;
  readonly engine: MemoryEngine;
}

/** A gateway on memory adapters, for agents `a` and `b`, `c` who is `a` with another client, and a reviewer. */
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
  const engine = memoryEngine([{ database: 'ACME', schema: 'OPS' }], answer, catalogue);
  const audit = memoryAudit();
  const gateway = await buildGateway({
    connections: { warehouse: engine },
    policy: memoryPolicy(rules),
    analyzer: memoryAnalyzer(),
    audit,
    identity: memoryIdentity({
      a: { subject: 'agent-a', client: 'one' },
      b: { subject: 'agent-b', client: 'one' },
      c: { subject: 'agent-a', client: 'two' },
      reviewer: { subject: 'bob', scopes: ['sallyport.review'] },
    }),
    ...more,
  });
  return { gateway, audit, engine };
}

const cleaning: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleaning.splice(0).toReversed()) await clean();
});

/** The reviewer's answer to what a ticket asks for. */
export async function decide(
  gateway: Gateway,
  ticket: string,
  decision: 'approve' | 'reject' = 'approve',
): Promise<void> {
  const reviewer = { credential: { scheme: 'bearer', token: 'reviewer' }, ticket };
  const shown = await gateway.approval(reviewer);
  if (shown.status !== 'completed') throw new Error(`the reviewer cannot see it: ${shown.status}`);
  const decided = await gateway.decide({ ...reviewer, decision, digest: shown.value.digest });
  if (decided.status !== 'completed') throw new Error(`the reviewer cannot decide: ${decided.status}`);
}

export interface Served {
  readonly origin: string;
  readonly url: string;
  readonly port: number;
  /** Breaks every connection, and takes no more. */
  readonly stop: () => void;
}

/** A host application with REST under `/jit` and MCP under `/mcp`. */
export async function serve(
  gateway: Gateway,
  options?: McpOptions | ((origin: string) => McpOptions),
): Promise<Served> {
  const app = express();
  const server: Server = createServer(app).listen(0, '127.0.0.1');
  const stop = (): void => {
    server.closeAllConnections();
    server.close();
  };
  cleaning.push(stop);
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const origin = `http://127.0.0.1:${port}`;
  app.use('/jit', expressRouter(gateway));
  app.use('/mcp', mcpRouter(gateway, typeof options === 'function' ? options(origin) : options));
  return { origin, port, stop, url: `${origin}/mcp` };
}

export const eras = [
  { era: '2026-07-28', options: { versionNegotiation: { mode: { pin: '2026-07-28' } } } },
  { era: '2025-11-25', options: { versionNegotiation: { mode: 'legacy' } } },
] as const satisfies readonly { readonly era: string; readonly options: ClientOptions }[];

/** A real client of that era. */
export async function connect(
  url: string,
  { token = 'a', ...options }: ClientOptions & { readonly token?: string } = {},
): Promise<Client> {
  const client = new Client({ name: 'test', version: '1.0.0' }, options);
  await client.connect(
    new StreamableHTTPClientTransport(new URL(url), { requestInit: { headers: { authorization: `Bearer ${token}` } } }),
  );
  cleaning.push(() => client.close());
  return client;
}

export interface Told {
  readonly status: string;
  readonly isError: boolean;
  readonly text: string;
  readonly data: Readonly<Record<string, never>> & {
    readonly problem?: {
      readonly code: string;
      readonly reason?: string;
      readonly detail: string;
      readonly hint?: string;
      readonly instance: string;
    };
  };
}

/** Calls a tool, and gives what it answered. */
export async function call(
  client: Client,
  name: string,
  args: Readonly<Record<string, unknown>> = {},
  options: Parameters<Client['callTool']>[1] = {},
): Promise<Told> {
  const answer = await client.callTool({ name, arguments: args }, options);
  const data = (answer.structuredContent ?? {}) as Told['data'];
  const [first] = answer.content as readonly { readonly text?: string }[];
  return {
    status: String((data as { status?: string }).status),
    isError: answer.isError === true,
    text: first?.text ?? '',
    data,
  };
}

export async function session(client: Client, more: Partial<typeof opening> = {}): Promise<string> {
  const { data, text } = await call(client, 'open_session', { ...opening, ...more });
  const { session: opened } = data as { session?: { id: string } };
  if (opened === undefined) throw new Error(text);
  return opened.id;
}
