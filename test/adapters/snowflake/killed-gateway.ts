/**
 * A gateway on a Snowflake server elsewhere, as a process of its own: opens a session, runs one statement, closes it,
 * and ends.
 */
import { casbin } from 'sallyport/casbin';
import { memoryIdentity } from 'sallyport/memory';
import { snowflake } from 'sallyport/snowflake';
import { createGateway } from 'sallyport';
import { journal } from 'sallyport/journal';

const { url, account, directory, agentKey, gateKey } = JSON.parse(process.argv[2] ?? '') as Readonly<
  Record<string, string>
>;
const key = (privateKey = '') => ({ keyPair: { privateKey } });
const gateway = await createGateway({
  connections: {
    warehouse: snowflake({
      account: account ?? '',
      url: url ?? '',
      warehouse: 'WH',
      user: 'AGENT',
      credential: key(agentKey),
      schemas: ['ACME.OPS'],
      roles: {
        strategy: 'ephemeral',
        accessRole: () => 'OPS_READ',
        reapEveryMs: 1_000,
        admin: { user: 'GATE_USER', role: 'GATE', credential: key(gateKey) },
      },
    }),
  },
  identity: memoryIdentity({ a: { subject: 'agent-a' } }),
  policy: casbin({
    policy: {
      name: 'policy.csv',
      text: 'p, idp:agent-a, warehouse, ACME.OPS, open:read, allow\np, idp:agent-a, warehouse, ACME.OPS.*, read, allow',
    },
  }),
  audit: journal({ directory: directory ?? '' }),
  // A disk that is slow meanwhile is not the matter here.
  limits: { auditTimeoutMs: 60_000 },
});
process.send?.({ recovered: gateway.recovered });
if (process.argv[3] === 'stay') await new Promise((resolve) => process.once('message', resolve));
else {
  const credential = { scheme: 'bearer', token: 'a' };
  const opened = await gateway.open({
    credential,
    connection: 'warehouse',
    schema: 'ACME.OPS',
    access: 'read',
    ttlMs: 60_000,
    reason: 'a test',
  });
  if (opened.status !== 'completed') throw new Error(opened.status);
  const ran = await gateway.run({ credential, session: opened.value.id, sql: 'SELECT ID FROM CUSTOMERS' });
  if (ran.status !== 'completed') throw new Error(ran.status);
  for await (const _ of ran.value.batches) {
    /* to its end */
  }
  await gateway.close({ credential, session: opened.value.id });
}
await gateway.shutdown();
process.disconnect?.();
