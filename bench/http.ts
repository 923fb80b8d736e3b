import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { expressRouter } from '../src/adapters/express/index.js';
import { journal } from '../src/journal.js';
import { memoryAnalyzer, memoryAudit, memoryEngine, memoryIdentity, memoryPolicy, type Answer } from '../src/adapters/memory/index.js';
import { buildGateway, type AuditLog, type EngineStatement, type Grant } from '../src/core/index.js';
import type { Load } from './load.js';
import { median, ratioOf, type Row } from './row.js';

const connections = 50;
const body = JSON.stringify({ sql: 'SELECT orders' });
const scope = { database: 'BENCH', schema: 'PUBLIC' };
const rows = Array.from({ length: 10 }, (_, n) => [n, `customer ${n}`, '12.50', true]);
const answer: Answer = () => ({ columns: ['ID', 'CUSTOMER', 'AMOUNT', 'PAID'], rows });

/** A service under load: where its statements are taken, and its end. */
interface Service {
  readonly server: Server;
  readonly paths: readonly string[];
  readonly stop: () => Promise<void>;
}

/** P2: statements a second on the mounted route, against a bare Express route that makes the same engine call; the same SQL on 50 connections, each with a session of its own. */
export async function httpRows(quick: boolean): Promise<Row[]> {
  const [rounds, ms] = quick ? [3, 1_500] : [7, 5_000];
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-'));
  const generator = fork(join(import.meta.dirname, 'load.ts'), { execArgv: ['--import', 'tsx'] });
  const services = [await bare(), await mounted({ ...memoryAudit(), append: async () => undefined }), await mounted(await journal({ directory: folder }))] as const;
  const rates: readonly [number[], number[], number[]] = [[], [], []];
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, service] of services.entries()) {
      const rate = await rateOf(service, generator, ms);
      if (round > 0) rates[index]?.push(rate); // the first warms up
    }
  }
  generator.kill();
  for (const { stop } of services) await stop();
  await rm(folder, { recursive: true });
  const [theirs, unrecorded, durable] = rates;
  const row = (what: string, mine: readonly number[], goal: number): Row => ({
    id: 'P2', what, ...ratioOf(mine, theirs), goal, better: 'least', detail: { mountedPerSecond: Math.round(median(mine)), barePerSecond: Math.round(median(theirs)) },
  });
  return [
    row('statements a second: mounted, every event durable / bare Express route, 50 connections', durable, 0.75),
    row('statements a second: mounted, events thrown away / bare Express route, 50 connections', unrecorded, 0.9),
  ];
}

async function bare(): Promise<Service> {
  const path = await memoryEngine([scope], answer).open({} as Grant, new AbortController().signal);
  const run = async (sql: string) => {
    const { columns, batches } = await path.run({ canonical: sql, binds: [] } as unknown as EngineStatement, new AbortController().signal);
    const all: unknown[] = [];
    for await (const batch of batches) all.push(...batch);
    return { columns, rows: all };
  };
  const app = express();
  app.post('/run', express.json(), (request, response, next) => {
    run((request.body as { sql: string }).sql).then((result) => response.json(result), next);
  });
  return listening(app, Array<string>(connections).fill('/run'), () => path.close());
}

async function mounted(audit: AuditLog): Promise<Service> {
  const gateway = await buildGateway({
    connections: { bench: memoryEngine([scope], answer) }, identity: memoryIdentity({ t: { subject: 'agent' } }), analyzer: memoryAnalyzer(), audit,
    policy: memoryPolicy([{ id: 'all', subject: '*', connection: '*', object: '*', action: '*' }]), limits: { sessionsPerActor: connections },
  });
  const open = async (): Promise<string> => {
    const opened = await gateway.open({ credential: { scheme: 'bearer', token: 't' }, connection: 'bench', schema: 'BENCH.PUBLIC', access: 'read', ttlMs: 3_600_000, reason: 'bench' });
    if (opened.status !== 'completed') throw new Error(opened.status);
    return `/jit/sessions/${opened.value.id}/statements`;
  };
  const paths = await Promise.all(Array.from({ length: connections }, open));
  return listening(express().use('/jit', expressRouter(gateway)), paths, () => gateway.shutdown());
}

async function listening(app: express.Express, paths: readonly string[], stop: () => Promise<void>): Promise<Service> {
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { server, paths, stop: async () => { server.close(); server.closeAllConnections(); await stop(); } };
}

async function rateOf({ server, paths }: Service, generator: ChildProcess, ms: number): Promise<number> {
  const load: Load = { port: (server.address() as AddressInfo).port, paths, body, ms };
  generator.send(load);
  const [answers] = (await once(generator, 'message')) as [number];
  return answers / (ms / 1_000);
}
