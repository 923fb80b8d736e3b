/**
 * A host that uses the driver itself, as a process of its own: says how its connections behave before, during and after
 * a session of ours.
 */
import snowflakeSdk from 'snowflake-sdk';
import { snowflake } from '../../../src/adapters/snowflake/index.js';
import { drained, grantOf, statement } from './account.js';

const { url, account, agentKey, gateKey } = JSON.parse(process.argv[2] ?? '') as Readonly<Record<string, string>>;
const key = (privateKey = '') => ({ keyPair: { privateKey } });

let lines = 0;
const count = (): void => void (lines += 1);
snowflakeSdk.configure({
  logLevel: 'TRACE',
  customLogger: { error: count, warn: count, info: count, debug: count, trace: count },
});

type Connection = ReturnType<typeof snowflakeSdk.createConnection>;

function connect(): Promise<Connection> {
  const connection = snowflakeSdk.createConnection({
    account: account ?? '',
    accessUrl: url ?? '',
    username: 'AGENT',
    authenticator: 'SNOWFLAKE_JWT',
    privateKey: agentKey ?? '',
  });
  return new Promise((resolve, reject) => connection.connect((error) => (error ? reject(error) : resolve(connection))));
}

function row(connection: Connection, sqlText: string): Promise<unknown> {
  return new Promise((resolve, reject) =>
    connection.execute({
      sqlText,
      complete: (error, _statement, rows) => (error ? reject(error) : resolve(rows?.[0])),
    }),
  );
}

/** What a connection makes of VARIANT and XML, and whether it logs. */
async function seen(connection: Connection): Promise<object> {
  const before = lines;
  const [variant, xml] = [await row(connection, 'SELECT \'{"a": 1}\'::JSON AS V'), await row(connection, 'SELECT XML')];
  return { variant, xml, logs: lines > before };
}

const environment = JSON.stringify(process.env);
const early = await connect();
const before = await seen(early);

const connector = snowflake({
  account: account ?? '',
  url: url ?? '',
  warehouse: 'WH',
  user: 'AGENT',
  credential: key(agentKey),
  schemas: ['ACME.OPS'],
  roles: {
    strategy: 'ephemeral',
    accessRole: () => 'OPS_READ',
    admin: { user: 'GATE_USER', role: 'GATE', credential: key(gateKey) },
  },
});
const session = await connector.open(grantOf(), new AbortController().signal);
const [first] = await drained(
  await session.run(statement('SELECT \'{"a": 1}\'::JSON AS V'), new AbortController().signal),
);
const middle = await connect();
const during = [await seen(early), await seen(middle)];
await session.close();
await connector.close?.();
const late = await connect();
const after = [await seen(early), await seen(middle), await seen(late)];
for (const connection of [early, middle, late]) await new Promise((resolve) => connection.destroy(resolve));
console.log(
  JSON.stringify({ before, during, after, ours: first, environment: environment === JSON.stringify(process.env) }),
);
