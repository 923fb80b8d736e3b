import { lines, packed } from './data.js';
import type { Vector } from './vector.js';

export type { Expected, Vector } from './vector.js';

const joinLines = (numbers: readonly number[]): string => numbers.map((number) => lines[number]).join('\n');

/**
 * Records in version 2 of the format (docs/record-format.md), with what each verifier of it has to tell, line by line:
 * honest ones, and every kind of tampering.
 * Chains, keys and times are made up, and the same in each release of a version.
 */
export const vectors: readonly Vector[] = packed.map(({ files, binary = [], texts = false, expected, ...rest }) => ({
  ...rest,
  binary,
  texts,
  files: Object.fromEntries(Object.entries(files).map(([name, numbers]) => [name, joinLines(numbers)])),
  expected: {
    ...expected,
    lines: joinLines(expected.lines)
      .split('\n')
      .filter((line) => line !== ''),
  },
}));
