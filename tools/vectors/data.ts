import type { Vector } from '../../src/adapters/ocsf/vectors/index.js';
import { alteredCases } from './altered-cases.js';
import { chainCases } from './chain-cases.js';
import { checkpointCases } from './checkpoint-cases.js';
import { endingCases } from './ending-cases.js';
import { formCases } from './form-cases.js';
import { honestCases } from './honest-cases.js';
import { inputCases } from './input-cases.js';
import { keyCases } from './key-cases.js';
import { lineCases } from './line-cases.js';
import { orderCases } from './order-cases.js';
import { stubCases } from './stub-cases.js';
import { textCases } from './text-cases.js';
import { vectorOf } from './vector.js';

const cases = {
  ...honestCases,
  ...alteredCases,
  ...orderCases,
  ...chainCases,
  ...endingCases,
  ...keyCases,
  ...checkpointCases,
  ...textCases,
  ...stubCases,
  ...lineCases,
  ...formCases,
  ...inputCases,
};

/** In the order of their names. */
export const vectors = (): readonly Vector[] => Object.entries(cases).map(([name, given]) => vectorOf(name, given));

const list = (values: readonly unknown[]): string => values.map((value) => `  ${JSON.stringify(value)},\n`).join('');

/** The module that the package has: each line once, since most vectors have most of them. */
export function vectorsText(): string {
  const lines = new Map<string, number>();
  const numbered = (text: string): readonly number[] =>
    text.split('\n').map((line) => {
      if (!lines.has(line)) lines.set(line, lines.size);
      return lines.get(line) as number;
    });
  const packed = vectors().map(({ files, binary, texts, expected, ...rest }) => ({
    ...rest,
    ...(binary.length > 0 && { binary }),
    ...(texts && { texts }),
    files: Object.fromEntries(Object.entries(files).map(([name, text]) => [name, numbered(text)])),
    expected: { ...expected, lines: numbered(expected.lines.join('\n')) },
  }));
  return [
    "import type { PackedVector } from './vector.js';\n\n",
    '// Made by `npm run vectors`.\n\n',
    `export const lines: readonly string[] = [\n${list([...lines.keys()])}];\n\n`,
    `export const packed: readonly PackedVector[] = [\n${list(packed)}];\n`,
  ].join('');
}
