import type { Vector } from '../../src/adapters/ocsf/vectors/index.js';
import { isEvent, World } from './world.js';
import type { Line } from './writer.js';

/** What a case says of itself. All that is expected is stated by hand. */
export interface Case {
  readonly is: string;
  readonly change?: (world: World) => void;
  readonly verdict: 'ok' | 'incomplete' | 'tampered' | 'error';
  /**
   * `<kind> <tag>` where it is told; behind the tag the chain and number, where they are not the line's. `-` is no
   * place.
   */
  readonly tampered?: readonly string[];
  readonly incomplete?: readonly string[];
  /** `A 1-10 sealed 9 events 10`. Without it all is sealed as in the honest record. */
  readonly chains?: readonly string[];
}

const exitCodes = { ok: 0, tampered: 1, incomplete: 2, error: 3 } as const;
const whole = ['A 1-10 sealed 9 events 10', 'B 1-5 sealed 5 events 5'];

interface Told {
  readonly file: string;
  readonly line: number;
  readonly kind: string;
  readonly chain: string;
  readonly sequence: number;
  readonly verdict: string;
}

function placed(world: World): readonly { readonly line: Line; readonly file: string; readonly number: number }[] {
  const files = world.segments.map((lines, index) => ({
    file: `journal-${String(index + 1).padStart(8, '0')}.jsonl`,
    lines,
  }));
  if (world.exported !== undefined) files.push({ file: 'export.jsonl', lines: world.exported });
  files.push({ file: 'anchors.jsonl', lines: world.anchored });
  return files.flatMap(({ file, lines }) => lines.map((line, index) => ({ line, file, number: index + 1 })));
}

function toldOf(world: World, verdict: string, said: string, chains: ReadonlyMap<string, string>): Told {
  const [kind, tag, chain, sequence] = said.split(' ') as [string, string, string?, string?];
  const at = placed(world).find(({ line }) => line.tag === tag);
  const [file = '-', number] = tag.split(':');
  if (at === undefined && number === undefined && tag !== '-') throw new Error(`no line ${tag}`);
  return {
    file: at?.file ?? file,
    line: at?.number ?? Number(number ?? 0),
    kind,
    verdict,
    chain: chain === undefined ? (at?.line.chain ?? '-') : (chains.get(chain) ?? chain),
    sequence: sequence === undefined ? (chain === undefined ? (at?.line.sequence ?? 0) : 0) : Number(sequence),
  };
}

const compare = (a: string | number, b: string | number): number => (a < b ? -1 : a > b ? 1 : 0);
const order = (a: Told, b: Told): number =>
  compare(a.file, b.file) ||
  compare(a.line, b.line) ||
  compare(a.kind, b.kind) ||
  compare(a.chain, b.chain) ||
  compare(a.sequence, b.sequence) ||
  compare(a.verdict, b.verdict);
const shown = ({ file, line, kind, chain, sequence, verdict }: Told): string =>
  `${verdict} ${kind} ${line === 0 ? '-' : `${file}:${line}`} ${chain} ${sequence === 0 ? '-' : sequence}`;

function linesOf(world: World, given: Case, chains: ReadonlyMap<string, string>): readonly string[] {
  if (given.verdict === 'error') return [];
  const told = (['tampered', 'incomplete'] as const).flatMap((verdict) =>
    (given[verdict] ?? []).map((said) => toldOf(world, verdict, said, chains)),
  );
  const states = (given.chains ?? whole)
    .map((state) => state.replace(/^\w+/, (letter) => chains.get(letter) ?? letter))
    .toSorted();
  return [...told.toSorted(order).map(shown), ...states.map((state) => `chain ${state}`), `verdict ${given.verdict}`];
}

const textOf = (lines: readonly Line[], end: string): string => lines.map(({ text }) => text).join('\n') + end;

function filesOf(world: World): Readonly<Record<string, string>> {
  const last = world.segments.length - 1;
  const segments = world.segments.map(
    (lines, index) =>
      [
        `log/journal-${String(index + 1).padStart(8, '0')}.jsonl`,
        textOf(lines, index === last ? world.end : '\n'),
      ] as const,
  );
  return Object.fromEntries([
    ...segments,
    ...(world.exported === undefined ? [] : [['export.jsonl', textOf(world.exported, world.end)] as const]),
    ...(world.anchored.length === 0 ? [] : [['anchors.jsonl', textOf(world.anchored, '\n')] as const]),
    ...(world.keys === undefined ? [] : [['jwks.json', world.keys] as const]),
    ...world.given,
  ]);
}

/** The names of chains, as the cases call them: those of the honest record, and X for one that was added. */
function chainsOf(world: World): ReadonlyMap<string, string> {
  const lines = [...new World().segments.flat(), ...placed(world).map(({ line }) => line)];
  return new Map(
    lines.flatMap(({ tag, chain }) =>
      chain !== undefined && isEvent(tag) ? [[tag[0] as string, chain] as const] : [],
    ),
  );
}

export function vectorOf(name: string, given: Case): Vector {
  const world = new World();
  given.change?.(world);
  const files = filesOf(world);
  return {
    name,
    description: given.is,
    files,
    binary: world.binary,
    texts: world.texts,
    paths: [
      ...(Object.keys(files).some((each) => each.startsWith('log/')) ? ['log'] : []),
      ...('export.jsonl' in files ? ['export.jsonl'] : []),
    ],
    ...('jwks.json' in files && { jwks: 'jwks.json' }),
    ...('anchors.jsonl' in files && { anchors: 'anchors.jsonl' }),
    expected: {
      verdict: given.verdict,
      exitCode: exitCodes[given.verdict],
      lines: linesOf(world, given, chainsOf(world)),
    },
  };
}
