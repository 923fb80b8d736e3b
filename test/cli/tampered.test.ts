import { copyFileSync, cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { hashSha256 } from '../../src/adapters/ocsf/fingerprint.js';
import { jwkSigner, localKeys, newSigningKey, ocsf, type Signer } from '../../src/adapters/ocsf/index.js';
import { sampleEvent } from '../../src/core/contract/index.js';
import { journal } from '../../src/adapters/journal/journal.js';
import { inProcess } from './command.js';

const place = (): string => mkdtempSync(join(tmpdir(), 'tampered-'));
const segmentsIn = (directory: string): string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted();
const sealed = (line: string): string | undefined => /^\{"checkpoint":"(.*)"\}$/.exec(line)?.[1];

let whole = '';
let pinned = '';

/**
 * Two runs over several segments, the signing key replaced at every checkpoint of the second: what a gateway leaves
 * after a while.
 */
beforeAll(async () => {
  whole = place();
  pinned = join(place(), 'jwks.json');
  for (let run = 0; run < 2; run += 1) {
    const keys = await localKeys({ directory: whole, rotateMs: run === 0 ? 86_400_000 : 0 });
    if (run === 0) copyFileSync(join(whole, 'jwks.json'), pinned);
    const log = await journal({
      directory: whole,
      format: ocsf({ ...keys, authority: 'gate-1' }),
      segmentBytes: 12_000,
      checkpointEvents: 4,
    });
    for (let turn = 0; turn < 24; turn += 1) {
      await log.append(
        sampleEvent(turn === 23 ? 'gateway.stopped' : 'statement.delivered', {
          session: `s-${turn % 3}`,
          statement: `t-${run}-${turn}`,
          at: 1_790_000_000_000 + run * 1_000 + turn,
        }),
      );
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await log.close?.();
  }
});

/** The exit code and the words for a copy of it that something was done to. */
async function verified(
  change: (directory: string) => void | Promise<void>,
  ...more: readonly string[]
): Promise<{ readonly code: number | null; readonly out: string }> {
  const directory = place();
  cpSync(whole, directory, { recursive: true });
  await change(directory);
  return inProcess(['audit', 'verify', directory, ...(more.length === 0 ? ['--jwks', pinned] : more)]);
}

const without =
  (pick: (names: readonly string[]) => string | undefined) =>
  (directory: string): void =>
    rmSync(join(directory, pick(segmentsIn(directory)) ?? ''));

function edit(directory: string, change: (lines: string[]) => readonly string[]): void {
  for (const name of segmentsIn(directory))
    writeFileSync(
      join(directory, name),
      change(readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1))
        .map((line) => `${line}\n`)
        .join(''),
    );
}

/** Each checkpoint made again by somebody else, links and all. */
async function sealedAnew(directory: string, signer: Signer): Promise<void> {
  let last: string | undefined;
  for (const name of segmentsIn(directory)) {
    const lines = readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1);
    for (const [index, line] of lines.entries()) {
      const claims = sealed(line)?.split('.')[1];
      if (claims === undefined) continue;
      const {
        prev: _prev,
        next: _next,
        ...kept
      } = JSON.parse(Buffer.from(claims, 'base64url').toString()) as Record<string, unknown>;
      const header = { alg: 'Ed25519', kid: signer.publicKey.kid, typ: 'audit-checkpoint+jws' };
      const [head, body] = [
        header,
        { ...kept, reason: 'count', ...(last === undefined ? {} : { prev: hashSha256(last) }) },
      ].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
      last = `${head}.${body}.${Buffer.from(await signer.sign(Buffer.from(`${head}.${body}`))).toString('base64url')}`;
      lines[index] = `{"checkpoint":"${last}"}`;
    }
    writeFileSync(join(directory, name), lines.map((line) => `${line}\n`).join(''));
  }
}

describe('a journal of several segments and keys', () => {
  it('is whole for who has only the first key, since each later one was announced', async () => {
    expect(segmentsIn(whole).length).toBeGreaterThan(5);
    expect(
      (JSON.parse(readFileSync(join(whole, 'jwks.json'), 'utf8')) as { keys: unknown[] }).keys.length,
    ).toBeGreaterThan(2);
    const { code, out } = await verified(() => undefined);
    expect(out).toMatch(/OK: 48 events in 2 chains, \d+ checkpoints\. Every event is sealed\.\n$/);
    expect(code).toBe(0);
  });

  it.each<[string, (directory: string) => void | Promise<void>, number, RegExp]>([
    ['a segment taken out of the middle', without((names) => names[2]), 1, /gap .*absent/],
    [
      'the first segment taken out, as retention does',
      without((names) => names[0]),
      2,
      /start .*absent, as where retention removed them/,
    ],
    [
      'two segments exchanged',
      (directory) => {
        const [, one = '', other = ''] = segmentsIn(directory);
        const text = readFileSync(join(directory, one));
        copyFileSync(join(directory, other), join(directory, one));
        writeFileSync(join(directory, other), text);
      },
      1,
      /reordered/,
    ],
    [
      'a segment copied under another number',
      (directory) =>
        copyFileSync(join(directory, segmentsIn(directory)[1] ?? ''), join(directory, 'journal-00000999.jsonl')),
      1,
      /copied .*:1: /,
    ],
    [
      'all checkpoints signed by another key',
      (directory) => sealedAnew(directory, jwkSigner(newSigningKey())),
      1,
      /key .*its key is unknown/,
    ],
    [
      'all checkpoints taken out',
      (directory) => edit(directory, (lines) => lines.filter((line) => sealed(line) === undefined)),
      2,
      /nothing of it is sealed/,
    ],
    [
      'the announcement of a key taken out',
      (directory) =>
        edit(directory, (lines) =>
          lines.filter((line) => !Buffer.from(sealed(line)?.split('.')[1] ?? '', 'base64url').includes('"rotation"')),
        ),
      1,
      /key|checkpoint/,
    ],
    [
      'the whole second run taken out',
      (directory) => {
        const chain = (name: string): string | undefined =>
          /"chain_uid":"([^"]+)"/.exec(readFileSync(join(directory, name), 'utf8'))?.[1];
        const [first = ''] = segmentsIn(directory);
        const own = chain(first);
        for (const name of segmentsIn(directory)) if (chain(name) !== own) rmSync(join(directory, name));
      },
      0,
      /OK: 24 events in 1 chain/,
    ],
  ])('%s is told for what it is', async (_name, change, code, words) => {
    const { code: ended, out } = await verified(change);
    expect(out).toMatch(words);
    expect(ended).toBe(code);
  });

  it('an end that is cut off together with its checkpoints is told by what was anchored, and by nothing else', async () => {
    const anchors = join(place(), 'anchors.txt');
    const lines = segmentsIn(whole).flatMap((name) => readFileSync(join(whole, name), 'utf8').split('\n'));
    writeFileSync(anchors, lines.flatMap((line) => sealed(line) ?? []).join('\n'));
    const cut = without((names) => names.at(-1));
    const good = await verified(() => undefined, '--jwks', pinned, '--anchors', anchors);
    expect([good.code, good.out]).toEqual([
      0,
      expect.stringMatching(/anchored {3}\S+ until .*, \S+ to \d+: nothing before/) as string,
    ]);
    expect((await verified(cut, '--jwks', pinned)).code).not.toBe(1);
    const told = await verified(cut, '--jwks', pinned, '--anchors', anchors);
    expect([told.code, told.out]).toEqual([
      1,
      expect.stringMatching(/! anchor {5}.*anchors\.txt:\d+: .*was anchored and is not in the record/) as string,
    ]);
  });

  it('keys of somebody else prove nothing, and say so', async () => {
    const other = join(place(), 'jwks.json');
    writeFileSync(other, JSON.stringify({ keys: [jwkSigner(newSigningKey()).publicKey] }));
    const { code, out } = await verified(() => undefined, '--jwks', other);
    expect([code, out]).toEqual([1, expect.stringContaining('its key is unknown') as string]);
  });

  it('who can write to the directory can replace keys and checkpoints together: the answer says that the keys came from there, and --state notices', async () => {
    const state = join(place(), 'seen.json');
    expect((await verified(() => undefined, '--jwks', pinned, '--state', state)).code).toBe(0);
    const directory = place();
    cpSync(whole, directory, { recursive: true });
    const signer = jwkSigner(newSigningKey());
    await sealedAnew(directory, signer);
    writeFileSync(join(directory, 'jwks.json'), JSON.stringify({ keys: [signer.publicKey] }));
    const { code, out } = await inProcess(['audit', 'verify', directory]);
    expect([code, out]).toEqual([
      0,
      expect.stringContaining('found beside the data: who can change the log there can change them too') as string,
    ]);
    expect((await inProcess(['audit', 'verify', directory, '--state', state])).code).toBe(1);
  });

  it('what went away together with its checkpoints is noticed with --state only', async () => {
    const state = join(place(), 'seen.json');
    expect((await verified(() => undefined, '--jwks', pinned, '--state', state)).code).toBe(0);
    const cut = without((names) => names.at(-1));
    expect((await verified(cut)).code).toBe(0);
    expect((await verified(cut, '--jwks', pinned, '--state', state)).code).toBe(1);
  });
});
