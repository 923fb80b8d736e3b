import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { verifier } from '../../../src/adapters/ocsf/index.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import type { AuditLog, RecordCheckpoint } from '../../../src/core/index.js';
import { journal, type Anchor } from '../../../src/adapters/journal/journal.js';
import { place } from './test-directory.js';
import { journal as plain } from './plain.js';
import { until } from './receiver.js';
import { linesIn } from './verified-journal.js';

const sealedIn = (directory: string): string[] =>
  linesIn(directory).flatMap((line) => /^\{"checkpoint":"([^"]+)"/.exec(line)?.[1] ?? []);
const opened = (directory: string, anchor?: Anchor, more: object = {}): Promise<AuditLog> =>
  journal({ directory, checkpointEvents: 1, ...(anchor === undefined ? {} : { anchor }), ...more });

async function write(log: AuditLog, directory: string, count: number): Promise<void> {
  for (let each = 0; each < count; each += 1) {
    const before = sealedIn(directory).length;
    await log.append(sampleEvent('statement.delivered', { session: 'a', statement: `s-${each}` }));
    await until(() => expect(sealedIn(directory).length).toBeGreaterThan(before));
  }
}

describe('an anchor', () => {
  it('gets each checkpoint once it is durable, in order, with what it says', async () => {
    const directory = place();
    const got: RecordCheckpoint[] = [];
    const log = await opened(directory, async (checkpoint) => {
      expect(sealedIn(directory)).toContain(checkpoint.jws);
      got.push(checkpoint);
    });
    await write(log, directory, 3);
    await log.close?.();
    expect(got.map(({ jws }) => jws)).toEqual(sealedIn(directory));
    for (const { jws, digest, ...facts } of got) {
      const { at, authority, chain, seq } = JSON.parse(
        Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString(),
      ) as RecordCheckpoint;
      expect(facts).toEqual({ at, authority, chain, seq });
      expect(digest).toMatch(/^[0-9a-f]{64}$/);
    }
  });

  it('gets again what it did not acknowledge, also in the next run, and nothing twice otherwise', async () => {
    const directory = place();
    const got: string[] = [];
    let left = 1;
    const anchor: Anchor = async ({ jws }) => {
      if (left === 0) throw new Error('away');
      left -= 1;
      got.push(jws);
    };
    const log = await opened(directory, anchor);
    await write(log, directory, 3);
    await log.close?.();
    expect(got).toEqual(sealedIn(directory).slice(0, 1));
    left = Number.POSITIVE_INFINITY;
    const next = await opened(directory, anchor);
    await write(next, directory, 1);
    await next.close?.();
    expect(got).toEqual(sealedIn(directory));
  });

  it('begins with what is written from then on: what was there is named by that', async () => {
    const directory = place();
    const before = await opened(directory);
    await write(before, directory, 2);
    await before.close?.();
    const old = sealedIn(directory).length;
    const got: string[] = [];
    const log = await opened(directory, async ({ jws }) => void got.push(jws));
    await write(log, directory, 1);
    await log.close?.();
    expect(got).toEqual(sealedIn(directory).slice(old));
  });

  it('that does not answer holds nothing up', async () => {
    const directory = place();
    let asked = 0;
    const log = await opened(directory, async (_checkpoint, signal) => {
      asked += 1;
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    });
    await write(log, directory, 5);
    await log.close?.();
    expect(asked).toBe(1);
  });

  it('that fails is told in the record, and so is its return', async () => {
    const directory = place();
    let away = true;
    const log = await opened(
      directory,
      async () => {
        if (away) throw new Error('away');
      },
      { degradedAfterMs: 1 },
    );
    const causes = (): string[] =>
      linesIn(directory).flatMap((line) =>
        line.includes('"event_code":"audit.')
          ? [`${/audit\.(\w+)/.exec(line)?.[1]} ${/"cause":"(\w+)"/.exec(line)?.[1]}`]
          : [],
      );
    await write(log, directory, 1);
    await expect.poll(causes, { timeout: 20_000 }).toEqual(['degraded anchor']);
    away = false;
    await expect.poll(causes, { timeout: 40_000 }).toEqual(['degraded anchor', 'recovered anchor']);
    await log.close?.();
  });

  it('is a function, of a record that is sealed', async () => {
    await expect(journal({ directory: place(), anchor: 'x' as never })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
    await expect(plain({ directory: place(), anchor: async () => undefined })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
    });
  });
});

describe('verifying with anchors', () => {
  it('tells what was anchored and is not there: a log that ends earlier, or was written anew, with keys and all', async () => {
    const directory = place();
    const got: string[] = [];
    const log = await opened(directory, async ({ jws }) => void got.push(jws));
    await write(log, directory, 3);
    await log.close?.();
    const keys: unknown = JSON.parse(readFileSync(join(directory, 'jwks.json'), 'utf8'));
    const found = async (lines: readonly string[], anchors: readonly string[] = got): Promise<readonly unknown[]> => {
      const check = await verifier({
        keys,
        anchors: anchors.map((line, index) => ({ line, place: { source: 'anchors', line: index + 1 } })),
      });
      for (const [index, line] of lines.entries())
        await check.take(line, { source: 'journal', line: index + 1, log: directory });
      const { verdict, problems, chains, anchored } = check.report();
      const all = [...problems, ...chains.flatMap((chain) => chain.problems)];
      return [
        verdict,
        all.filter(({ kind }) => kind === 'anchor').map(({ kind, place: at }) => `${kind}@${at?.source}:${at?.line}`),
        anchored,
      ];
    };
    const lines = linesIn(directory);
    const last = JSON.parse(
      Buffer.from((got.at(-1) ?? '').split('.')[1] ?? '', 'base64url').toString(),
    ) as RecordCheckpoint;
    const writers = [{ authority: last.authority, at: last.at, chain: last.chain, seq: last.seq }];
    expect(await found(lines)).toEqual(['ok', [], writers]);
    const absent = got.slice(1).map((_line, index) => `anchor@anchors:${index + 2}`);
    expect(await found(lines.slice(0, 2))).toEqual(['tampered', absent, [expect.objectContaining({ seq: 1 })]]);
    // As lines of the log, and as digests only.
    const digests = got.map((jws) => createHash('sha256').update(jws).digest('hex'));
    expect(await found(lines, [...got.map((jws) => `{"checkpoint":"${jws}"}`), ...digests, ''])).toEqual([
      'ok',
      [],
      writers,
    ]);
    expect((await found(lines.slice(0, 2), digests)).slice(0, 2)).toEqual(['tampered', absent]);
    // Where the record begins later, what is older may have been removed.
    const later = lines.slice(lines.findIndex((line) => line.includes(got[0] ?? '')) + 1);
    expect((await found(later, got)).slice(0, 2)).toEqual(['incomplete', []]);
    expect((await found(later, digests)).slice(0, 2)).toEqual(['incomplete', ['anchor@anchors:1']]);
    await expect(found(lines, ['{}'])).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
