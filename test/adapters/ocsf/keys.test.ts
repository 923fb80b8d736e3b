import { createPrivateKey } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  jwkSigner,
  localKeys,
  newSigningKey,
  ocsf,
  publicKey,
  type PrivateKey,
} from '../../../src/adapters/ocsf/index.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import { journal } from '../../../src/adapters/journal/journal.js';
import { place } from '../journal/test-directory.js';
import { linesIn } from '../journal/verified-journal.js';
import { kinds, LogWriter, newKey, told, verified } from './chains.js';

interface Published {
  readonly kid: string;
  readonly alg: string;
  readonly authority?: string;
  readonly nbf?: number;
  readonly exp?: number;
}

const published = (directory: string): { readonly keys: readonly Published[] } =>
  JSON.parse(readFileSync(join(directory, 'jwks.json'), 'utf8')) as never;
const headers = (lines: readonly string[]): { readonly alg: string; readonly kid: string }[] =>
  lines
    .flatMap((line) => /^\{"checkpoint":"([\w-]+)/.exec(line)?.[1] ?? [])
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as never);

/** Writes a checkpoint for each event, the key replaced before each, or never. */
async function written(
  directory: string,
  rotateMs: number,
  alg?: 'Ed25519',
  events = 3,
  authority = 'gate-1',
): Promise<readonly string[]> {
  const keys = await localKeys({ directory, rotateMs, ...(alg === undefined ? {} : { alg }) });
  const log = await journal({ directory, format: ocsf({ ...keys, authority }), checkpointEvents: 1 });
  for (let each = 0; each < events; each += 1) {
    const before = linesIn(directory).length;
    await log.append(sampleEvent('statement.delivered', { session: 'a', statement: `s-${each}` }));
    await expect.poll(() => linesIn(directory).length).toBeGreaterThan(before + 1);
  }
  await log.close?.();
  return linesIn(directory);
}

describe('how the signature is called', () => {
  it('EdDSA, in checkpoints and in the published keys, which every library knows', async () => {
    const directory = place();
    const lines = await written(directory, 0);
    expect(new Set(headers(lines).map(({ alg }) => alg))).toEqual(new Set(['EdDSA']));
    expect(new Set(published(directory).keys.map(({ alg }) => alg))).toEqual(new Set(['EdDSA']));
    expect([jwkSigner(newSigningKey()).publicKey.alg, publicKey('x').alg]).toEqual(['EdDSA', 'EdDSA']);
  });

  it('Ed25519 where that is asked for; a record may have both', async () => {
    const directory = place();
    await written(directory, 0, 'Ed25519');
    const lines = await written(directory, 0);
    expect(new Set(headers(lines).map(({ alg }) => alg))).toEqual(new Set(['Ed25519', 'EdDSA']));
    expect(told(await verified(lines, { keys: published(directory) }))).toEqual([]);
    expect(jwkSigner({ ...newSigningKey(), alg: 'Ed25519' }).publicKey.alg).toBe('Ed25519');
  });

  it('is nothing else', async () => {
    await expect(localKeys({ directory: place(), alg: 'ES256' as never })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    expect(() => jwkSigner({ ...newSigningKey(), alg: 'none' as never })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }),
    );
  });

  it('a key of before is published under the name that is signed with now', async () => {
    const directory = place();
    await localKeys({ directory, alg: 'Ed25519' });
    await localKeys({ directory });
    expect(published(directory).keys.map(({ alg }) => alg)).toEqual(['EdDSA']);
  });
});

describe('published keys', () => {
  it('say for whom and when they sign, and end when they are replaced', async () => {
    const directory = place();
    const lines = await written(directory, 0);
    const { keys } = published(directory);
    expect(keys.length).toBeGreaterThan(2);
    expect(keys.map(({ authority }) => authority)).toEqual(keys.map(() => 'gate-1'));
    expect(keys.every(({ nbf = 0 }) => nbf > 1_700_000_000)).toBe(true);
    // The last two may not be known to the record yet.
    expect(keys.slice(0, -2).every(({ nbf = 0, exp = 0 }) => exp > nbf)).toBe(true);
    expect(keys.at(-1)?.exp).toBeUndefined();
    const report = await verified(lines, { keys: published(directory) });
    expect(told(report)).toEqual([]);
    expect(report.keys[0]).toMatchObject({
      kid: keys[0]?.kid,
      given: true,
      authority: 'gate-1',
      from: (keys[0]?.nbf ?? 0) * 1_000,
      until: (keys[0]?.exp ?? 0) * 1_000,
      signed: 1,
    });
  });

  it('a key of before there were bindings gets none: what it signed until then is not known', async () => {
    const directory = place();
    await written(directory, 86_400_000);
    const path = join(directory, 'keys.json');
    const {
      bound: _bound,
      authority: _authority,
      ...stored
    } = JSON.parse(readFileSync(path, 'utf8')) as { bound: boolean; authority: string };
    writeFileSync(path, JSON.stringify(stored));
    writeFileSync(
      join(directory, 'jwks.json'),
      JSON.stringify({ keys: published(directory).keys.map(({ authority: _a, nbf: _n, ...rest }) => rest) }),
    );
    const lines = await written(directory, 86_400_000);
    expect(published(directory).keys).toHaveLength(1);
    expect(published(directory).keys[0]).not.toHaveProperty('nbf');
    const report = await verified(lines, { keys: published(directory) });
    expect([told(report), report.keys[0]?.authority]).toEqual([[], undefined]);
  });

  it('the writer of a directory stays who it was, whatever the host is called', async () => {
    const directory = place();
    expect((await localKeys({ directory })).authority).toBeUndefined();
    await written(directory, 86_400_000);
    expect((await localKeys({ directory })).authority).toBe('gate-1');
  });
});

/** What somebody can write who has the private key of before. */
function forged(directory: string, old: PrivateKey, now: number): readonly string[] {
  const { kid } = published(directory).keys[0] as Published;
  const key = { jwk: { kid, x: old.x }, secret: createPrivateKey({ key: old as never, format: 'jwk' }) };
  const log = new LogWriter('gate-1', key);
  log.now = now;
  return log.start().events(3).seal().stop().lines;
}

async function replaced(): Promise<{ readonly directory: string; readonly old: PrivateKey }> {
  const directory = place();
  await written(directory, 86_400_000, undefined, 1);
  const { signing: old } = JSON.parse(readFileSync(join(directory, 'keys.json'), 'utf8')) as { signing: PrivateKey };
  await written(directory, 0, undefined, 2);
  return { directory, old };
}

describe('a key that was replaced', () => {
  it('does not sign a new log', async () => {
    const { directory, old } = await replaced();
    const lines = forged(directory, old, Date.now() + 60_000);
    const report = await verified(lines, { keys: published(directory) });
    expect([report.verdict, kinds(report)]).toEqual(['tampered', expect.arrayContaining(['key'])]);
  });

  it('nor one behind the rotation, whatever the set says of it', async () => {
    const { directory, old } = await replaced();
    const keys = { keys: published(directory).keys.map(({ authority: _a, nbf: _n, exp: _e, ...rest }) => rest) };
    const lines = [...linesIn(directory), ...forged(directory, old, Date.now() + 60_000)];
    for (const all of [lines, lines.toReversed()]) expect(kinds(await verified(all, { keys }, null))).toContain('key');
  });

  it('an announced one ends as the set says, too', async () => {
    const [first, second] = [newKey(), newKey()];
    const log = new LogWriter('host-a', first).events(2).rotate(second).seal();
    const at = log.now / 1_000;
    log.now += 120_000;
    log.events(2).seal();
    const keys = { keys: [first.jwk, { ...second.jwk, exp: at + 60 }] };
    expect(kinds(await verified(log.lines, { keys }))).toEqual(['key', 'unsealed']);
    expect(told(await verified(log.lines, { keys: { keys: [first.jwk] } }))).toEqual([]);
  });
});

describe('a key of the set', () => {
  it('is good for the writer that it is bound to', async () => {
    const log = new LogWriter('host-a').events(3).stop();
    const bound = (authority: string): object => ({ keys: [{ ...log.key.jwk, authority }] });
    expect(told(await verified(log.lines, { keys: bound('host-a') }))).toEqual([]);
    expect(kinds(await verified(log.lines, { keys: bound('host-b') }))).toContain('key');
  });

  it('may share its name: one of them has to be good', async () => {
    const log = new LogWriter().events(3).stop();
    const keys = [{ ...newKey().jwk, kid: log.key.jwk['kid'] }, log.key.jwk];
    expect(told(await verified(log.lines, { keys: { keys } }))).toEqual([]);
  });

  it('an empty set trusts nobody', async () => {
    const log = new LogWriter().events(3).stop();
    expect(await verified(log.lines, { keys: { keys: [] } })).toMatchObject({ verdict: 'tampered', keys: [] });
  });

  it('the forger of a whole log with a key of another writer is told', async () => {
    const [own, other] = [newKey(), newKey()];
    const keys = {
      keys: [
        { ...own.jwk, authority: 'host-a' },
        { ...other.jwk, authority: 'host-b' },
      ],
    };
    const forgery = new LogWriter('host-a', other).events(3).stop();
    expect(kinds(await verified(forgery.lines, { keys }))).toContain('key');
  });
});
