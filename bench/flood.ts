import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answers, Paced } from './flood-load.js';
import type { Ready } from './flood-service.js';
import { median, ratioOf, type Row } from './row.js';

const body = JSON.stringify({ sql: 'SELECT orders' });
const [others, perSecond, floodPerSecond] = [5, 150, 1_000];
const program = (name: string, ...given: string[]): ChildProcess =>
  fork(join(import.meta.dirname, name), given, { execArgv: ['--import', 'tsx'] });

/**
 * F1 and F2: the p99 of five agents that keep to their limits, while another sends 1,000 requests a second and is
 * refused, against the same without it, and
 * against the same while a route of Express alone answers as many. The package as it is built, in a process of its own.
 */
export async function floodRows(quick: boolean): Promise<Row[]> {
  const [rounds, ms] = quick ? [1, 1_500] : [7, 8_000];
  const folder = await mkdtemp(join(tmpdir(), 'sallyport-bench-'));
  const service = program('flood-service.ts', folder, String(others + 1));
  const [
    {
      port,
      bare,
      agents: [flooding, ...calm],
    },
  ] = (await once(service, 'message')) as [Ready];
  const [asker, flooder] = [program('flood-load.ts'), program('flood-load.ts')];
  const asks: Paced = { port, perSecond, ms, connections: 20, requests: calm.map((each) => ({ ...each, body })) };
  const flood: Paced = {
    port,
    perSecond: floodPerSecond,
    ms,
    connections: 50,
    requests: flooding === undefined ? [] : [{ ...flooding, body }],
  };
  const plain: Paced = { ...flood, requests: flood.requests.map((each) => ({ ...each, path: bare })) };
  const [quiet, flooded, routed, refused]: [number[], number[], number[], number[]] = [[], [], [], []];
  for (let round = 0; round <= rounds; round += 1) {
    const alone = await answersOf(asker, asks);
    const [beside, answers] = await Promise.all([answersOf(asker, asks), answersOf(flooder, flood)]);
    const [other] = await Promise.all([answersOf(asker, asks), answersOf(flooder, plain)]);
    for (const each of [alone, beside, other]) expectAll(each);
    if (round === 0) continue; // warms up, and uses up the flooding agent's limits
    quiet.push(p99(alone));
    flooded.push(p99(beside));
    routed.push(p99(other));
    refused.push((answers.statuses['429'] ?? 0) / (ms / 1_000));
  }
  for (const each of [asker, flooder]) each.kill();
  service.send('stop');
  await once(service, 'exit');
  await rm(folder, { recursive: true });
  const detail = { floodedP99Ms: rounded(median(flooded)), refusedPerSecond: Math.round(median(refused)) };
  const what = `p99 of ${others} agents' statements: while another is refused ${floodPerSecond} times a second`;
  return [
    {
      id: 'F1',
      what: `${what} / without it`,
      ...ratioOf(flooded, quiet),
      goal: 2,
      better: 'most',
      detail: { ...detail, quietP99Ms: rounded(median(quiet)) },
    },
    {
      id: 'F2',
      what: `${what} / while a bare Express route answers as many`,
      ...ratioOf(flooded, routed),
      goal: 1.5,
      better: 'most',
      detail: { ...detail, bareP99Ms: rounded(median(routed)) },
    },
  ];
}

async function answersOf(generator: ChildProcess, paced: Paced): Promise<Answers> {
  generator.send(paced);
  const [answers] = (await once(generator, 'message')) as [Answers];
  return answers;
}

/** Who keeps to the limits is answered. */
function expectAll({ statuses }: Answers): void {
  if (Object.keys(statuses).join() !== '200')
    throw new Error(`an agent that keeps to its limits was answered ${JSON.stringify(statuses)}`);
}

function p99({ took }: Answers): number {
  return took.toSorted((one, other) => one - other)[Math.floor(took.length * 0.99)] as number;
}

function rounded(ms: number): number {
  return Math.round(ms * 10) / 10;
}
