import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { audience, claims, makeKey, serve, sign, type Key, type Served } from '../adapters/oidc/issuer.js';
import { compiled } from '../support/child.js';

const root = join(import.meta.dirname, '../..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');
const [block] = /^```ts\nimport express[\s\S]*?^```$/m.exec(readme) ?? [];
const [policy] = /^```csv\ng, idp:orders-agent[\s\S]*?^```$/m.exec(readme) ?? [];
const inside = (fenced: string | undefined): string => (fenced ?? '').split('\n').slice(1, -1).join('\n');

mkdirSync(join(root, 'reports'), { recursive: true });
const folder = mkdtempSync(join(root, 'reports/shutdown-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let key: Key;

beforeAll(async () => {
  key = await makeKey('k1');
  writeFileSync(join(folder, 'policy.csv'), inside(policy));
  const instance = await DuckDBInstance.create(join(folder, 'warehouse.duckdb'));
  const connection = await instance.connect();
  await connection.run('CREATE SCHEMA OPS');
  await connection.run('CREATE TABLE OPS.ORDERS AS SELECT range AS ID FROM range(200000)');
  connection.closeSync();
  instance.closeSync();
});

async function freePort(): Promise<number> {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  const { port } = taken.address() as AddressInfo;
  taken.close();
  return port;
}

interface Host {
  readonly child: ChildProcess;
  readonly port: number;
  readonly said: () => string;
  readonly ask: (
    method: string,
    path: string,
    body?: object,
  ) => Promise<{ readonly status: number; readonly json: Readonly<Record<string, unknown>> }>;
}

/** The README's block as a process of its own: as printed, but for the port and the issuer's address. */
async function host(idp: Served): Promise<Host> {
  const port = await freePort();
  const [name, printed] = [`host-${port}.ts`, inside(block)];
  const program = printed.replace('3000', String(port)).replace('https://idp.acme.example', idp.issuer);
  expect([program.includes(String(port)), program.includes(idp.issuer)]).toEqual([true, true]);
  writeFileSync(join(folder, name), program);
  const child = spawn(process.execPath, [await compiled(join(folder, name))], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  const seconds = Date.now() / 1_000;
  const token = await sign(
    idp.issuer,
    key,
    claims({ sub: 'orders-agent', aud: audience, iat: Math.floor(seconds), exp: Math.floor(seconds) + 600 }),
  );
  const ask: Host['ask'] = async (method, path, body) => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const response = await fetch(`http://127.0.0.1:${port}/jit${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: (await response.json()) as Readonly<Record<string, unknown>> };
  };
  for (
    let turn = 0;
    turn < 100 &&
    (await ask('GET', '/connections').then(
      ({ status }) => status,
      () => 0,
    )) !== 200;
    turn += 1
  )
    await new Promise((next) => setTimeout(next, 100));
  return { child, port, said: () => said, ask };
}

/** A connection that is kept open: after one answer, or without ever asking. */
async function keptOpen(port: number, asks: boolean): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  if (asks) {
    socket.write('GET /jit/openapi.json HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n');
    await once(socket, 'data');
  }
  return socket.resume();
}

const events = (): readonly string[] =>
  readdirSync(join(folder, 'audit'))
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
    .flatMap((name) =>
      [...readFileSync(join(folder, 'audit', name), 'utf8').matchAll(/"event_code":"([\w.]+)"/g)].map(([, code]) =>
        String(code),
      ),
    );

describe('the mount of the README, run as it is printed', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends on %s with 0, with sessions, a running statement and open connections',
    async (signal) => {
      const idp = await serve(key);
      const { child, port, ask, said } = await host(idp);
      const ended = once(child, 'exit');
      try {
        const open = {
          connection: 'warehouse',
          schema: 'WAREHOUSE.OPS',
          access: 'read',
          ttl: 300,
          reason: 'a statement that takes minutes',
        };
        const [first, second] = [await ask('POST', '/sessions', open), await ask('POST', '/sessions', open)];
        expect([first.status, second.status, said()]).toEqual([201, 201, '']);
        const running = ask('POST', `/sessions/${String(first.json['id'])}/statements`, {
          sql: 'SELECT SUM(a.id * b.id % 7) FROM ORDERS a JOIN ORDERS b ON a.id <> b.id',
        });
        for (const asks of [true, false]) await keptOpen(port, asks);
        await new Promise((next) => setTimeout(next, 300));
        const asked = Date.now();
        child.kill(signal);
        expect(await running).toMatchObject({ status: 503, json: { code: 'SHUTTING_DOWN' } });
        expect([...(await ended), said()]).toEqual([0, null, '']);
        expect(Date.now() - asked).toBeLessThan(20_000);
        expect(events().slice(-1)).toEqual(['gateway.stopped']);
        expect(events().filter((code) => code === 'session.closed')).toHaveLength(
          events().filter((code) => code === 'session.opened').length,
        );
      } finally {
        child.kill('SIGKILL');
      }
    },
    60_000,
  );
});
