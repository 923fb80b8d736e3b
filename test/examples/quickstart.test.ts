import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { reviewAs } from '../../examples/agent/reviewer.js';
import { reviewerToken } from '../../examples/quickstart/tokens.js';
import { account, agentKey, left } from '../adapters/snowflake/account.js';
import { compiled } from '../support/child.js';

const root = join(import.meta.dirname, '../..');
const folder = mkdtempSync(join(tmpdir(), 'sallyport-quickstart-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly process: ChildProcess;
  readonly ended: Promise<number | null>;
  out(): string;
  err(): string;
  /** Resolves when the output holds `text`. */
  saw(text: string): Promise<void>;
}

const program = await compiled(join(root, 'examples/quickstart/main.ts'), ['policy.csv']);

/** Starts the quick start, in plain JavaScript. */
function start(...options: string[]): Run {
  return startIn(process.env, [program, ...options]);
}

/**
 * Starts it as `npm start` does after its build, but without the process that tsx puts before it: that one kills a
 * child which does not answer a signal within 60 ms.
 */
function startAsWritten(...options: string[]): Run {
  return startIn(process.env, ['--import', 'tsx', 'examples/quickstart/main.ts', ...options]);
}

function startIn(env: NodeJS.ProcessEnv, args: readonly string[]): Run {
  const child = spawn(process.execPath, args, { cwd: root, env });
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const saw = (text: string): Promise<void> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        if (out.includes(text)) resolve();
      };
      child.stdout.on('data', look);
      child.once('close', () => reject(new Error(`ended before "${text}":\n${out}\n${err}`)));
      look();
    });
  return { process: child, ended, out: () => out, err: () => err, saw };
}

/** What a shell says to these lines. */
function pastedIn(lines: readonly string[]): Promise<string> {
  const shell = spawn('sh', ['-c', lines.join('\n')]);
  let said = '';
  shell.stdout.setEncoding('utf8').on('data', (text: string) => (said += text));
  return new Promise((resolve) => shell.once('close', () => resolve(said)));
}

describe('npm start -- --once', () => {
  const journal = join(folder, 'once');
  const run = startAsWritten('--once', '--port', '0', '--journal', journal);

  it('plays the loop and exits 0', async () => {
    expect([await run.ended, run.err()]).toEqual([0, '']);
  });

  it.each([
    ['the actor and the principal', /orders-agent/],
    ['the session', /POST \/jit\/sessions\n[\s\S]*?→ 201/],
    ['a table of rows', /ORDER_ID\s+STATUS\n.*\n\s+\d{6}\s+pending\n/i],
    ['how many rows there are', /283 rows/],
    [
      'the other schema refused, with a reason and a hint',
      /finance\.payroll\n\s+→ 403 OUT_OF_SCOPE\n\s+why: .+\n\s+hint: .+/,
    ],
    [
      'the delete held',
      /DELETE FROM ops\.orders[^\n]*\n\s+→ 202 Accepted\n\s+STATUS\s+TICKET\n.*\n\s+pending\s+[\w-]{36}\n/i,
    ],
    [
      'what the reviewer sees, and the decision',
      /write\s+ACME\.OPS\.ORDERS\s+idp:orders-agent\s+idp:alice[\s\S]*decision: approve\n\s+digest: [0-9a-f]{64}[\s\S]*?→ 200/,
    ],
    ['that it ran once', /\d+ rows deleted\n[\s\S]*?→ 200[\s\S]*?it did not run twice/],
    ['the closed door', /→ 410 SESSION_CLOSED/],
    [
      'the record',
      /session\.opened[\s\S]*statement\.authorized[\s\S]*statement\.executed[\s\S]*statement\.denied[\s\S]*statement\.approval_requested[\s\S]*statement\.approval_decided\s+idp:bob[\s\S]*statement\.executed[\s\S]*session\.closed/,
    ],
  ])('shows %s', async (_what, pattern) => {
    await run.ended;
    expect(run.out()).toMatch(pattern);
  });

  it('prints no token and no colour where there is no terminal', async () => {
    await run.ended;
    expect(run.out()).not.toMatch(/eyJ[\w-]{20,}/);
    expect(run.out()).not.toContain('\u001b');
  });

  it('keeps the record where it was told to', async () => {
    await run.ended;
    const text = readdirSync(journal, { recursive: true, encoding: 'utf8', withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
      .join('');
    expect(text).toContain('statement.executed');
    // A checkpoint is a signed object too, and holds nothing but where the chain stands.
    expect(text.replaceAll(/^\{"checkpoint":"[\w.-]+"\}$/gm, '')).not.toMatch(/eyJ[\w-]{20,}/);
  });

  it('goes on with a record that is there already', async () => {
    await run.ended;
    const segments = (): number => readdirSync(journal).filter((name) => name.endsWith('.jsonl')).length;
    expect(segments()).toBe(1);
    const again = start('--once', '--port', '0', '--journal', journal);
    expect([await again.ended, again.err()]).toEqual([0, '']);
    expect(segments()).toBe(2);
  });
});

describe('npm start -- --once --snowflake-local', () => {
  it("plays the same loop over Snowflake's driver, and the account has nothing left of it", async () => {
    const run = start('--once', '--snowflake-local', '--port', '0', '--journal', join(folder, 'snowflake'));
    expect([await run.ended, run.err()]).toEqual([0, '']);
    expect(run.out()).toMatch(
      /283 rows[\s\S]*→ 403 OUT_OF_SCOPE[\s\S]*91 rows deleted[\s\S]*grant\.applied[\s\S]*grant\.removed[\s\S]*sessions +0\n +roles SALLYPORT_… +0\n +roles granted to agents +0/,
    );
    expect(run.out()).not.toMatch(/eyJ[\w-]{20,}|PRIVATE KEY/);
  });
});

describe('npm start -- --once --snowflake', () => {
  it('plays it on the account that the environment names', async () => {
    const server = await account({
      setup:
        "CREATE TABLE ACME.OPS.ORDERS AS SELECT 100000 + range AS ORDER_ID, CASE WHEN range % 4 = 0 THEN 'pending' ELSE 'cancelled' END AS STATUS FROM range(400); CREATE TABLE ACME.OPS.CUSTOMERS AS SELECT 1 AS ID; CREATE TABLE ACME.FINANCE.PAYROLL AS SELECT 1 AS ID",
    });
    server.catalog.users.get('AGENT')?.granted.add('OPS_WRITE');
    const key = join(folder, 'key.p8');
    writeFileSync(key, agentKey.privateKey, { mode: 0o600 });
    const environment = {
      SNOWFLAKE_ACCOUNT: server.account,
      SNOWFLAKE_URL: `http://${server.host}:${server.port}`,
      SNOWFLAKE_USER: 'AGENT',
      SNOWFLAKE_PRIVATE_KEY_PATH: key,
      SNOWFLAKE_WAREHOUSE: 'WH',
      SNOWFLAKE_ROLE: 'OPS_WRITE',
    };
    const run = startIn({ ...process.env, ...environment }, [
      program,
      '--once',
      '--snowflake',
      '--port',
      '0',
      '--journal',
      join(folder, 'own'),
    ]);
    expect([await run.ended, run.err()]).toEqual([0, '']);
    expect(run.out()).toMatch(/100 rows[\s\S]*300 rows deleted/);
    expect(left(server).sessions).toBe(0);
    await server.close();
  });

  it('says what is missing in one line', async () => {
    const run = startIn({ PATH: process.env['PATH'], SNOWFLAKE_USER: 'AGENT' }, [
      program,
      '--once',
      '--snowflake',
      '--port',
      '0',
      '--journal',
      join(folder, 'own'),
    ]);
    expect(await run.ended).toBe(1);
    expect(run.err()).toBe(
      '--snowflake needs SNOWFLAKE_ACCOUNT, SNOWFLAKE_PRIVATE_KEY_PATH, SNOWFLAKE_WAREHOUSE, SNOWFLAKE_ROLE in the environment\n',
    );
  });
});

describe('npm start -- --serve', () => {
  it('starts without playing, its printed commands work, and Ctrl-C ends it in order', async () => {
    const run = start('--serve', '--port', '0', '--journal', join(folder, 'serve'));
    await run.saw('Ctrl-C');
    expect(run.out()).not.toContain('→ 201');

    const host = /(http:\/\/127\.0\.0\.1:\d+) {3,}the host application/.exec(run.out())?.[1] ?? '';
    expect(await (await fetch(`${host}/health`)).json()).toEqual({ ok: true });
    expect((await fetch(`${host}/jit/connections`)).status).toBe(401);

    const pasted = run
      .out()
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /^(JIT=|TOKEN=|SESSION=|call)/.test(line));
    expect(pasted).toHaveLength(10);
    expect(await pastedIn(pasted.slice(0, 8))).toMatch(/ACME\.OPS[\s\S]*Hollis[\s\S]*"closed"[\s\S]*session\.closed/);

    const [review, issuer] = [
      /(\S+\/jit\/review) {3,}where people review; bob may sign in/,
      /(\S+) {3,}the identity provider/,
    ].map((each) => each.exec(run.out())?.[1] ?? '');
    expect((await fetch(review ?? '')).status).toBe(200);
    const waiting = pastedIn([...pasted.slice(0, 3), ...pasted.slice(8)]);
    const { value } = await reviewerToken(issuer ?? '', 'bob', `${host}/signed-in`);
    const listed = async (): Promise<string> =>
      (await fetch(`${host}/jit/approvals`, { headers: { authorization: `Bearer ${value}` } })).text();
    await expect.poll(listed, { timeout: 60_000 }).toContain('"ticket"');
    const ticket = /"ticket":"([\w-]+)"/.exec(await listed())?.[1] ?? '';
    await reviewAs('bob', { issuer: issuer ?? '', redirectUri: `${host}/signed-in`, mount: `${host}/jit` }, ticket);
    expect(await waiting).toMatch(/"operation":"DELETE"[\s\S]*"affected":\d+/);

    run.process.kill('SIGINT');
    expect([await run.ended, run.err()]).toEqual([0, '']);
    expect(run.out()).toContain('closing every session');
  }, 120_000);
});

describe('npm start on a journal that another one uses', () => {
  const journal = join(folder, 'kept');

  it('leaves it alone, and says so; SIGTERM ends that one in order', async () => {
    const first = start('--serve', '--port', '0', '--journal', journal);
    await first.saw('Ctrl-C');
    const second = start('--once', '--port', '0', '--journal', journal);
    expect(await second.ended).toBe(1);
    expect(second.err()).toMatch(/^CONFIG_INVALID: .* in use by process \d+ on host \S+\n$/);
    expect(second.err()).not.toContain('    at ');
    first.process.kill('SIGTERM');
    expect([await first.ended, first.err()]).toEqual([0, '']);
  });
});

describe('npm start with a mistake', () => {
  it.each([[['--bogus']], [['--port', 'x']], [['--once', '--serve']]])('%j: the usage, exit 2', async (options) => {
    const run = start(...options);
    expect(await run.ended).toBe(2);
    expect(run.err()).toMatch(/^.+\n\nnpm start -- \[options\]/);
    expect(run.err()).not.toContain('    at ');
  });

  it('on a taken port: one clear line, exit 1', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo;
    const run = start('--once', '--port', String(port), '--journal', join(folder, 'taken'));
    expect(await run.ended).toBe(1);
    expect(run.err()).toBe(
      `port ${port} is taken; choose another with: npm start -- --port N (N and N+1 must be free)\n`,
    );
    other.close();
  });
});
