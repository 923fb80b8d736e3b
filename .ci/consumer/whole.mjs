// What a stranger does with every optional peer: every entry is imported, and a session is opened, used and closed over
// REST, on DuckDB and on Snowflake's own driver.
import { generateKeyPairSync } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import express from 'express';
import { Kafka, logLevel } from 'kafkajs';
import { createGateway } from 'sallyport';
import { casbin } from 'sallyport/casbin';
import { duckdb } from 'sallyport/duckdb';
import { expressRouter } from 'sallyport/express';
import { journal } from 'sallyport/journal';
import { kafka } from 'sallyport/kafka';
import { mcpRouter } from 'sallyport/mcp';
import { memoryIdentity } from 'sallyport/memory';
import { opentelemetry } from 'sallyport/opentelemetry';
import { snowflake } from 'sallyport/snowflake';
import { snowflakeServer } from 'sallyport/snowflake-server';

const manifest = createRequire(import.meta.url).resolve('sallyport/package.json');
for (const entry of Object.keys(JSON.parse(readFileSync(manifest, 'utf8')).exports))
  if (entry !== './package.json') await import(`sallyport${entry.slice(1)}`);
kafka({ client: new Kafka({ brokers: ['127.0.0.1:9'], logLevel: logLevel.NOTHING }), prefix: 'sallyport.audit' });

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const server = await snowflakeServer({
  databases: { ACME: ['OPS'] },
  setup: 'CREATE TABLE ACME.OPS.ORDERS AS SELECT 7 AS ID',
});
const { catalog } = server;
catalog.createRole('OPS_READ', 'ACCOUNTADMIN');
for (const [privilege, on, name] of [
  ['USAGE', 'DATABASE', 'ACME'],
  ['USAGE', 'SCHEMA', 'ACME.OPS'],
  ['SELECT', 'TABLE', 'ACME.OPS.ORDERS'],
])
  catalog.grant('OPS_READ', { privilege, on, name });
catalog.addUser({ name: 'AGENT', type: 'SERVICE', publicKey, defaultRole: 'OPS_READ', defaultSecondaryRoles: 'NONE' }, [
  'OPS_READ',
]);

const rules = (connection) =>
  `p, idp:agent, ${connection}, ACME.OPS, open:read, allow\np, idp:agent, ${connection}, ACME.OPS.*, read, allow\n`;
const gateway = await createGateway({
  connections: {
    embedded: duckdb({ schemas: ['ACME.OPS'], setup: ['CREATE TABLE ACME.OPS.ORDERS AS SELECT 7 AS ID'] }),
    warehouse: snowflake({
      account: server.account,
      url: `http://${server.host}:${server.port}`,
      warehouse: 'WH',
      user: 'AGENT',
      schemas: ['ACME.OPS'],
      credential: { keyPair: { privateKey } },
      roles: { strategy: 'prepared', role: () => 'OPS_READ' },
    }),
  },
  identity: memoryIdentity({ t: { subject: 'agent' } }),
  policy: casbin({ policy: { name: 'policy.csv', text: rules('embedded') + rules('warehouse') } }),
  audit: journal({ directory: './audit' }),
  plugins: [opentelemetry()],
});
const app = express();
app.use('/jit', expressRouter(gateway));
app.use('/mcp', mcpRouter(gateway));
const listening = app.listen(0, '127.0.0.1');
await once(listening, 'listening');

async function ask(method, path, body) {
  const response = await fetch(`http://127.0.0.1:${listening.address().port}/jit${path}`, {
    method,
    headers: { authorization: 'Bearer t', 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text);
}

for (const connection of ['embedded', 'warehouse']) {
  const { id } = await ask('POST', '/sessions', {
    connection,
    schema: 'ACME.OPS',
    access: 'read',
    ttl: 60,
    reason: 'what a stranger tries',
  });
  const { rows } = await ask('POST', `/sessions/${id}/statements`, { sql: 'SELECT id FROM orders' });
  if (String(rows) !== '7') throw new Error(`${connection} answered ${JSON.stringify(rows)}`);
  await ask('DELETE', `/sessions/${id}`);
}
listening.close();
await gateway.shutdown();
listening.closeAllConnections();
await server.close();
