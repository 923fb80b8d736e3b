import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseCheckpoint, type Checkpoint } from '../../../src/adapters/ocsf/checkpoint.js';
import { jwkSigner, newSigningKey, ocsf, publicKey, type Signer } from '../../../src/adapters/ocsf/index.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import { ChainedLogWriter } from '../../../src/core/index.js';
import { FakeClock } from '../../core/fake-clock.js';
import { verified } from './chains.js';

function kept(signer: Signer) {
  const lines: string[] = [];
  const clock = new FakeClock();
  const format = ocsf({ authority: 'gate-1', signer });
  const told: boolean[] = [];
  const scribe = new ChainedLogWriter({
    format,
    head: format.begin(),
    clock,
    checkpointMs: 60_000,
    signed: (well) => told.push(well),
    storage: {
      async commit(entries) {
        lines.push(...entries.flatMap((entry) => entry.lines));
      },
    },
  });
  const checkpoints = (): Checkpoint[] =>
    lines.flatMap((line) => {
      const jws = /^\{"checkpoint":"(.*)"\}$/.exec(line)?.[1];
      return jws === undefined ? [] : [parseCheckpoint(jws) as Checkpoint];
    });
  return { lines, clock, scribe, checkpoints, told };
}

describe('a quiet record', () => {
  it('says every 60 seconds how far it goes, so that silence means something', async () => {
    const { clock, scribe, checkpoints } = kept(jwkSigner(newSigningKey()));
    await scribe.append(sampleEvent('session.opened', { session: 's' }));
    clock.forward(59_999);
    await new Promise((resolve) => setImmediate(resolve));
    expect(checkpoints()).toEqual([]);
    clock.forward(1);
    await expect.poll(checkpoints).toMatchObject([{ reason: 'time', seq: 1 }]);
    clock.forward(60_000);
    await expect.poll(checkpoints).toMatchObject([
      { reason: 'time', seq: 1 },
      { reason: 'time', seq: 1, prev: expect.stringMatching(/^[0-9a-f]{64}$/) as string },
    ]);
    await scribe.close();
    expect(checkpoints().at(-1)).toMatchObject({ reason: 'close', seq: 1 });
  });
});

describe('a key that lies elsewhere', () => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const jwk = publicKey(privateKey.export({ format: 'jwk' }).x as string, 'kms-1');

  it('signs through a callback, and the record verifies by its public key alone', async () => {
    const asked: Uint8Array[] = [];
    const { lines, scribe } = kept({
      publicKey: jwk,
      async sign(bytes) {
        asked.push(bytes);
        await new Promise((resolve) => setTimeout(resolve, 5));
        return new Uint8Array(sign(null, bytes, privateKey));
      },
    });
    for (let turn = 0; turn < 5; turn += 1)
      await scribe.append(sampleEvent('session.opened', { session: `s-${turn}` }));
    await scribe.close();
    expect(asked).toHaveLength(1);
    expect(await verified(lines, { keys: { keys: [jwk] } })).toMatchObject({ verdict: 'ok', events: 5 });
  });

  it.each<[string, Signer['sign']]>([
    ['a signature of 63 bytes', async () => new Uint8Array(63)],
    ['a service that is away', () => Promise.reject(new Error('away'))],
  ])('%s seals nothing, is told, and the record goes on', async (_what, answer) => {
    const { lines, clock, scribe, checkpoints, told } = kept({ publicKey: jwk, sign: answer });
    await scribe.append(sampleEvent('session.opened', { session: 's' }));
    clock.forward(60_000);
    await expect.poll(() => told).toEqual([false]);
    await scribe.append(sampleEvent('session.closed', { session: 's' }));
    expect([lines.length, checkpoints()]).toEqual([2, []]);
    await scribe.close();
  });
});
