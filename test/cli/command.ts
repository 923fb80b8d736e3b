import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { run } from '../../src/cli/run.js';
import { shipped } from '../support/built.js';

const root = join(import.meta.dirname, '../..');

export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Starts the real command in its own process. */
export function start(...args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn(process.execPath, [shipped, ...args], { cwd: root });
}

/** Runs the command to its end on an input. */
export async function sallyport(args: readonly string[], input: string | Buffer = ''): Promise<Ended> {
  const child = start(...args);
  const [out, err]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
  child.stdin.on('error', () => {}); // It may end before it has read everything.
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() };
}

/** Runs one command line in this process. */
export async function inProcess(args: readonly string[], input = ''): Promise<Ended> {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  stdin.end(input);
  const [out, err] = [text(stdout), text(stderr)];
  const code = await run(args, { stdin, stdout, stderr });
  stdout.end();
  stderr.end();
  return { code, out: await out, err: await err };
}

/** The same at a terminal of so many columns; `typing` gives what is typed when it is asked for. */
export async function atTerminal(
  args: readonly string[],
  typing: () => string | undefined | Promise<string | undefined>,
  columns = 100,
): Promise<Ended> {
  const terminal = (): PassThrough => Object.assign(new PassThrough(), { isTTY: true, columns });
  const [stdin, stdout, stderr] = [terminal(), terminal(), terminal()];
  let [out, err] = ['', ''];
  stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  stderr.on('data', (chunk: Buffer) => {
    err += chunk.toString();
    if (err.endsWith('of its digest: '))
      void Promise.resolve(typing()).then((typed) => stdin.end(typed === undefined ? '' : `${typed}\n`));
  });
  const code = await run(args, { stdin, stdout, stderr });
  return { code, out, err };
}

export interface Answer {
  readonly id: unknown;
  readonly decision: string;
  readonly kind: string;
  readonly objects_read: readonly string[];
  readonly objects_written: readonly string[];
  readonly functions: readonly string[];
  readonly code: string | null;
  readonly reason: string | null;
  readonly ms: number;
}

export function answers(out: string): Answer[] {
  return out
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Answer);
}

export const scope = { database: 'SHOP', schema: 'MART' };

export function asked(id: unknown, sql: string): string {
  return `${JSON.stringify({ id, sql, scope })}\n`;
}
