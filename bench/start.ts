import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { median, ratioOf, type Row } from './row.js';

const root = join(import.meta.dirname, '..');
const express = `import('express').then((it) => it.default())`;
const ours = `Promise.all([import('sallyport'), import('sallyport/memory')]).then(([{ createGateway }, memory]) => createGateway({
  connections: { bench: memory.memoryEngine([{ database: 'A', schema: 'B' }], () => ({ columns: [], rows: [] })) },
  identity: memory.memoryIdentity({}), policy: memory.memoryPolicy([]), audit: memory.memoryAudit() }))`;

/**
 * P11: a process that imports the package and creates a gateway, against one that imports Express and creates an
 * application.
 */
export async function startRows(quick: boolean): Promise<Row[]> {
  const rounds = quick ? 5 : 15;
  const [mine, theirs]: [number[], number[]] = [[], []];
  for (let round = 0; round <= rounds; round += 1) {
    const [first, second] = [started(ours), started(express)];
    if (round === 0) continue; // warms the file cache
    mine.push(first);
    theirs.push(second);
  }
  return [
    {
      id: 'P11',
      what: 'cold start: import and create a gateway / import and create an Express app',
      ...ratioOf(mine, theirs),
      goal: 3,
      better: 'most',
      detail: { gatewayMs: median(mine), expressMs: median(theirs), goalMs: 250 },
    },
  ];
}

/** Milliseconds from the first line of the program until the work is done, as the process itself measures them. */
function started(work: string): number {
  const script = `const start = performance.now(); ${work}.then(() => { console.log(performance.now() - start); process.exit(0); }, (error) => { console.error(error); process.exit(1); });`;
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stderr);
  return Number(stdout);
}
