import { type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type express from 'express';
import {
  memoryAnalyzer,
  memoryEngine,
  memoryIdentity,
  memoryPolicy,
  type MemoryStatementHandler,
} from '../src/adapters/memory/index.js';
import { buildGateway, type AuditLog, type Gateway } from '../src/core/index.js';
import { unlimited } from '../test/support/limits.js';
import type { Load, Request } from './load.js';

export const sql = 'SELECT orders';
export const scope = { database: 'BENCH', schema: 'PUBLIC' };
const rows = Array.from({ length: 10 }, (_, n) => [n, `customer ${n}`, '12.50', true]);
export const answer: MemoryStatementHandler = () => ({ columns: ['ID', 'CUSTOMER', 'AMOUNT', 'PAID'], rows });

/** A service under load: what it is asked, and its end. */
export interface Service {
  readonly server: Server;
  readonly requests: readonly Request[];
  readonly stop: () => Promise<void>;
}

/** A gateway over an engine that takes no time, with as many open sessions. */
export async function gatewayWith(
  audit: AuditLog,
  sessions: number,
): Promise<{ readonly gateway: Gateway; readonly ids: readonly string[] }> {
  const gateway = await buildGateway({
    connections: { bench: memoryEngine([scope], answer) },
    identity: memoryIdentity({ t: { subject: 'agent' } }),
    analyzer: memoryAnalyzer(),
    audit,
    policy: memoryPolicy([{ id: 'all', subject: '*', connection: '*', object: '*', action: '*' }]),
    limits: { ...unlimited, sessionsPerActor: sessions },
  });
  const open = async (): Promise<string> => {
    const opened = await gateway.open({
      credential: { scheme: 'bearer', token: 't' },
      connection: 'bench',
      schema: 'BENCH.PUBLIC',
      access: 'read',
      ttlMs: 3_600_000,
      reason: 'bench',
    });
    if (opened.status !== 'completed') throw new Error(opened.status);
    return opened.value.id;
  };
  return { gateway, ids: await Promise.all(Array.from({ length: sessions }, open)) };
}

export async function listening(
  app: express.Express,
  requests: readonly Request[],
  stop: () => Promise<void>,
): Promise<Service> {
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    server,
    requests,
    stop: async () => {
      server.close();
      server.closeAllConnections();
      await stop();
    },
  };
}

/** Measures all in turn, round by round, the first of which warms up: answers a second of each. */
export async function ratesOf(
  services: readonly Service[],
  generator: ChildProcess,
  rounds: number,
  ms: number,
): Promise<readonly (readonly number[])[]> {
  const rates = services.map((): number[] => []);
  for (let round = 0; round <= rounds; round += 1) {
    for (const [index, service] of services.entries()) {
      const rate = await rateOf(service, generator, ms);
      if (round > 0) rates[index]?.push(rate);
    }
  }
  return rates;
}

async function rateOf({ server, requests }: Service, generator: ChildProcess, ms: number): Promise<number> {
  const load: Load = { port: (server.address() as AddressInfo).port, requests, ms };
  generator.send(load);
  const [answers] = (await once(generator, 'message')) as [number];
  return answers / (ms / 1_000);
}
