import { fork } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { expressRouter } from '../src/adapters/express/index.js';
import { journal } from '../src/adapters/journal/journal.js';
import { memoryAudit, memoryEngine } from '../src/adapters/memory/index.js';
import type { AuditLog, EngineStatement, Grant } from '../src/core/index.js';
import { median, ratioOf, type Row } from './row.js';
import { answer, gatewayWith, listening, ratesOf, scope, sql, type Service } from './service.js';

const connections = 50;
const body = JSON.stringify({ sql });

/**
 * P2: statements a second on the mounted route, against a bare Express route that makes the same engine call; the same
 * SQL on 50 connections, each with a session of its own.
 */
export async function httpRows(quick: boolean): Promise<Row[]> {
  const [rounds, ms] = quick ? [3, 1_500] : [7, 5_000];
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-'));
  const generator = fork(join(import.meta.dirname, 'load.ts'), { execArgv: ['--import', 'tsx'] });
  const services = [
    await bare(),
    await mounted({ ...memoryAudit(), append: async () => undefined }),
    await mounted(await journal({ directory: folder })),
  ] as const;
  const [theirs = [], unrecorded = [], durable = []] = await ratesOf(services, generator, rounds, ms);
  generator.kill();
  for (const { stop } of services) await stop();
  await rm(folder, { recursive: true });
  const row = (what: string, mine: readonly number[], goal: number): Row => ({
    id: 'P2',
    what,
    ...ratioOf(mine, theirs),
    goal,
    better: 'least',
    detail: { mountedPerSecond: Math.round(median(mine)), barePerSecond: Math.round(median(theirs)) },
  });
  return [
    row('statements a second: mounted, every event durable / bare Express route, 50 connections', durable, 0.75),
    row('statements a second: mounted, events thrown away / bare Express route, 50 connections', unrecorded, 0.9),
  ];
}

async function bare(): Promise<Service> {
  const path = await memoryEngine([scope], answer).open({} as Grant, new AbortController().signal);
  const run = async (asked: string) => {
    const { columns, batches } = await path.run(
      { text: asked, canonical: asked, binds: [] } as unknown as EngineStatement,
      new AbortController().signal,
    );
    const all: unknown[] = [];
    for await (const batch of batches) all.push(...batch);
    return { columns, rows: all };
  };
  const app = express();
  app.post('/run', express.json(), (request, response, next) => {
    run((request.body as { sql: string }).sql).then((result) => response.json(result), next);
  });
  return listening(
    app,
    Array.from({ length: connections }, () => ({ path: '/run', body })),
    () => path.close(),
  );
}

async function mounted(audit: AuditLog): Promise<Service> {
  const { gateway, ids } = await gatewayWith(audit, connections);
  return listening(
    express().use('/jit', expressRouter(gateway)),
    ids.map((id) => ({ path: `/jit/sessions/${id}/statements`, body })),
    async () => void (await gateway.shutdown()),
  );
}
