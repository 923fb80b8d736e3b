import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { verifier } from '../../../src/adapters/ocsf/index.js';
import { segmentsIn } from './test-directory.js';

export const linesIn = (directory: string): string[] =>
  segmentsIn(directory).flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1));

/** The verdict of somebody who has only the keys of a file, and each problem. */
export async function verdictOf(directory: string, keys: string): Promise<readonly string[]> {
  const check = await verifier({
    keys: { keys: (JSON.parse(readFileSync(keys, 'utf8')) as { keys: unknown[] }).keys },
  });
  for (const [index, line] of linesIn(directory).entries())
    await check.take(line, { source: 'journal', line: index + 1, log: directory });
  const report = check.report();
  return [
    report.verdict,
    ...[...report.problems, ...report.chains.flatMap(({ problems }) => problems)].map(
      ({ kind, message }) => `${kind}: ${message}`,
    ),
  ];
}
