import { spawnSync } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { journal } from 'sallyport/journal';
import { statementEvents } from './events.js';
import { median, ratioOf, type Row } from './row.js';

const root = join(import.meta.dirname, '..');
const grouped = 5_000;

/** What a verifier cannot do without: each line read, parsed, and hashed in canonical form once. */
const least = `
import { createHash } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { canonicalize } from './dist/adapters/ocsf/canonical.js';
import { readFileLines } from './dist/cli/audit/file-lines.js';
const [directory] = process.argv.slice(1);
let events = 0;
const start = performance.now();
for (const name of readdirSync(directory).filter((each) => each.endsWith('.jsonl')).sort())
  for await (const { text } of readFileLines(join(directory, name))) {
    const value = JSON.parse(text);
    createHash('sha256').update(canonicalize(value)).digest('hex');
    if (value.metadata !== undefined) events += 1;
  }
`;

const whole = `
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifier } from './dist/adapters/ocsf/verify/index.js';
import { openRecordLines } from './dist/cli/audit/record-lines.js';
const [directory] = process.argv.slice(1);
const start = performance.now();
const check = await verifier({ keys: JSON.parse(readFileSync(join(directory, 'jwks.json'), 'utf8')) });
for await (const { text, position, complete } of await openRecordLines([directory], {})) await check.take(text, position, complete);
const { verdict, events } = check.report();
if (verdict !== 'ok') throw new Error(verdict);
`;

const told =
  'console.log(JSON.stringify({ ms: performance.now() - start, events, rssMiB: process.resourceUsage().maxRSS / 1024 }));';

interface Told {
  readonly ms: number;
  readonly events: number;
  readonly rssMiB: number;
}

/**
 * P12: `audit verify` of a record, against reading, parsing and hashing its lines once; each in a process of its own.
 */
export async function verifyRows(quick: boolean): Promise<Row[]> {
  const [events, rounds] = quick ? [5_000, 2] : [1_000_000, 3];
  const directory = await mkdtemp(join(tmpdir(), 'sallyport-bench-'));
  try {
    await write(directory, events);
    const few = await mkdtemp(join(tmpdir(), 'sallyport-bench-'));
    await write(few, events / 10);
    const [mine, theirs]: [number[], number[]] = [[], []];
    let rss = 0;
    for (let round = 0; round < rounds; round += 1) {
      const [ours, bare] = [run(whole, directory, events), run(least, directory, events)];
      mine.push(ours.ms);
      theirs.push(bare.ms);
      rss = Math.max(rss, ours.rssMiB);
    }
    const small = run(whole, few, events / 10).rssMiB;
    await rm(few, { recursive: true });
    return [
      {
        id: 'P12',
        what: `verify ${events} events / read, parse and hash their lines once`,
        ...ratioOf(mine, theirs),
        goal: 1.3,
        better: 'most',
        detail: { verifyMs: median(mine), onceMs: median(theirs), peakRssMiB: rss, peakRssOfATenthMiB: small },
      },
    ];
  } finally {
    await rm(directory, { recursive: true });
  }
}

async function write(directory: string, count: number): Promise<void> {
  const log = await journal({ directory, maxBytes: 64 * 1024 ** 3 });
  for (let from = 0; from < count; from += grouped)
    await Promise.all(statementEvents(Math.min(grouped, count - from), from).map((event) => log.append(event)));
  await log.close?.();
  await readFile(join(directory, 'jwks.json'));
}

function run(script: string, directory: string, events: number): Told {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '-e', script + told, directory],
    { cwd: root, encoding: 'utf8' },
  );
  if (status !== 0) throw new Error(stderr);
  const read = JSON.parse(stdout) as Told;
  if (read.events !== events) throw new Error(`${read.events} of ${events} events were read`);
  return read;
}
