import {
  memoryAnalyzer,
  memoryAudit,
  memoryEngine,
  memoryIdentity,
  memoryPolicy,
} from '../src/adapters/memory/index.js';
import { buildGateway, type EngineStatement, type Grant } from '../src/core/index.js';
import { unlimited } from '../test/support/limits.js';
import { median, ratioOf, type Row } from './row.js';

const scope = { database: 'BENCH', schema: 'PUBLIC' };
const credential = { scheme: 'bearer', token: 't' };
const sql = 'SELECT orders';
const signal = new AbortController().signal;

/**
 * P4: one statement through the whole pipeline over memory adapters, against the same adapters called one after another
 * by hand.
 */
export async function pipelineRows(quick: boolean): Promise<Row[]> {
  const [rounds, each] = quick ? [5, 2_000] : [11, 10_000];
  const identity = memoryIdentity({ t: { subject: 'agent' } });
  const policy = memoryPolicy([{ id: 'all', subject: '*', connection: '*', object: '*', action: '*' }]);
  const analyzer = memoryAnalyzer();
  const engine = memoryEngine([scope], () => ({ columns: ['A'], rows: [[1]] }));
  const audit = { ...memoryAudit(), append: async () => undefined };
  const gateway = await buildGateway({
    connections: { bench: engine },
    identity,
    policy,
    analyzer,
    audit,
    limits: unlimited,
  });
  const opened = await gateway.open({
    credential,
    connection: 'bench',
    schema: 'BENCH.PUBLIC',
    access: 'read',
    ttlMs: 3_600_000,
    reason: 'bench',
  });
  if (opened.status !== 'completed') throw new Error(opened.status);
  const session = opened.value.id;
  const path = await engine.open({} as Grant, signal);

  const ours = async (): Promise<void> => {
    const outcome = await gateway.run({ credential, session, sql });
    if (outcome.status !== 'completed') throw new Error(outcome.status);
    for await (const _rows of outcome.value.batches);
  };
  const byHand = async (): Promise<void> => {
    const who = await identity.authenticate(credential, signal);
    const analysis = await analyzer.analyze(sql, scope, signal);
    if ('status' in who) throw new Error(who.status);
    await policy.decide(
      { identity: who, connection: 'bench', asks: [{ action: 'read', object: 'BENCH.PUBLIC.ORDERS' }], context: {} },
      signal,
    );
    const statement: EngineStatement = {
      id: 'i',
      text: analysis.canonical,
      canonical: analysis.canonical,
      binds: [],
      analysis,
      limits: { maxRows: 1, maxBytes: 1_000 },
      timeLeftMs: 1_000,
    };
    for await (const _rows of (await path.run(statement, signal)).batches);
  };

  const [mine, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    const [first, second] = [await p50(ours, each), await p50(byHand, each)];
    if (round === 0) continue; // warm-up
    mine.push(first);
    theirs.push(second);
  }
  await gateway.shutdown();
  return [
    {
      id: 'P4',
      what: 'one statement through the pipeline / its adapters by hand, p50',
      ...ratioOf(mine, theirs),
      goal: 10,
      better: 'most',
      detail: { pipelineMicros: median(mine), byHandMicros: median(theirs), goalMicros: 25 },
    },
  ];
}

async function p50(work: () => Promise<void>, times: number): Promise<number> {
  const taken: number[] = [];
  for (let time = 0; time < times; time += 1) {
    const start = performance.now();
    await work();
    taken.push((performance.now() - start) * 1_000);
  }
  return median(taken);
}
