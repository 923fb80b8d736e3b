import { createServer, type IncomingMessage } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { expect, it } from 'vitest';
import { account, connectorFor, drained, grantOf, statement } from './account.js';

it('carries a credential to the account only, wherever a redirect points', async () => {
  const arrived: IncomingMessage[] = [];
  const elsewhere = createServer((request, response) => {
    arrived.push(request);
    response.end('{}');
  }).listen(0, '127.0.0.1');
  await once(elsewhere, 'listening');
  const redirect = `http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/taken`;
  const server = await account();
  const connector = connectorFor(server);
  const session = await connector.open(grantOf(), new AbortController().signal);
  server.fault(({ sql }) => (sql === 'SELECT ID FROM CUSTOMERS' ? { redirect } : undefined));
  await expect(
    session.run(statement('SELECT ID FROM CUSTOMERS'), AbortSignal.timeout(3_000)).then(drained),
  ).rejects.toBeDefined();
  server.fault(({ path }) => (path === '/session/v1/login-request' ? { redirect } : undefined));
  await expect(connector.open(grantOf(), AbortSignal.timeout(3_000))).rejects.toBeDefined();
  expect(arrived).toEqual([]);
  server.fault(undefined);
  await session.close().catch(() => undefined);
  await connector.close?.();
  await server.close();
  elsewhere.close();
});
