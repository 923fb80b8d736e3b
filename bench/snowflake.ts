import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { generateKeyPairSync } from 'node:crypto';
import { join } from 'node:path';
import { snowflakeServer, type SnowflakeServer } from '../src/snowflake-server/index.js';
import { median, ratioOf, type Row } from './row.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});

/** What a reader of its own says of its run. */
interface Read {
  readonly rows: number;
  readonly ms: number;
  readonly peakKiB: number;
}

/**
 * Rows of Snowflake's driver through the gateway, against the bare driver streaming the same from the same server: each
 * in a process of its own, alternately.
 */
export async function snowflakeRows(quick: boolean): Promise<Row[]> {
  const [rows, rounds] = quick ? [50_000, 2] : [1_000_000, 5];
  const server = await account(rows);
  const [ours, bare]: [Read[], Read[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await reader('gateway', server, rows));
    bare.push(await reader('driver', server, rows));
  }
  await server.close();
  const pick = (reads: readonly Read[], key: 'ms' | 'peakKiB'): number[] => reads.map((each) => each[key]);
  const detail = {
    rows,
    gatewayMs: median(pick(ours, 'ms')),
    driverMs: median(pick(bare, 'ms')),
    gatewayPeakKiB: median(pick(ours, 'peakKiB')),
    driverPeakKiB: median(pick(bare, 'peakKiB')),
  };
  return [
    {
      id: 'S1',
      what: 'rows per second from Snowflake: gateway / bare driver',
      ...ratioOf(pick(bare, 'ms'), pick(ours, 'ms')),
      goal: 0.85,
      better: 'least',
      detail,
    },
    {
      id: 'S2',
      what: 'peak RSS of the same: gateway / bare driver',
      ...ratioOf(pick(ours, 'peakKiB'), pick(bare, 'peakKiB')),
      goal: 1.3,
      better: 'most',
      detail,
    },
  ];
}

async function account(rows: number): Promise<SnowflakeServer> {
  const setup = `CREATE TABLE ACME.OPS.ORDERS AS SELECT range AS ID, 'customer ' || range AS NAME, (range % 100)::DECIMAL(12, 2) AS AMOUNT, TIMESTAMP '2026-01-01' + to_seconds(range) AS PLACED FROM range(${rows})`;
  const server = await snowflakeServer({ databases: { ACME: ['OPS'] }, setup });
  server.catalog.createRole('OPS_READ', 'ACCOUNTADMIN');
  for (const [on, name] of [
    ['DATABASE', 'ACME'],
    ['SCHEMA', 'ACME.OPS'],
  ] as const)
    server.catalog.grant('OPS_READ', { privilege: 'USAGE', on, name });
  server.catalog.grant('OPS_READ', { privilege: 'SELECT', on: 'TABLE', name: 'ACME.OPS.ORDERS' });
  server.catalog.addUser({ name: 'AGENT', type: 'SERVICE', publicKey }, ['OPS_READ']);
  return server;
}

async function reader(
  way: 'gateway' | 'driver',
  { host, port, account: name }: SnowflakeServer,
  rows: number,
): Promise<Read> {
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', join(import.meta.dirname, 'snowflake-reader.ts'), way, `http://${host}:${port}`, name],
    { env: { ...process.env, BENCH_PRIVATE_KEY: privateKey }, stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  await once(child, 'close');
  const read = JSON.parse(out) as Read;
  if (read.rows !== rows) throw new Error(`${way} read ${read.rows} of ${rows} rows`);
  return read;
}
