import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { appendFileSync, cpSync, readFileSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { quarantineSegments } from '../../../src/adapters/journal/quarantine.js';
import { canonicalize } from '../../../src/adapters/ocsf/canonical.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import type { AuditLog } from '../../../src/core/index.js';
import { journal } from '../../../src/adapters/journal/journal.js';
import { place, segmentsIn } from './test-directory.js';
import { linesIn } from './verified-journal.js';

type Line = Record<string, unknown>;
interface Written extends Line {
  metadata: { sequence: number; uid: string; event_code: string };
  type_uid: number;
  attestation_list: { chain_uid: string; prev_event?: unknown; fingerprint?: { value: string } }[];
  unmapped: { sallyport: { v: number; before?: { chain: string; sequence: number; sealed: number }; data: Line } };
}

const events = (directory: string): Written[] =>
  linesIn(directory)
    .filter((line) => !line.startsWith('{"checkpoint"'))
    .map((line) => JSON.parse(line) as Written);

async function write(log: AuditLog, count: number): Promise<void> {
  for (let index = 0; index < count; index += 1)
    await log.append(sampleEvent('statement.delivered', { session: 's-1', statement: `t-${index}` }));
}

/** A record of one orderly run. */
async function closed(count = 4): Promise<string> {
  const directory = place();
  const log = await journal({ directory });
  await write(log, count);
  await log.close?.();
  return directory;
}

/** A record as a crash leaves it: copied while it is open, after its note was written. */
async function crashed(count = 4, checkpointEvents = 1_000): Promise<string> {
  const [source, directory] = [place(), place()];
  const log = await journal({ directory: source, checkpointEvents });
  await write(log, count);
  await expect
    .poll(
      () => JSON.parse((JSON.parse(readFileSync(join(source, 'head.json'), 'utf8')) as { note: string }).note) as Line,
    )
    .toMatchObject({ sequence: count });
  cpSync(source, directory, { recursive: true, filter: (name) => !name.endsWith('lock') });
  await log.close?.();
  return directory;
}

/** Of an event without its own fingerprint. */
const hashOf = (event: Written): string => createHash('sha256').update(canonicalize(event)).digest('hex');

const fingerprint = (value: string): Line => ({ algorithm_id: 3, encoding_id: 1, serialization_id: 2, value });

/** What somebody without a key can make: an event with right fingerprints and links. */
function forge(after: Written, chain: string, sequence: number): Written {
  const event = structuredClone(after);
  const attestation = event.attestation_list[0] as Written['attestation_list'][0];
  event.metadata = { ...event.metadata, sequence, uid: `forged-${chain.slice(-4)}-${sequence}` };
  attestation.chain_uid = chain;
  if (sequence === 1) {
    delete attestation.prev_event;
    event.unmapped.sallyport.v = 2;
    event.unmapped.sallyport.before = {
      chain: after.attestation_list[0]?.chain_uid ?? '',
      sequence: after.metadata.sequence,
      id: after.metadata.uid,
      fingerprint: after.attestation_list[0]?.fingerprint?.value ?? '',
      sealed: after.metadata.sequence,
    } as never;
  } else {
    attestation.prev_event = {
      uid: after.metadata.uid,
      type_uid: after.type_uid,
      fingerprint: after.attestation_list[0]?.fingerprint,
    };
    delete event.unmapped.sallyport.before;
  }
  delete attestation.fingerprint;
  attestation.fingerprint = fingerprint(hashOf(event)) as never;
  return event;
}

const last = (directory: string): Written => events(directory).at(-1) as Written;

const strange = 'w-vm-ffffffff-ffff-7fff-8fff-ffffffffffff';

/** Appended to the last segment. */
function append(directory: string, ...lines: readonly unknown[]): number {
  const path = join(directory, segmentsIn(directory).at(-1) ?? '');
  const before = readFileSync(path, 'utf8').split('\n').length;
  appendFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  return before;
}

async function refused(directory: string): Promise<string> {
  return journal({ directory }).then(
    async (log) => {
      await log.close?.();
      return 'started';
    },
    (error: Error) => error.message,
  );
}

describe("a start says how much of the chain before is the writer's own", () => {
  it('all of it after an orderly end', async () => {
    const directory = await closed();
    const log = await journal({ directory });
    await write(log, 1);
    await log.close?.();
    expect(events(directory).at(-1)?.unmapped.sallyport.before).toMatchObject({ sequence: 4, sealed: 4 });
  });

  it('after a crash, what its note knows of, and without a note what it has signed', async () => {
    for (const [noted, checkpointEvents, sealed] of [
      [true, 1_000, 5],
      [false, 1_000, 0],
      [true, 2, 5],
    ] as const) {
      const directory = await crashed(5, checkpointEvents);
      if (!noted) unlinkSync(join(directory, 'head.json'));
      const log = await journal({ directory });
      await write(log, 1);
      await log.close?.();
      const first = events(directory).find(({ unmapped }) => unmapped.sallyport.before !== undefined);
      expect(first?.unmapped.sallyport.before).toMatchObject({ sequence: 5, sealed });
      expect(first?.metadata.event_code).toBe(noted ? 'statement.delivered' : 'audit.gap');
      if (!noted) expect(first?.unmapped.sallyport.data).toEqual({ cause: 'unvouched', count: 5 });
    }
  });

  it('a start that wrote nothing takes nothing away from the one before it', async () => {
    const directory = await crashed(5);
    const idle = await journal({ directory });
    await idle.close?.();
    const log = await journal({ directory });
    await write(log, 1);
    await log.close?.();
    expect(events(directory).at(-1)?.unmapped.sallyport.before).toMatchObject({ sequence: 5, sealed: 5 });
  });
});

describe("a start refuses what stands behind the writer's own end", () => {
  it.each([
    ['an orderly end', closed],
    ['a crash', crashed],
  ] as const)('a whole chain of others, after %s', async (_name, make) => {
    const directory = await make();
    const first = forge(last(directory), strange, 1);
    const line = append(directory, first, forge(first, strange, 2));
    expect(await refused(directory)).toMatch(
      new RegExp(
        `line ${line} begins a chain that this gateway did not begin.*--from journal-00000001\\.jsonl:${line}`,
      ),
    );
  });

  it('a chain that does not name the one before it, an event that was changed, and one that is not linked', async () => {
    const cases: readonly ((directory: string) => Written)[] = [
      (directory) => ({ ...forge(last(directory), strange, 1), message: 'changed' }),
      (directory) => forge(last(directory), strange, 7),
      (directory) => forge(last(directory), last(directory).attestation_list[0]?.chain_uid ?? '', 6),
    ];
    for (const make of cases) {
      const directory = await crashed();
      const line = append(directory, make(directory));
      expect(await refused(directory)).toContain(`line ${line} was changed, or does not follow`);
    }
  });

  it('events in the place of those that were noted, right links and all', async () => {
    const directory = await crashed(6);
    const path = join(directory, segmentsIn(directory).at(-1) ?? '');
    const kept = events(directory).slice(0, 3);
    const chain = kept[0]?.attestation_list[0]?.chain_uid ?? '';
    const forged = [4, 5, 6].reduce<Written[]>(
      (made, sequence) => [...made, forge(made.at(-1) ?? (kept[2] as Written), chain, sequence)],
      [],
    );
    writeFileSync(path, [...kept, ...forged].map((event) => `${JSON.stringify(event)}\n`).join(''));
    expect(await refused(directory)).toMatch(/is another event than was/);
  });

  it('a checkpoint of another key, and an end that was cut off', async () => {
    const [directory, other] = [await closed(), await closed()];
    const foreign = linesIn(other).at(-1) ?? '';
    const line = append(directory, JSON.parse(foreign));
    expect(await refused(directory)).toContain(`line ${line} is a checkpoint of another key`);

    const short = await crashed(6);
    const path = join(short, segmentsIn(short).at(-1) ?? '');
    writeFileSync(path, `${linesIn(short).slice(0, 4).join('\n')}\n`);
    expect(await refused(short)).toContain('ends before what this gateway noted');
    rmSync(path);
    expect(await refused(short)).toContain('ends before what this gateway noted');
  });
});

const run = (...args: readonly string[]): string =>
  execFileSync(process.execPath, ['--import', 'tsx', 'src/cli/main.ts', 'audit', 'quarantine', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });

describe('sallyport audit quarantine', () => {
  it('sets aside what a start has named, and the next start tells of it and goes on', async () => {
    const directory = await closed();
    const first = forge(events(directory).at(-1) as Written, strange, 1);
    append(directory, first, forge(first, strange, 2));
    const from = /--from journal-0+(\d+)\.jsonl:(\d+)/.exec(await refused(directory));
    const where = { segment: Number(from?.[1]), line: Number(from?.[2]) };
    expect(await quarantineSegments({ directory, from: where, dry: true })).toEqual([
      { segment: 1, offset: expect.any(Number) as number, bytes: expect.any(Number) as number, cause: 'quarantined' },
    ]);
    expect(await refused(directory)).toContain('did not begin');
    await quarantineSegments({ directory, from: where, dry: false });
    expect(readFileSync(join(directory, 'journal-00000001.jsonl.quarantined'), 'utf8')).toContain(strange);
    const log = await journal({ directory });
    await log.close?.();
    expect(
      events(directory)
        .slice(4)
        .map(({ metadata, unmapped }) => [
          metadata.event_code,
          unmapped.sallyport.data['cause'],
          unmapped.sallyport.before?.sealed,
        ]),
    ).toEqual([['audit.gap', 'quarantined', 4]]);
  });

  it('accepts a lost end', async () => {
    const directory = await crashed(6);
    writeFileSync(
      join(directory, segmentsIn(directory).at(-1) ?? ''),
      `${linesIn(directory).slice(0, 4).join('\n')}\n`,
    );
    await quarantineSegments({ directory, dry: false });
    const log = await journal({ directory });
    await log.close?.();
    expect(
      events(directory)
        .slice(4)
        .map(({ unmapped }) => unmapped.sallyport.data['cause']),
    ).toEqual(['lost', 'unvouched']);
  });

  it('on the command line', async () => {
    const directory = await closed();
    expect(run(directory, '--from', 'journal-00000001.jsonl:3', '--dry-run')).toMatch(
      /journal-00000001\.jsonl: \d+ bytes from byte \d+ on would be set aside/,
    );
    expect(() => run(directory)).toThrow(/name the line with --from/);
    expect(() => run(directory, '--from', 'journal-00000001.jsonl:99')).toThrow(/has no line 99/);
  });
});
