import type { Vector } from '../../src/adapters/ocsf/vectors/index.js';
import { createSeededRandom } from '../support/seeded-random.js';

/** Whole numbers below a bound. */
type Random = (below: number) => number;

/** A record that was changed at random, with what was done to it. */
export interface ChangedVector extends Vector {
  readonly changes: readonly string[];
}

type Change = (lines: string[], random: Random, others: readonly Vector[]) => string;

const isRecord = (name: string, { anchors }: Vector): boolean => name.endsWith('.jsonl') && name !== anchors;

const changes: readonly Change[] = [
  (lines, random) => {
    const at = random(lines.length);
    lines.splice(at, 1);
    return `line ${at + 1} deleted`;
  },
  (lines, random) => {
    const [one, other] = [random(lines.length), random(lines.length)];
    [lines[one], lines[other]] = [lines[other] as string, lines[one] as string];
    return `lines ${one + 1} and ${other + 1} exchanged`;
  },
  (lines, random) => {
    const [from, to] = [random(lines.length), random(lines.length)];
    lines.splice(to, 0, lines[from] as string);
    return `line ${from + 1} repeated before ${to + 1}`;
  },
  (lines, random) => {
    const from = random(lines.length);
    lines.splice(from);
    return `cut off from line ${from + 1}`;
  },
  (lines, random) => {
    const to = random(lines.length);
    lines.splice(0, to);
    return `the first ${to} lines removed`;
  },
  (lines, random) => {
    const [at, before] = [random(lines.length), lines.length];
    lines.splice(
      0,
      before,
      ...lines.filter((line, index) => index !== at && !(line.startsWith('{"checkpoint"') && random(2) === 0)),
    );
    return `${before - lines.length} lines removed, checkpoints above all`;
  },
  (lines, random, others) => {
    const other = others[random(others.length)] as Vector;
    const names = Object.keys(other.files).filter((name) => isRecord(name, other));
    const foreign = (other.files[names[random(names.length)] ?? ''] ?? '').split('\n').filter((line) => line !== '');
    const at = random(lines.length);
    if (foreign.length > 0) lines.splice(at, 0, foreign[random(foreign.length)] as string);
    return `a line of ${other.name} before ${at + 1}`;
  },
  (lines, random) => {
    const at = random(lines.length);
    const line = lines[at] as string;
    const place = random(line.length);
    const unit = '0123456789abcdef"{},:'[random(21)] as string;
    lines[at] = line.slice(0, place) + unit + line.slice(place + 1);
    return `line ${at + 1}, character ${place + 1} is ${unit}`;
  },
];

/** `count` records, each with one to three random changes, the same for the same seed; some without keys, or with the texts asked for. */
export function changeAtRandom(vectors: readonly Vector[], seed: number, count: number): ChangedVector[] {
  const draw = createSeededRandom(seed);
  const random: Random = (below) => Math.floor((draw() / 2 ** 32) * below);
  const sources = vectors.filter(({ binary, expected }) => binary.length === 0 && expected.exitCode !== 3);
  return Array.from({ length: count }, (_, index) => {
    const source = sources[random(sources.length)] as Vector;
    const { jwks, texts, ...rest } = source;
    const [files, told] = [{ ...source.files }, [source.name]];
    for (let left = 1 + random(3); left > 0; left -= 1) {
      const names = Object.keys(files).filter((name) => isRecord(name, source));
      const name = names[random(names.length)] as string;
      const lines = (files[name] as string).split('\n');
      const end = lines.pop() as string;
      const change = changes[random(changes.length)] as Change;
      if (lines.length > 0) told.push(`${name}: ${change(lines, random, sources)}`);
      files[name] = [...lines, end].join('\n');
    }
    const [hasKeys, asksTexts] = [random(6) > 0, random(4) === 0 ? !texts : texts];
    if (!hasKeys) told.push('no keys');
    return {
      ...rest,
      files,
      name: `changed-${index}`,
      texts: asksTexts,
      changes: told,
      ...(hasKeys && jwks !== undefined ? { jwks } : {}),
    };
  });
}
