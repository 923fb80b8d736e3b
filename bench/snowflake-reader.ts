/**
 * Reads one table to its end, as a process of its own, and says how long that took and how much memory: `gateway|driver
 * URL ACCOUNT`.
 */
import { memoryAudit, memoryIdentity, memoryPolicy } from 'sallyport/memory';
import { snowflake } from 'sallyport/snowflake';
import { createGateway } from 'sallyport';

const [way, url = '', account = ''] = process.argv.slice(2);
const privateKey = process.env['BENCH_PRIVATE_KEY'] ?? '';
const sql = 'SELECT ID, NAME, AMOUNT, PLACED FROM ACME.OPS.ORDERS';
Object.assign(process.env, { SNOWFLAKE_DISABLE_PLATFORM_DETECTION: 'true', SNOWFLAKE_DISABLE_MINICORE: '1' });

async function throughGateway(): Promise<{ readonly rows: number; readonly ms: number }> {
  const gateway = await createGateway({
    connections: {
      warehouse: snowflake({
        account,
        url,
        warehouse: 'WH',
        user: 'AGENT',
        credential: { keyPair: { privateKey } },
        schemas: ['ACME.OPS'],
        roles: { strategy: 'prepared', role: () => 'OPS_READ' },
      }),
    },
    identity: memoryIdentity({ token: { subject: 'agent' } }),
    policy: memoryPolicy([{ id: 'all', subject: '*', connection: '*', object: '*', action: '*' }]),
    audit: memoryAudit(),
  });
  const credential = { scheme: 'bearer', token: 'token' };
  const opened = await gateway.open({
    credential,
    connection: 'warehouse',
    schema: 'ACME.OPS',
    access: 'read',
    ttlMs: 600_000,
    reason: 'bench',
  });
  if (opened.status !== 'completed') throw new Error(opened.status);
  // A service that has been up for a moment: its parsers are loaded.
  await new Promise((resolve) => setTimeout(resolve, 2_000));
  const ran = await gateway.run({ credential, session: opened.value.id, sql });
  if (ran.status !== 'completed') throw new Error(ran.status);
  const begun = performance.now();
  let rows = 0;
  for await (const batch of ran.value.batches) rows += batch.length;
  const ms = performance.now() - begun;
  await gateway.shutdown();
  return { rows, ms };
}

async function throughDriver(): Promise<{ readonly rows: number; readonly ms: number }> {
  const { default: driver } = await import('snowflake-sdk');
  driver.configure({ logLevel: 'OFF', additionalLogToConsole: false });
  const connection = driver.createConnection({
    account,
    accessUrl: url,
    username: 'AGENT',
    authenticator: 'SNOWFLAKE_JWT',
    privateKey,
    role: 'OPS_READ',
    clientSessionKeepAlive: false,
  });
  await connection.connectAsync();
  const statement = await new Promise<ReturnType<typeof connection.execute>>((resolve, reject) => {
    connection.execute({
      sqlText: sql,
      streamResult: true,
      rowMode: 'array',
      complete: (error, made) => (error ? reject(error) : resolve(made)),
    });
  });
  const begun = performance.now();
  let rows = 0;
  for await (const _ of statement.streamRows()) rows += 1;
  const ms = performance.now() - begun;
  await new Promise((resolve) => connection.destroy(resolve));
  return { rows, ms };
}

const read = await (way === 'gateway' ? throughGateway() : throughDriver());
console.log(JSON.stringify({ ...read, peakKiB: process.resourceUsage().maxRSS }));
process.exit(0);
