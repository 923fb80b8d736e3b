import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { gitAnchor, kafkaAnchor, timestampAnchor } from '../../examples/anchors.js';
import { sampleEvent } from '../../src/core/contract/index.js';
import { journal, type Anchor } from '../../src/adapters/journal/journal.js';
import { inProcess } from '../cli/command.js';
import { clientOf, freshTopic, withBroker } from '../support/kafka/index.js';

const place = (): string => {
  const directory = mkdtempSync(join(tmpdir(), 'anchors-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
};
const git = (directory: string, ...args: readonly string[]): string =>
  execFileSync('git', ['-C', directory, ...args], { encoding: 'utf8' });
const sealedIn = (directory: string): string[] =>
  readFileSync(join(directory, 'journal-00000001.jsonl'), 'utf8')
    .split('\n')
    .flatMap((line) => /^\{"checkpoint":"([^"]+)"/.exec(line)?.[1] ?? []);

async function recorded(anchor: Anchor): Promise<string> {
  const directory = place();
  const log = await journal({ directory, anchor, checkpointEvents: 1 });
  for (const statement of ['one', 'two']) {
    const before = statement === 'one' ? 0 : sealedIn(directory).length;
    await log.append(sampleEvent('statement.delivered', { session: 'a', statement }));
    await expect.poll(() => sealedIn(directory).length).toBeGreaterThan(before);
  }
  await log.close?.();
  return directory;
}

/** It agrees with the record, and not with one that ends earlier, whose keys are right. */
async function proves(directory: string, anchors: string): Promise<void> {
  expect((await inProcess(['audit', 'verify', directory, '--anchors', anchors])).out).toMatch(/anchored {3}\S+ until/);
  const cut = place();
  cpSync(directory, cut, { recursive: true });
  const path = join(cut, 'journal-00000001.jsonl');
  const lines = readFileSync(path, 'utf8').split('\n');
  writeFileSync(
    path,
    lines
      .slice(0, lines.findIndex((line) => line.startsWith('{"checkpoint"')) + 1)
      .map((line) => `${line}\n`)
      .join(''),
  );
  expect((await inProcess(['audit', 'verify', cut])).code).toBe(0);
  expect(await inProcess(['audit', 'verify', cut, '--anchors', anchors])).toMatchObject({
    code: 1,
    out: expect.stringContaining('! anchor') as string,
  });
}

describe('anchors', () => {
  it('a Git repository has a commit for each checkpoint, and so has where it is pushed', async () => {
    const [work, remote] = [place(), place()];
    git(remote, 'init', '--quiet', '--bare');
    git(work, 'init', '--quiet');
    git(work, 'config', 'user.name', 'gate');
    git(work, 'config', 'user.email', 'gate@example.com');
    const directory = await recorded(gitAnchor(work, remote));
    const digests = sealedIn(directory).map((jws) => createHash('sha256').update(jws).digest('hex'));
    const branch = git(work, 'branch', '--show-current').trim();
    expect(
      git(remote, 'log', '--reverse', '--format=%s', branch)
        .trim()
        .split('\n')
        .map((line) => line.split(': ')[1]),
    ).toEqual(digests);
    const anchors = join(place(), 'anchors.txt');
    writeFileSync(anchors, git(remote, 'show', `${branch}:anchors.txt`));
    await proves(directory, anchors);
  });

  it('a time-stamping authority signs when each checkpoint was there', async () => {
    const [authority, tokens] = [place(), place()];
    const openssl = (...args: readonly string[]): string =>
      execFileSync('openssl', args, { cwd: authority, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
    writeFileSync(
      join(authority, 'tsa.cnf'),
      `[req]\ndistinguished_name=dn\nprompt=no\nx509_extensions=ext\n[dn]\nCN=TSA\n[ext]\nbasicConstraints=critical,CA:TRUE\nextendedKeyUsage=critical,timeStamping
[tsa]\ndefault_tsa=own\n[own]\nserial=serial\ncrypto_device=builtin\nsigner_digest=sha256\ndefault_policy=1.2.3.4\ndigests=sha256\naccuracy=secs:1\nordering=yes\n`,
    );
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      'key.pem',
      '-out',
      'ca.pem',
      '-days',
      '2',
      '-config',
      'tsa.cnf',
    );
    const server = createServer((request, response) => {
      void request.toArray().then((chunks: Buffer[]) => {
        writeFileSync(join(authority, 'query.tsq'), Buffer.concat(chunks));
        openssl(
          'ts',
          '-reply',
          '-config',
          'tsa.cnf',
          '-queryfile',
          'query.tsq',
          '-signer',
          'ca.pem',
          '-inkey',
          'key.pem',
          '-out',
          'reply.tsr',
        );
        response
          .setHeader('content-type', 'application/timestamp-reply')
          .end(readFileSync(join(authority, 'reply.tsr')));
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const ca = join(authority, 'ca.pem');
    const directory = await recorded(
      timestampAnchor({ directory: tokens, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, ca }),
    );
    for (const jws of sealedIn(directory)) {
      const digest = createHash('sha256').update(jws).digest('hex');
      expect(
        openssl('ts', '-verify', '-digest', digest, '-in', join(tokens, `${digest}.tsr`), '-CAfile', ca),
      ).toContain('Verification: OK');
    }
    await proves(directory, join(tokens, 'anchors.txt'));
  });
});

const broker = withBroker();

describe.skipIf(broker.missing)('anchors on a real broker', () => {
  it('a topic has a message for each checkpoint', async () => {
    const client = clientOf(broker.cluster.brokers);
    const topic = freshTopic();
    const admin = client.admin();
    await admin.connect();
    await admin.createTopics({ topics: [{ topic, numPartitions: 1 }] });
    await admin.disconnect();
    const producer = client.producer();
    await producer.connect();
    const directory = await recorded(kafkaAnchor(producer, topic));
    await producer.disconnect();
    const consumer = client.consumer({ groupId: topic });
    onTestFinished(() => consumer.disconnect());
    const got: string[] = [];
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => void got.push(message.value?.toString() ?? '') });
    await expect.poll(() => got, { timeout: 20_000 }).toEqual(sealedIn(directory));
    const anchors = join(place(), 'anchors.txt');
    writeFileSync(anchors, got.join('\n'));
    await proves(directory, anchors);
  });
});
