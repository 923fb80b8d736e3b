/** The mount for tools from outside. `npx tsx test/conformance/endpoint.ts` prints the addresses and stays up. */
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express, { type RequestHandler } from 'express';
import { mcpRouter } from '../../src/adapters/mcp/index.js';
import {
  memoryAnalyzer,
  memoryAudit,
  memoryEngine,
  memoryIdentity,
  memoryPolicy,
} from '../../src/adapters/memory/index.js';
import { buildGateway } from '../../src/core/index.js';
import { unlimited } from '../support/limits.js';

/** For those that can send no token: a front puts one before it. */
const signedIn: RequestHandler = (request, _response, next) => {
  request.headers.authorization = 'Bearer t';
  request.rawHeaders.push('Authorization', 'Bearer t');
  next();
};

/** The origin that the suite's own page would have. */
const origins = ['http://localhost', 'http://127.0.0.1'];

export interface Endpoint {
  /** Asks for no token. */
  readonly open: string;
  /** Asks for the token `t`. */
  readonly guarded: string;
  readonly close: () => Promise<void>;
}

export async function endpoint(): Promise<Endpoint> {
  const gateway = await buildGateway({
    connections: {
      warehouse: memoryEngine(
        [{ database: 'ACME', schema: 'OPS' }],
        () => ({ columns: ['ID'], rows: [[1], [2], [3]] }),
        [{ name: 'ORDERS', kind: 'table', columns: [{ name: 'ID', type: 'INTEGER' }] }],
      ),
    },
    identity: memoryIdentity({ t: { subject: 'suite' } }),
    policy: memoryPolicy([{ id: 'all', subject: '*', connection: '*', object: '*', action: '*' }]),
    analyzer: memoryAnalyzer(),
    audit: memoryAudit(),
    limits: { ...unlimited, sessionsPerActor: 1_000 },
  });
  const app = express();
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  app.use(
    '/open/mcp',
    signedIn,
    mcpRouter(gateway, { origins: origins.flatMap((each) => [each, `${each}:${port}`]), progressMs: 20 }),
  );
  app.use('/guarded/mcp', mcpRouter(gateway, { pageRows: 2 }));
  const at = `http://127.0.0.1:${port}`;
  return {
    open: `${at}/open/mcp`,
    guarded: `${at}/guarded/mcp`,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await gateway.shutdown();
    },
  };
}

if (process.argv[1] === import.meta.filename) console.log(await endpoint());
