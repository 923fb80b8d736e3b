import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { localKeys, ocsf, verifier, type VerificationReport } from '../../src/adapters/ocsf/index.js';
import { sampleEvent } from '../../src/core/contract/index.js';
import type { AuditSink, DeliveryMessage } from '../../src/core/index.js';
import { journal } from '../../src/adapters/journal/journal.js';

interface Written {
  readonly directory: string;
  readonly parcels: readonly DeliveryMessage[];
}

/**
 * Starts of a gateway over one directory: several segments, a new key at every checkpoint, texts in full, events too
 * large for some.
 */
async function written(authority: string): Promise<Written> {
  const directory = mkdtempSync(join(tmpdir(), 'honest-'));
  const parcels: DeliveryMessage[] = [];
  const ship: AuditSink = { name: 'siem', deliver: async (batch) => void parcels.push(...batch) };
  for (let run = 0; run < 3; run += 1) {
    const keys = await localKeys({ directory, rotateMs: run === 1 ? 0 : 86_400_000 });
    const log = await journal({
      directory,
      ship,
      format: ocsf({ ...keys, authority }),
      segmentBytes: 12_000,
      checkpointEvents: 4,
    });
    for (let turn = 0; turn < 12; turn += 1) {
      const reads = Array.from({ length: turn % 5 === 0 ? 600 : 1 }, (_, index) => `ACME.OPS.TABLE_${index}`);
      const about = { session: `s-${turn % 4}`, statement: `t-${run}-${turn}` };
      await log.append({
        ...sampleEvent('statement.authorized', { ...about, data: { reads, recorded: 'full' } }),
        text: `SELECT ${'x'.repeat(turn * 4_000)}`,
        ...(turn % 3 === 0 ? { askedText: 'SELECT 1' } : {}),
      });
      await log.append(sampleEvent('statement.executed', { ...about, data: { rows: 1, complete: true } }));
    }
    if (run === 2) await log.append(sampleEvent('gateway.stopped', {}));
    await log.close?.();
  }
  return { directory, parcels };
}

let one: Written;
let other: Written;
beforeAll(async () => {
  [one, other] = [await written('gate-1'), await written('gate-2')];
}, 60_000);

const keysOf = ({ directory }: Written): readonly unknown[] =>
  (JSON.parse(readFileSync(join(directory, 'jwks.json'), 'utf8')) as { keys: unknown[] }).keys;
const segmentsOf = ({ directory }: Written): readonly string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted();

type Take = Awaited<ReturnType<typeof verifier>>['take'];

async function judged(read: (take: Take) => Promise<void>, texts = false): Promise<VerificationReport> {
  const check = await verifier({ keys: { keys: [...keysOf(one), ...keysOf(other)] }, texts });
  await read((...line) => check.take(...line));
  return check.report();
}

async function readFolder(
  record: Written,
  take: Take,
  upTo: (name: string, bytes: Buffer) => Buffer | undefined = (_name, bytes) => bytes,
): Promise<void> {
  for (const name of segmentsOf(record)) {
    const bytes = upTo(name, readFileSync(join(record.directory, name)));
    const lines = bytes?.toString().split('\n') ?? [];
    for (const [index, line] of lines.entries()) {
      const last = index === lines.length - 1;
      if (!last || line !== '') await take(line, { source: name, line: index + 1, log: record.directory }, !last);
    }
  }
}

describe('an honest record is never called tampered', () => {
  it('as it is, of two replicas together', async () => {
    expect(segmentsOf(one).length).toBeGreaterThan(5);
    const report = await judged(async (take) => {
      await readFolder(one, take);
      await readFolder(other, take);
    }, true);
    expect([report.verdict, report.problems, report.chains.flatMap(({ problems }) => problems)]).toEqual([
      'ok',
      [],
      [],
    ]);
  });

  it('copied at every byte of its last records, as a crash leaves it', async () => {
    const last = segmentsOf(one).at(-1) as string;
    const { length } = readFileSync(join(one.directory, last));
    for (let size = length; size > Math.max(0, length - 6_000); size -= size % 97 === 0 ? 1 : 7) {
      const report = await judged((take) =>
        readFolder(one, take, (name, bytes) => (name === last ? bytes.subarray(0, size) : bytes)),
      );
      expect([size, report.verdict === 'tampered', report.problems]).toEqual([size, false, expect.anything()]);
    }
  }, 120_000);

  it('without its last segments, and without its first ones', async () => {
    const names = segmentsOf(one);
    for (let count = 1; count < names.length; count += 1) {
      expect(
        (
          await judged((take) =>
            readFolder(one, take, (name, bytes) => (names.indexOf(name) < count ? bytes : undefined)),
          )
        ).verdict,
      ).not.toBe('tampered');
      expect(
        (
          await judged((take) =>
            readFolder(one, take, (name, bytes) => (names.indexOf(name) >= count ? bytes : undefined)),
          )
        ).verdict,
      ).not.toBe('tampered');
    }
  });

  it('over partitions, delivered again from anywhere, some of it as stubs', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 1, max: 60 })), { maxLength: 3 }),
        fc.nat(3),
        async (again, stubs) => {
          const all = [one, other].flatMap(({ parcels }) => parcels);
          const sent = again.reduce<readonly DeliveryMessage[]>((list, [from, count]) => {
            const end = (from % list.length) + 1;
            return [...list.slice(0, end), ...list.slice(Math.max(0, end - count), end), ...list.slice(end)];
          }, all);
          const report = await judged(async (take) => {
            const offsets = new Map<string, number>();
            for (const [index, { kind, key, value, stub }] of sent.entries()) {
              const partition = `${kind}/${Number.parseInt(Buffer.from(key).toString('hex').slice(-2), 16) % 3}`;
              const offset = (offsets.get(partition) ?? 0) + 1;
              offsets.set(partition, offset);
              await take(stub !== undefined && index % 4 < stubs ? stub() : value, {
                source: partition,
                line: offset,
                partition,
              });
            }
          });
          expect(
            report.verdict,
            JSON.stringify([report.problems, report.chains.flatMap(({ problems }) => problems)]),
          ).toBe(stubs === 0 ? 'ok' : report.verdict === 'tampered' ? 'never' : report.verdict);
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);
});
