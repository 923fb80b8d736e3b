import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { compiled } from '../support/child.js';

/** An answer over HTTP. */
export interface Told {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

export interface Running {
  readonly recovered: { readonly statements: number; readonly sessions: number };
  readonly ask: (method: string, path: string, body?: unknown, token?: string) => Promise<Told>;
  readonly open: (ttl?: number, token?: string) => Promise<Told>;
  readonly run: (session: unknown, sql: string, token?: string, binds?: readonly unknown[]) => Promise<Told>;
  /** The codes of a session's record, each with the code it ended in. */
  readonly record: (session: unknown, token?: string) => Promise<readonly (readonly [string, unknown])[]>;
  /** All that the process has printed. */
  readonly said: () => string;
  readonly stop: (signal: 'SIGTERM' | 'SIGKILL') => Promise<void>;
}

/** A query that takes minutes. */
export const slow = 'SELECT SUM(a.n * b.n % 7) FROM ops.numbers a JOIN ops.numbers b ON a.n <> b.n';
export const quick = 'SELECT COUNT(*) AS n FROM ops.numbers';

export function place(): string {
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-e2e-'));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

const program = await compiled(join(import.meta.dirname, 'service.ts'));

/** Starts the service; it is killed with the test. */
export async function service(directory: string, ...more: string[]): Promise<Running> {
  const child = spawn(process.execPath, [program, directory, ...more], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the service ended:\n${said}`);
  });
  const [line] = (await Promise.race([once(child.stdout, 'data'), ended])) as [Buffer];
  ended.catch(() => undefined);
  const { port, recovered } = JSON.parse(line.toString()) as {
    readonly port: number;
    readonly recovered: Running['recovered'];
  };
  const ask: Running['ask'] = async (method, path, body, token = 'a') => {
    const headers = {
      authorization: `Bearer ${token}`,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const response = await fetch(`http://127.0.0.1:${port}/jit${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, json: (await response.json()) as Told['json'] };
  };
  return {
    recovered,
    said: () => said,
    ask,
    open: (ttl = 300, token) =>
      ask(
        'POST',
        '/sessions',
        { connection: 'warehouse', schema: 'ACME.OPS', access: 'read', ttl, reason: 'a test' },
        token,
      ),
    run: (session, sql, token, binds) =>
      ask('POST', `/sessions/${String(session)}/statements`, { sql, ...(binds === undefined ? {} : { binds }) }, token),
    record: async (session, token) => {
      const { json } = await ask('GET', `/sessions/${String(session)}/record`, undefined, token);
      return (
        (json['events'] ?? []) as { readonly code: string; readonly data: Readonly<Record<string, unknown>> }[]
      ).map(({ code, data }) => [code, data['code']] as const);
    },
    stop: async (signal) => {
      child.kill(signal);
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    },
  };
}
