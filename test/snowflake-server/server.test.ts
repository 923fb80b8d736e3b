import { generateKeyPairSync } from 'node:crypto';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snowflakeServer, type SnowflakeServer } from '../../src/snowflake-server/index.js';
import { connected, gone, ran, type Connection } from './driver.js';

process.env['SNOWFLAKE_DISABLE_PLATFORM_DETECTION'] = 'true';

const rsa = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
});
const issuer = await generateKeyPair('RS256');
const jwks = { keys: [{ ...(await exportJWK(issuer.publicKey)), kid: 'k1', alg: 'RS256' }] };

async function token(claims: object, expires = '5m'): Promise<string> {
  return new SignJWT({ ...claims })
    .setProtectedHeader({ alg: 'RS256', kid: 'k1' })
    .setIssuer('https://gate.example')
    .setAudience('https://acme.snowflakecomputing.com')
    .setIssuedAt()
    .setExpirationTime(expires)
    .sign(issuer.privateKey);
}

let server: SnowflakeServer;

beforeAll(async () => {
  server = await snowflakeServer({
    databases: { ACME: ['OPS', 'FINANCE'] },
    setup:
      "CREATE TABLE ACME.OPS.ORDERS AS SELECT range AS ID, 'name ' || range AS NAME, range % 7 = 0 AS RARE FROM range(25000); CREATE TABLE ACME.FINANCE.PAYROLL AS SELECT 1 AS ID, 9000 AS SALARY",
    integrations: [{ issuer: 'https://gate.example', audience: 'https://acme.snowflakecomputing.com', jwks }],
  });
  const { catalog } = server;
  for (const role of ['OPS_READ', 'FINANCE_READ', 'GATE']) catalog.createRole(role, 'ACCOUNTADMIN');
  for (const [role, schema, table] of [
    ['OPS_READ', 'OPS', 'ORDERS'],
    ['FINANCE_READ', 'FINANCE', 'PAYROLL'],
  ] as const) {
    catalog.grant(role, { privilege: 'USAGE', on: 'DATABASE', name: 'ACME' });
    catalog.grant(role, { privilege: 'USAGE', on: 'SCHEMA', name: `ACME.${schema}` });
    catalog.grant(role, { privilege: 'SELECT', on: 'TABLE', name: `ACME.${schema}.${table}` });
  }
  catalog.grant('GATE', { privilege: 'CREATE ROLE', on: 'ACCOUNT', name: 'ACCOUNT' });
  catalog.addUser(
    { name: 'AGENT', password: 'pw', publicKey: rsa.publicKey, tokens: ['pat-1'], defaultRole: 'OPS_READ' },
    ['OPS_READ', 'FINANCE_READ'],
  );
  catalog.addUser({ name: 'GATE_ADMIN', password: 'pw', defaultRole: 'GATE', defaultSecondaryRoles: 'NONE' }, ['GATE']);
});
afterAll(() => server.close());

const agent = (more: object = {}): Promise<Connection> =>
  connected(server, { username: 'AGENT', password: 'pw', database: 'ACME', schema: 'OPS', ...more });

describe('logging in with the real driver', () => {
  it('by password, key pair, access token and External OAuth; and out', async () => {
    const ways = [
      { password: 'pw' },
      { authenticator: 'SNOWFLAKE_JWT', password: undefined, privateKey: rsa.privateKey },
      { authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', password: undefined, token: 'pat-1' },
      {
        authenticator: 'OAUTH',
        password: undefined,
        token: await token({ sub: 'agent', scp: 'session:role:OPS_READ' }),
      },
    ];
    for (const way of ways) {
      const connection = await agent(way);
      expect((await ran(connection, 'SELECT CURRENT_USER(), CURRENT_ROLE()')).rows).toEqual([['AGENT', 'OPS_READ']]);
      await gone(connection);
    }
    expect(server.sessions()).toBe(0);
  });

  it.each<[string, () => Promise<object>]>([
    ['a wrong password', async () => ({ password: 'no' })],
    [
      'another key',
      async () => ({
        authenticator: 'SNOWFLAKE_JWT',
        password: undefined,
        privateKey: generateKeyPairSync('rsa', {
          modulusLength: 2048,
          publicKeyEncoding: { type: 'spki', format: 'pem' },
          privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
        }).privateKey,
      }),
    ],
    [
      'another access token',
      async () => ({ authenticator: 'PROGRAMMATIC_ACCESS_TOKEN', password: undefined, token: 'pat-2' }),
    ],
    [
      'a token that is over',
      async () => ({
        authenticator: 'OAUTH',
        password: undefined,
        token: await token({ sub: 'AGENT', scp: 'session:role:OPS_READ' }, '-1m'),
      }),
    ],
    [
      'a token without a role',
      async () => ({ authenticator: 'OAUTH', password: undefined, token: await token({ sub: 'AGENT' }) }),
    ],
    [
      'a token for a role that is not granted',
      async () => ({
        authenticator: 'OAUTH',
        password: undefined,
        token: await token({ sub: 'AGENT', scp: 'session:role:GATE' }),
      }),
    ],
  ])('%s is refused', async (_name, way) => {
    await expect(agent(await way())).rejects.toThrow();
    expect(server.sessions()).toBe(0);
  });
});

describe('roles are enforced', () => {
  it('primary and secondary roles decide what exists', async () => {
    const connection = await agent();
    expect((await ran(connection, 'SELECT SALARY FROM FINANCE.PAYROLL')).rows).toEqual([[9000]]);
    await ran(connection, 'USE SECONDARY ROLES NONE');
    await expect(ran(connection, 'SELECT SALARY FROM FINANCE.PAYROLL')).rejects.toMatchObject({ code: '002003' });
    await expect(
      ran(connection, 'SELECT * FROM ORDERS o JOIN ACME.FINANCE.PAYROLL p ON p.ID = o.ID'),
    ).rejects.toMatchObject({ code: '002003' });
    await expect(
      ran(connection, 'WITH p AS (SELECT * FROM ACME.FINANCE.PAYROLL) SELECT * FROM p'),
    ).rejects.toMatchObject({ code: '002003' });
    expect((await ran(connection, 'SELECT count(*) FROM ORDERS')).rows).toEqual([[25_000]]);
    for (const sql of [
      'DELETE FROM ORDERS',
      'CREATE TABLE X AS SELECT 1 AS A',
      'DROP TABLE ORDERS',
      'INSERT INTO ORDERS SELECT * FROM ORDERS',
    ])
      await expect(ran(connection, sql), sql).rejects.toMatchObject({ sqlState: '42501' });
    await expect(ran(connection, 'USE ROLE GATE')).rejects.toMatchObject({ sqlState: '42501' });
    await gone(connection);
  });

  it('a role is made, given, used, taken and dropped by who may, and leaves nothing', async () => {
    const [admin, connection] = [await connected(server, { username: 'GATE_ADMIN', password: 'pw' }), await agent()];
    await ran(admin, "CREATE ROLE SP_1 COMMENT = 'until 12:00'");
    await expect(ran(admin, 'GRANT ROLE FINANCE_READ TO ROLE SP_1')).rejects.toMatchObject({ sqlState: '42501' });
    await ran(admin, 'GRANT ROLE SP_1 TO USER AGENT');
    await ran(connection, 'USE SECONDARY ROLES NONE');
    expect((await ran(connection, 'USE ROLE SP_1')).role).toBe('SP_1');
    await expect(ran(connection, 'SELECT 1 FROM ACME.OPS.ORDERS')).rejects.toMatchObject({ code: '002003' });
    server.catalog.role('SP_1').roles.add('OPS_READ');
    expect((await ran(connection, 'SELECT ID FROM ACME.OPS.ORDERS WHERE ID = 3')).rows).toEqual([[3]]);
    expect((await ran(admin, "SHOW ROLES LIKE 'SP\\\\_%'")).rows).toEqual([
      [expect.anything(), 'SP_1', 'GATE', 'until 12:00'],
    ]);
    expect((await ran(admin, 'SHOW GRANTS OF ROLE SP_1')).rows).toEqual([['SP_1', 'USER', 'AGENT']]);
    await ran(admin, 'DROP ROLE SP_1');
    await expect(ran(connection, 'SELECT ID FROM ACME.OPS.ORDERS WHERE ID = 3')).rejects.toMatchObject({
      code: '002003',
    });
    expect(server.catalog.roles.has('SP_1')).toBe(false);
    await Promise.all([gone(admin), gone(connection)]);
  });

  it('a token of one role allows no other, and no secondary roles', async () => {
    const connection = await agent({
      authenticator: 'OAUTH',
      password: undefined,
      token: await token({ sub: 'AGENT', scp: 'session:role:OPS_READ' }),
    });
    await expect(ran(connection, 'SELECT SALARY FROM FINANCE.PAYROLL')).rejects.toMatchObject({ code: '002003' });
    await expect(ran(connection, 'USE SECONDARY ROLES ALL')).rejects.toMatchObject({ sqlState: '42501' });
    for (const sql of ['USE ROLE FINANCE_READ', 'USE ROLE OPS_READ', 'USE SECONDARY ROLES NONE'])
      await expect(ran(connection, sql), sql).rejects.toMatchObject({ code: '003107', sqlState: '42501' });
    await gone(connection);
  });

  it('nor does an access token, whatever roles its user has', async () => {
    const connection = await agent({
      authenticator: 'PROGRAMMATIC_ACCESS_TOKEN',
      password: undefined,
      token: 'pat-1',
      role: 'FINANCE_READ',
    });
    expect((await ran(connection, 'SELECT CURRENT_ROLE(), CURRENT_SECONDARY_ROLES()')).rows).toEqual([
      ['FINANCE_READ', '{"roles":"","value":""}'],
    ]);
    await expect(ran(connection, 'USE ROLE OPS_READ')).rejects.toMatchObject({ code: '003107' });
    await gone(connection);
  });
});

function changed(connection: Connection, sqlText: string): Promise<number> {
  return new Promise((resolve, reject) =>
    connection.execute({
      sqlText,
      complete: (error, statement) => (error ? reject(error) : resolve(statement.getNumUpdatedRows() ?? 0)),
    }),
  );
}

describe('statements', () => {
  let connection: Connection;
  beforeAll(async () => {
    connection = await agent();
  });
  afterAll(() => gone(connection));

  it('bring many rows in chunks', async () => {
    const { rows } = await ran(connection, 'SELECT ID, NAME, RARE FROM ORDERS ORDER BY ID');
    expect(rows).toHaveLength(25_000);
    expect([rows[0], rows[24_999]]).toEqual([
      [0, 'name 0', true],
      [24_999, 'name 24999', false],
    ]);
  });

  it('bring every type', async () => {
    const { rows, columns } = await ran(
      connection,
      "SELECT 1.50::DECIMAL(10,2) AS D, 2.5::DOUBLE AS F, DATE '2026-11-23' AS T, TIMESTAMP '1969-12-31 23:59:59.5' AS S, NULL AS N, '{\"a\":1}'::JSON AS V, true AS B",
      { fetchAsString: ['Date', 'JSON'] },
    );
    expect(columns).toEqual(['D', 'F', 'T', 'S', 'N', 'V', 'B']);
    expect(rows).toEqual([
      [1.5, 2.5, '2026-11-23', expect.stringContaining('1969-12-31 23:59:59.5'), null, '{"a":1}', true],
    ]);
  });

  it('take binds, one statement at a time, and tell what is wrong', async () => {
    expect(
      (await ran(connection, 'SELECT NAME FROM ORDERS WHERE ID = ? AND NAME = ?', { binds: [5, 'name 5'] })).rows,
    ).toEqual([['name 5']]);
    await expect(ran(connection, 'SELECT 1; SELECT 2')).rejects.toMatchObject({ code: '000008' });
    await expect(ran(connection, 'SELEC 1')).rejects.toMatchObject({ code: '001003' });
    await expect(ran(connection, 'SELECT * FROM NOWHERE')).rejects.toMatchObject({ code: '002003' });
  });

  it('are cancelled by the driver, and end at their timeout', async () => {
    const slow = new Promise((_resolve, reject) => {
      const statement = connection.execute({
        sqlText: 'SELECT SYSTEM$WAIT(20)',
        complete: (error) => (clearInterval(trying), reject(error ?? new Error('it ended'))),
      });
      // One that comes before the server knows the statement cancels nothing.
      const trying = setInterval(() => statement.cancel(() => undefined), 100);
    });
    await expect(slow).rejects.toMatchObject({ code: '000604' });
    await ran(connection, 'ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1');
    await expect(ran(connection, 'SELECT count(*) FROM range(1000000000000) a')).rejects.toMatchObject({
      code: '000630',
    });
    await ran(connection, 'ALTER SESSION UNSET STATEMENT_TIMEOUT_IN_SECONDS');
  });

  it('are ended by a cancel while their rows are laid out', async () => {
    for (let round = 0; round < 6; round += 1) {
      const before = server.history.length;
      const outcome = new Promise((resolve) => {
        const statement = connection.execute({
          sqlText: `SELECT ${round}, a.ID, b.ID FROM ORDERS a, ORDERS b LIMIT 2000000`,
          streamResult: true,
          complete: (error) => resolve(error?.code ?? 'it ended'),
        });
        void expect
          .poll(() => server.history.length, { interval: 1 })
          .toBeGreaterThan(before)
          .then(() => setTimeout(() => statement.cancel(() => undefined), 100 + round * 60));
      });
      expect(await outcome).toBe('000604');
    }
    await ran(connection, 'ALTER SESSION SET STATEMENT_TIMEOUT_IN_SECONDS = 1');
    await expect(ran(connection, 'SELECT a.ID, b.ID FROM ORDERS a, ORDERS b LIMIT 20000000')).rejects.toMatchObject({
      code: '000630',
    });
    await ran(connection, 'ALTER SESSION UNSET STATEMENT_TIMEOUT_IN_SECONDS');
  });

  it('answer NULL where an argument of LEAST or GREATEST is, and take part 0 of a text for part 1', async () => {
    const { rows } = await ran(
      connection,
      "SELECT LEAST(NULL, 1), GREATEST(1, NULL, 2), LEAST(2, 1), GREATEST('a', 'b'), SPLIT_PART('a.b', '.', 0), SPLIT_PART('a.b', '.', 2), SPLIT_PART('a.b', '.', -1)",
    );
    expect(rows).toEqual([[null, null, 1, 'b', 'a', 'b', 'b']]);
  });

  it('have texts with escapes, as Snowflake reads them', async () => {
    const { rows, columns } = await ran(
      connection,
      String.raw`SELECT 'it\'s', 'a\\b', '\x41\u0042\n', $$it's \n$$, 'x\' AS a UNION ALL SELECT 2 --' as text, "ID" as "id" from orders where id = 1`,
    );
    expect(rows).toEqual([["it's", String.raw`a\b`, 'AB\n', String.raw`it's \n`, "x' AS a UNION ALL SELECT 2 --", 1]]);
    expect(columns.slice(4)).toEqual(['TEXT', 'id']);
  });

  it('say of which type they are, and how many rows they changed', async () => {
    const types: unknown[] = [];
    server.catalog.grant('OPS_READ', { privilege: 'CREATE TABLE', on: 'SCHEMA', name: 'ACME.OPS' });
    for (const sql of [
      'CREATE TABLE DOWN AS SELECT 1 AS A',
      'INSERT INTO DOWN VALUES (2), (3)',
      'UPDATE DOWN SET A = 4',
      'DELETE FROM DOWN WHERE A = 5',
      'SELECT * FROM DOWN',
      'USE SCHEMA ACME.OPS',
      'SHOW ROLES',
      'DROP TABLE DOWN',
    ])
      types.push(await changed(connection, sql));
    expect(types).toEqual([-1, 2, 3, 0, -1, -1, -1, -1]);
  });

  it('are sent off to be fetched later, and looked after meanwhile', async () => {
    const id = await new Promise<string>((resolve, reject) => {
      connection.execute({
        sqlText: 'SELECT SYSTEM$WAIT(5)',
        asyncExec: true,
        complete: (error, started) => (error ? reject(error) : resolve(started.getQueryId())),
      });
    });
    const later = connection as unknown as {
      getQueryStatus(id: string): Promise<string>;
      getResultsFromQueryId(options: object): Promise<unknown>;
    };
    expect(await later.getQueryStatus(id)).toBe('RUNNING');
    const rows = await new Promise((resolve, reject) => {
      void later.getResultsFromQueryId({
        queryId: id,
        rowMode: 'array',
        complete: (error: unknown, _statement: unknown, found: unknown) => (error ? reject(error) : resolve(found)),
      });
    });
    expect(rows).toEqual([['waited 5 seconds']]);
    expect(await later.getQueryStatus(id)).toBe('SUCCESS');
  }, 30_000);

  it('stand in the history with their tag', async () => {
    await ran(connection, `ALTER SESSION SET QUERY_TAG = '{"session":"s-1"}'`);
    await ran(connection, 'SELECT 1 AS A');
    expect(server.history.at(-1)).toMatchObject({ text: 'SELECT 1 AS A', user: 'AGENT', tag: '{"session":"s-1"}' });
  });
});

describe('names are bound as Snowflake binds them', () => {
  let connection: Connection;
  beforeAll(async () => {
    server.catalog.grant('OPS_READ', { privilege: 'CREATE TABLE', on: 'SCHEMA', name: 'ACME.OPS' });
    connection = await agent();
    await ran(connection, 'create table Stock ("lower" int, Upper int)');
    await ran(connection, 'create table "small" as select 1 as A');
  });
  afterAll(async () => {
    for (const each of ['STOCK', '"small"']) await ran(connection, `DROP TABLE ${each}`);
    await gone(connection);
  });

  it.each([
    'SELECT * FROM stock',
    'SELECT * FROM acme.ops.Stock',
    'SELECT upper, "lower", "UPPER" FROM "STOCK"',
    'SELECT s.upper FROM stock s',
    'SELECT a FROM "small"',
    'INSERT INTO stock ("lower", upper) VALUES (1, 2)',
    'UPDATE stock SET upper = 3',
    'DELETE FROM "STOCK" WHERE upper = 4',
    'SELECT upper AS "upper" FROM stock ORDER BY "upper"',
    'WITH "stock" AS (SELECT 1 AS n) SELECT N FROM "stock"',
    'WITH s("upper") AS (SELECT UPPER FROM STOCK) SELECT "upper" FROM s',
    "SELECT UPPER('a') FROM stock",
    "SELECT date '2026-01-01' AS upper FROM stock",
  ])('%s', async (sql) => {
    await expect(ran(connection, sql)).resolves.toBeDefined();
  });

  it.each([
    ['SELECT * FROM "stock"', '002003'],
    ['SELECT * FROM "ops"."STOCK"', '002003'],
    ['SELECT * FROM "acme".OPS.STOCK', '002003'],
    ['SELECT * FROM small', '002003'],
    ['SELECT * FROM "Small"', '002003'],
    ['UPDATE "stock" SET UPPER = 1', '002003'],
    ['DELETE FROM "Stock"', '002003'],
    ['INSERT INTO "stock" VALUES (1, 2)', '002003'],
    ['UPDATE STOCK SET UPPER = (SELECT max(UPPER) FROM "stock")', '002003'],
    ['DELETE FROM STOCK USING "stock" s WHERE s.UPPER = STOCK.UPPER', '002003'],
    ['DROP TABLE "stock"', '002003'],
    ['TRUNCATE TABLE "stock"', '002003'],
    ['SELECT "upper" FROM STOCK', '000904'],
    ['SELECT lower FROM STOCK', '000904'],
    ['SELECT s."upper" FROM STOCK s', '000904'],
    ['UPDATE STOCK SET "upper" = 1', '000904'],
    ['INSERT INTO STOCK ("upper") VALUES (1)', '000904'],
    ['DELETE FROM STOCK WHERE "upper" = 1', '000904'],
    ['WITH x AS (SELECT "upper" FROM STOCK) SELECT * FROM x', '000904'],
    ['CREATE TABLE C AS SELECT * FROM "stock"', '002003'],
  ])('%s is refused', async (sql, code) => {
    await expect(ran(connection, sql)).rejects.toMatchObject({ code });
  });
});
