import type { AnchorLine } from '../../adapters/ocsf/verify/index.js';
import { UsageError } from '../exit-codes.js';
import { readFileLines } from './file-lines.js';

/** The lines of a file of anchors. Throws UsageError where it cannot be read. */
export async function anchorsOf(path: string): Promise<readonly AnchorLine[]> {
  const lines: AnchorLine[] = [];
  for await (const { text, number } of readFileLines(path)) {
    if (text === undefined) throw new UsageError(`${path}: line ${number} is no checkpoint`);
    lines.push({ line: text, place: { source: path, line: number } });
  }
  return lines;
}
