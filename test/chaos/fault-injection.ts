import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { verifier, type VerificationReport } from '../../src/adapters/ocsf/index.js';
import { journal } from '../../src/adapters/journal/journal.js';
import { drained, eventsOf, judged, orderHolds } from '../adapters/kafka/read-topics.js';
import type { Cluster } from '../support/kafka/index.js';
import type { GateOptions } from './gate.js';

/** A gateway to be hurt, where it writes, and what becomes of it. */
export class Harm {
  readonly options: GateOptions;
  #child: ChildProcess | undefined;
  #before = 0;

  constructor(more: Partial<GateOptions> = {}) {
    const home = mkdtempSync(join(tmpdir(), 'chaos-'));
    this.options = {
      directory: join(home, 'journal'),
      ran: join(home, 'ran'),
      answered: join(home, 'answered'),
      writers: 64,
      ...more,
    };
    for (const path of [this.options.ran, this.options.answered]) writeFileSync(path, '', { flag: 'a' });
  }

  /** Starts it, and resolves when its load begins. */
  async start(): Promise<void> {
    this.#before = linesOf(this.options.answered).length;
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', join(import.meta.dirname, 'gate.ts'), JSON.stringify(this.options)],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    this.#child = child;
    await Promise.race([
      once(child.stdout, 'data'),
      once(child, 'close').then(([code]) => Promise.reject(new Error(`the gateway ended by itself: ${String(code)}`))),
    ]);
  }

  /**
   * Resolves when so many more answers were given than at the last start: harm that comes before there is any load
   * proves nothing.
   */
  async loaded(answers: number): Promise<void> {
    const deadline = performance.now() + 300_000;
    while (linesOf(this.options.answered).length < this.#before + answers) {
      if (performance.now() > deadline) throw new Error('the gateway answers too little to be hurt');
      await wait(25);
    }
  }

  async end(signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#child;
    if (child === undefined) return;
    const ended = once(child, 'close');
    child.kill(signal);
    await ended;
  }
}

/** What was counted after all that; every count but the first three should be 0. */
export interface Counted {
  readonly executions: number;
  readonly answers: number;
  readonly events: number;
  readonly executionsWithoutIntent: number;
  readonly answersWithoutOutcome: number;
  readonly intentsWithoutOutcome: number;
  readonly chainProblems: number;
  readonly lostOnKafka: number;
  readonly outOfOrder: number;
  /** Came again, and are told by their id. */
  readonly duplicates: number;
}

/**
 * Lets recovery answer what is open, then holds what ran and what was answered against the record, and the record
 * against its copy.
 */
export async function count({ options }: Harm, cluster?: Cluster): Promise<Counted> {
  const recovering = new Harm(options);
  Object.assign(recovering, { options: { ...options, writers: 0, steps: false } });
  await recovering.start();
  await recovering.end('SIGTERM');
  if (cluster !== undefined)
    for (let tries = 0; tries < 200 && !caughtUp(options.directory); tries += 1) await nudged(options, cluster);
  const texts = readdirSync(options.directory)
    .filter((name) => name.endsWith('.jsonl'))
    .toSorted()
    .flatMap((name) => linesOf(join(options.directory, name)));
  const events = texts
    .filter((line) => line.includes('"event_code"'))
    .map((line) => JSON.parse(line) as ReturnType<typeof eventsOf>[number]);
  const statements = (...codes: string[]): ReadonlySet<string> =>
    new Set(
      events
        .filter(({ metadata }) => codes.includes(metadata.event_code))
        .map(({ unmapped }) => unmapped.sallyport.statement ?? ''),
    );
  const [intents, executed, outcomes] = [
    statements('statement.authorized'),
    statements('statement.executed'),
    statements('statement.executed', 'statement.failed', 'statement.unresolved'),
  ];
  const [ran, answered] = [linesOf(options.ran), linesOf(options.answered)];
  const records =
    cluster === undefined ? [] : await drained(cluster.brokers, options.prefix ?? '', ['events', 'checkpoints']);
  const copies = eventsOf(records.filter(({ topic }) => topic.endsWith('.events')));
  const arrived = new Set(copies.map(({ metadata }) => metadata.uid));
  const keys: unknown = JSON.parse(readFileSync(join(options.directory, 'jwks.json'), 'utf8'));
  const reports = [
    await verified(options.directory, texts, keys),
    ...(cluster === undefined ? [] : [await judged(records, keys)]),
  ];
  const problems = reports.flatMap((report) => [
    ...report.problems,
    ...report.chains.flatMap((chain) => chain.problems),
  ]);
  for (const problem of problems) console.error(`      ${JSON.stringify(problem)}`);
  return {
    executions: ran.length,
    answers: answered.length,
    events: events.length,
    executionsWithoutIntent: ran.filter((id) => !intents.has(id)).length,
    answersWithoutOutcome: answered.filter((id) => !executed.has(id)).length,
    intentsWithoutOutcome: [...intents].filter((id) => !outcomes.has(id)).length,
    chainProblems: problems.length,
    lostOnKafka: cluster === undefined ? 0 : events.filter(({ metadata }) => !arrived.has(metadata.uid)).length,
    outOfOrder: orderHolds(perChain(copies)) ? 0 : 1,
    duplicates: copies.length - arrived.size,
  };
}

/** Order is kept within a chain: a start begins to count anew. */
function perChain(events: ReturnType<typeof eventsOf>): ReturnType<typeof eventsOf> {
  return events.map((event) => ({
    ...event,
    metadata: {
      ...event.metadata,
      correlation_uid: `${event.metadata.correlation_uid ?? ''} ${event.attestation_list[0].chain_uid}`,
    },
  }));
}

async function verified(directory: string, lines: readonly string[], keys: unknown): Promise<VerificationReport> {
  const check = await verifier({ keys });
  for (const [index, line] of lines.entries())
    await check.take(line, { source: directory, line: index + 1, log: directory });
  return check.report();
}

/** Opens the journal once more, so that what is left is shipped. */
async function nudged(options: GateOptions, cluster: Cluster): Promise<void> {
  const { kafka } = await import('../../src/adapters/kafka/index.js');
  const { clientOf } = await import('../support/kafka/index.js');
  const log = await journal({
    directory: options.directory,
    ship: kafka({ client: clientOf(cluster.brokers), prefix: options.prefix ?? '' }),
  });
  await wait(1_000);
  await log.close?.();
}

/** Whether the cursor stands behind the last line of a journal. */
export function caughtUp(directory: string): boolean {
  const last =
    readdirSync(directory)
      .filter((name) => name.endsWith('.jsonl'))
      .toSorted()
      .at(-1) ?? '';
  const path = join(directory, 'cursor-kafka.json');
  if (!existsSync(path)) return false;
  const { segment, offset } = JSON.parse(readFileSync(path, 'utf8')) as {
    readonly segment: number;
    readonly offset: number;
  };
  return (
    segment > Number(/\d+/.exec(last)?.[0]) ||
    (Number(/\d+/.exec(last)?.[0]) === segment && readFileSync(join(directory, last)).length === offset)
  );
}

const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);
