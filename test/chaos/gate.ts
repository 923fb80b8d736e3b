/**
 * A gateway under load, to be hurt from outside. Each run of its engine goes to one file, each answer that was complete
 * to another; both only ever grow.
 */
import { appendFileSync, openSync, writeSync } from 'node:fs';
import { kafka } from '../../src/adapters/kafka/index.js';
import { memoryAnalyzer, memoryEngine, memoryIdentity, memoryPolicy } from '../../src/adapters/memory/index.js';
import { buildGateway } from '../../src/core/index.js';
import { journal } from '../../src/adapters/journal/journal.js';
import { clientOf } from '../support/kafka/index.js';
import { unlimited } from '../support/limits.js';

export interface GateOptions {
  readonly directory: string;
  readonly ran: string;
  readonly answered: string;
  readonly writers: number;
  readonly brokers?: readonly string[];
  readonly prefix?: string;
  /** The wall clock jumps by an hour, forth and back. */
  readonly steps?: boolean;
  readonly segmentBytes?: number;
  /** Between two statements of a writer. */
  readonly pauseMs?: number;
}

const options = JSON.parse(process.argv[2] ?? '{}') as GateOptions;
const [ran, answered] = [openSync(options.ran, 'a'), openSync(options.answered, 'a')];

if (options.steps === true) {
  const { now } = Date;
  let offset = 0;
  Date.now = () => now() + offset;
  setInterval(() => {
    offset = offset === 0 ? (Math.random() < 0.5 ? 3_600_000 : -3_600_000) : 0;
  }, 150).unref();
}

const schema = { database: 'ACME', schema: 'OPS' };
const gateway = await buildGateway({
  connections: {
    warehouse: memoryEngine([schema], ({ id }) => {
      writeSync(ran, `${id}\n`);
      return { columns: ['N'], rows: [[1]] };
    }),
  },
  identity: memoryIdentity({ token: { subject: 'agent' } }),
  policy: memoryPolicy([
    { id: 'open', subject: '*', connection: 'warehouse', object: 'ACME.OPS', action: '*' },
    { id: 'read', subject: '*', connection: 'warehouse', object: 'ACME.OPS.*', action: 'read' },
  ]),
  analyzer: memoryAnalyzer(),
  audit: await journal({
    directory: options.directory,
    segmentBytes: options.segmentBytes ?? 512 * 1024,
    degradedAfterMs: 1_000,
    ...(options.brokers === undefined
      ? {}
      : { ship: kafka({ client: clientOf(options.brokers), prefix: options.prefix ?? '', timeoutMs: 1_000 }) }),
  }),
  limits: { ...unlimited, sessionsPerActor: 10_000 },
});

const credential = { scheme: 'bearer', token: 'token' };
const ended = new AbortController();

async function writer(): Promise<void> {
  while (!ended.signal.aborted) {
    const opened = await gateway.open({
      credential,
      connection: 'warehouse',
      schema: 'ACME.OPS',
      access: 'read',
      ttlMs: 3_600_000,
      reason: 'chaos',
    });
    if (opened.status !== 'completed') {
      await new Promise((resolve) => setTimeout(resolve, 20));
      continue;
    }
    const session = opened.value.id;
    for (let turn = 0; !ended.signal.aborted && turn < 50; turn += 1) {
      if (options.pauseMs !== undefined) await new Promise((resolve) => setTimeout(resolve, options.pauseMs));
      const outcome = await gateway.run({ credential, session, sql: 'SELECT orders' });
      if (outcome.status === 'completed') {
        for await (const _rows of outcome.value.batches);
        writeSync(answered, `${outcome.id}\n`);
      } else if (turn % 5 === 4) await new Promise((resolve) => setTimeout(resolve, 10));
    }
    await gateway.close({ credential, session });
  }
}

process.once('SIGTERM', () => {
  ended.abort();
});
appendFileSync(options.answered, ''); // The load begins.
process.stdout.write('ready\n');
await Promise.all(Array.from({ length: options.writers }, writer));
await gateway.shutdown();
