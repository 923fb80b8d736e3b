/**
 * A host application with the gateway mounted, on real parts, as a process of its own. Prints its port and what an
 * earlier run had left.
 */
import type { AddressInfo } from 'node:net';
import express from 'express';
import { casbin } from 'sallyport/casbin';
import { duckdb } from 'sallyport/duckdb';
import { expressRouter } from 'sallyport/express';
import { journal } from 'sallyport/journal';
import { memoryIdentity } from 'sallyport/memory';
import { createGateway } from 'sallyport';

const [directory = '', maxBytes] = process.argv.slice(2);
const policy = `
p, idp:agent-a, warehouse, ACME.OPS, open:read, allow
p, idp:agent-a, warehouse, ACME.OPS.*, read, allow
p, idp:agent-b, warehouse, ACME.OPS, open:read, allow
p, idp:agent-b, warehouse, ACME.OPS.*, read, allow
`;
const gateway = await createGateway({
  connections: {
    warehouse: duckdb({
      schemas: ['ACME.OPS'],
      setup: ['CREATE TABLE ACME.OPS.NUMBERS AS SELECT range AS N FROM range(200000)'],
    }),
  },
  identity: memoryIdentity({
    a: { subject: 'agent-a' },
    b: { subject: 'agent-b' },
    'canary-token-7731': { subject: 'agent-a' },
  }),
  policy: casbin({ policy: { name: 'policy.csv', text: policy } }),
  audit: journal({
    directory,
    ...(maxBytes === undefined ? {} : { maxBytes: Number(maxBytes), reserveBytes: 20_000 }),
  }),
});
const app = express();
app.use('/jit', expressRouter(gateway));
const server = app.listen(0, () =>
  console.log(JSON.stringify({ port: (server.address() as AddressInfo).port, recovered: gateway.recovered })),
);
process.once('SIGTERM', () => {
  server.close();
  // The gateway first, so that what runs is ended by it and answered, not by a connection that breaks.
  void gateway.shutdown().finally(() => server.closeIdleConnections());
});
