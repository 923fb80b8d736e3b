/**
 * Places for checkpoints that the gateway cannot change afterwards, for `anchor` of `journal`: a time-stamping
 * authority (RFC 3161), a Git repository that is pushed elsewhere, and a
 * topic that it may only write to. Each also gives the file for `sallyport audit verify --anchors`. docs/audit.md says
 * how to set them up.
 */
import { execFile } from 'node:child_process';
import { appendFile, mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Anchor } from 'sallyport/journal';

const run = promisify(execFile);

/** One that comes again is there already. */
async function keep(file: string, line: string): Promise<void> {
  const kept = await readFile(file, 'utf8').catch(() => '');
  if (!kept.split('\n').includes(line)) await appendFile(file, `${line}\n`);
}

/**
 * A commit for each checkpoint, pushed to `remote`: to a branch that takes no force push, in an account that the
 * gateway's host cannot log in to.
 */
export function gitAnchor(directory: string, remote?: string): Anchor {
  const git = (signal: AbortSignal, ...args: readonly string[]): Promise<unknown> =>
    run('git', ['-C', directory, ...args], { signal });
  return async ({ jws, digest, authority, seq }, signal) => {
    await keep(join(directory, 'anchors.txt'), jws);
    await git(signal, 'add', 'anchors.txt');
    await git(signal, 'commit', '--quiet', '--allow-empty', '-m', `${authority} to ${seq}: ${digest}`);
    if (remote !== undefined) await git(signal, 'push', '--quiet', remote, 'HEAD');
  };
}

export interface TimestampOptions {
  /** Where the tokens and `anchors.txt` are kept: copy it somewhere else, they need no secrecy. */
  readonly directory: string;
  /** The authority's address (RFC 3161 over HTTP), and its root certificate, PEM. */
  readonly url: string;
  readonly ca: string;
}

/**
 * A token of a time-stamping authority for each checkpoint: who has the gateway's keys and all of its disks cannot make
 * one of yesterday. Needs `openssl`.
 */
export function timestampAnchor({ directory, url, ca }: TimestampOptions): Anchor {
  return async ({ jws, digest }, signal) => {
    await mkdir(directory, { recursive: true });
    const [query, token, draft] = ['tsq', 'tsr', 'new'].map((kind) => join(directory, `${digest}.${kind}`)) as [
      string,
      string,
      string,
    ];
    await run('openssl', ['ts', '-query', '-digest', digest, '-sha256', '-cert', '-out', query], { signal });
    const answer = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/timestamp-query' },
      body: await readFile(query),
      signal,
    });
    if (!answer.ok) throw new Error(`the time-stamping authority answered ${answer.status}`);
    await writeFile(draft, Buffer.from(await answer.arrayBuffer()));
    // Rejects what is no token of this authority for this very checkpoint.
    await run('openssl', ['ts', '-verify', '-queryfile', query, '-in', draft, '-CAfile', ca], { signal });
    await rename(draft, token);
    await keep(join(directory, 'anchors.txt'), jws);
  };
}

/** What it needs of a producer of kafkajs, connected. */
export interface Producer {
  send(record: { topic: string; acks: number; messages: { key: string; value: string }[] }): Promise<unknown>;
}

/**
 * A message for each checkpoint, in a topic without `cleanup.policy=compact`, in a cluster whose administrators are not
 * the gateway's. Each value is a line for `--anchors`.
 */
export function kafkaAnchor(producer: Producer, topic: string): Anchor {
  return async ({ jws, authority }) => {
    await producer.send({ topic, acks: -1, messages: [{ key: authority, value: jws }] });
  };
}
