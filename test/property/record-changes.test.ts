import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { verifier, type VerifierState } from '../../src/adapters/ocsf/verify/index.js';
import { LogWriter, newKey, sorted } from '../adapters/ocsf/chains.js';

/** How many changes are tried; `npm run record` tries 20,000. */
const count = Number(process.env['RECORD_COUNT'] ?? 300);

const [old, next] = [newKey(), newKey()];
/**
 * A sealed record: chains that crashed and that ended in order, texts in parts and in both roles, keys replaced on the
 * way.
 */
const log = new LogWriter('host-a', old)
  .events(3)
  .event('statement.authorized', {}, 't-1', ['SELECT SECRET_1', 'SELECT 1'])
  .seal()
  .event('statement.executed', { rows: 1 }, 't-1')
  .rotate(next)
  .seal('time')
  .start()
  .event('statement.authorized', {}, 't-2', ['SELECT 2'])
  .events(2)
  .seal()
  .stop()
  .start()
  .events(2)
  .seal()
  .event('statement.authorized', {}, 't-3', ['SELECT A_LONGER_ONE'])
  .stop();
const keys = { keys: [old.jwk] };

type Files = ReadonlyMap<string, Buffer>;
const nameOf = (number: number): string => `journal-${String(number).padStart(8, '0')}.jsonl`;
const fileOf = (lines: readonly string[]): Buffer => Buffer.from(lines.map((line) => `${line}\n`).join(''));
const cuts = [0, 7, 12, 19, log.lines.length];
const whole: Files = new Map(
  cuts.slice(1).map((end, index) => [nameOf(index + 1), fileOf(log.lines.slice(cuts[index], end))]),
);

interface Read {
  readonly text: string | undefined;
  readonly complete: boolean;
}

/** The lines of a file as a reader has them that takes UTF-8 seriously. */
function linesOf(bytes: Buffer): readonly Read[] {
  const lines: Read[] = [];
  for (let start = 0; start < bytes.length;) {
    const at = bytes.indexOf(0x0a, start);
    const end = at < 0 ? bytes.length : at;
    lines.push({ text: textOf(bytes.subarray(start, end)), complete: at >= 0 });
    start = end + 1;
  }
  return lines;
}

function textOf(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

const ordered = (files: Files): readonly (readonly [string, Buffer])[] =>
  [...files].toSorted(([one], [other]) => (one < other ? -1 : 1));

async function judged(
  files: Files,
  memory?: VerifierState,
): Promise<{ readonly verdict: string; readonly memory?: VerifierState }> {
  const check = await verifier({ keys, texts: true, ...(memory === undefined ? {} : { memory }) });
  for (const [source, bytes] of ordered(files)) {
    for (const [index, { text, complete }] of linesOf(bytes).entries())
      await check.take(text, { source, line: index + 1, log: 'log' }, complete);
  }
  return check.report();
}

/** What a record says, line by line: the parts of one text stand in no order. */
function contentOf(files: Files): string | undefined {
  const lines = ordered(files).flatMap(([, bytes]) => linesOf(bytes));
  try {
    const values = lines.map(({ text = '' }) => JSON.parse(text) as { readonly sqltext?: { readonly event: string } });
    const keyed = values.map((value, index) => ({ group: groupOf(values, index), text: sorted(value) }));
    return keyed
      .toSorted((one, other) => one.group - other.group || (one.text < other.text ? -1 : 1))
      .map(({ text }) => text)
      .join('\n');
  } catch {
    return undefined;
  }
}

/** The texts of one event that stand together are one group. */
function groupOf(values: readonly { readonly sqltext?: { readonly event: string } }[], index: number): number {
  let first = index;
  while (
    first > 0 &&
    values[index]?.sqltext !== undefined &&
    values[first - 1]?.sqltext?.event === values[index]?.sqltext?.event
  )
    first -= 1;
  return first;
}

type Change = (files: Files) => Files;
const file = fc.constantFrom(...whole.keys());
const place = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const at = (length: number, part: number): number => Math.floor(length * part);
const edited =
  (name: string, edit: (bytes: Buffer) => Buffer): Change =>
  (files) =>
    new Map(files).set(name, edit(files.get(name) as Buffer));
const rows = (bytes: Buffer): string[] => bytes.toString().split('\n').slice(0, -1);
const lined = (name: string, edit: (lines: string[]) => readonly string[]): Change =>
  edited(name, (bytes) => fileOf(edit(rows(bytes))));
const anyLine = place.map((part) => log.lines[at(log.lines.length, part)] as string);

/** One change of whoever can write to the files and has no key. */
const change: fc.Arbitrary<Change> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.tuple(file, place, fc.integer({ min: 1, max: 255 })).map(([name, part, flip]) =>
      edited(name, (bytes) => {
        const copy = Buffer.from(bytes);
        const index = at(copy.length, part);
        copy[index] = (copy[index] as number) ^ flip;
        return copy;
      }),
    ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(file, place, fc.integer({ min: 1, max: 40 }))
      .map(([name, part, length]) =>
        edited(name, (bytes) =>
          Buffer.concat([bytes.subarray(0, at(bytes.length, part)), bytes.subarray(at(bytes.length, part) + length)]),
        ),
      ),
  },
  {
    weight: 2,
    arbitrary: fc
      .tuple(file, place, fc.uint8Array({ minLength: 1, maxLength: 4 }))
      .map(([name, part, more]) =>
        edited(name, (bytes) =>
          Buffer.concat([bytes.subarray(0, at(bytes.length, part)), more, bytes.subarray(at(bytes.length, part))]),
        ),
      ),
  },
  fc.tuple(file, place).map(([name, part]) => edited(name, (bytes) => bytes.subarray(0, at(bytes.length, part)))),
  fc
    .tuple(file, place, fc.integer({ min: 1, max: 3 }))
    .map(([name, part, length]) => lined(name, (lines) => lines.toSpliced(at(lines.length, part), length))),
  fc
    .tuple(file, place, anyLine)
    .map(([name, part, line]) => lined(name, (lines) => lines.toSpliced(at(lines.length + 1, part), 0, line))),
  fc
    .tuple(file, place, anyLine)
    .map(([name, part, line]) => lined(name, (lines) => lines.with(at(lines.length, part), line))),
  fc.tuple(file, place, place).map(([name, one, other]) =>
    lined(name, (lines) => {
      const [left, right] = [at(lines.length, one), at(lines.length, other)];
      return lines.with(left, lines[right] as string).with(right, lines[left] as string);
    }),
  ),
  fc.tuple(file, place, place).map(([name, one, other]) =>
    lined(name, (lines) => {
      const from = at(lines.length, one);
      return lines.toSpliced(from, 1).toSpliced(at(lines.length, other), 0, lines[from] as string);
    }),
  ),
  fc.tuple(file, place, place, fc.integer({ min: 0, max: 9 })).map(([name, one, other, digit]) =>
    lined(name, (lines) => {
      const index = at(lines.length, one);
      const line = lines[index] as string;
      const numbers = [...line.matchAll(/\d/g)];
      const found = numbers[at(numbers.length, other)]?.index ?? 0;
      return lines.with(index, `${line.slice(0, found)}${digit}${line.slice(found + 1)}`);
    }),
  ),
  file.map(
    (name): Change =>
      (files) =>
        new Map([...files].filter(([each]) => each !== name)),
  ),
  fc.tuple(file, fc.integer({ min: 1, max: 9 })).map(
    ([name, number]): Change =>
      (files) =>
        new Map([...files, [nameOf(number), files.get(name) as Buffer]]),
  ),
  fc.tuple(file, file).map(
    ([one, other]): Change =>
      (files) =>
        new Map(files).set(one, files.get(other) as Buffer).set(other, files.get(one) as Buffer),
  ),
  fc.tuple(file, fc.integer({ min: 1, max: 9 })).map(
    ([name, number]): Change =>
      (files) =>
        new Map([...files].filter(([each]) => each !== name)).set(nameOf(number), files.get(name) as Buffer),
  ),
);

describe('a sealed record', () => {
  it('is whole', async () => {
    expect((await judged(whole)).verdict).toBe('ok');
  });

  it(
    'no byte, line, order or file of it changes without being told',
    async () => {
      const { memory } = await judged(whole);
      const content = contentOf(whole);
      await fc.assert(
        fc.asyncProperty(change, async (apply) => {
          const files = apply(whole);
          const same = contentOf(files) === content;
          // What was verified before may have gone at the beginning, as retention does it; who never saw it is told.
          const silent = (await judged(files)).verdict === 'ok' && (await judged(files, memory)).verdict === 'ok';
          expect(silent).toBe(same);
        }),
        { numRuns: count },
      );
    },
    60_000 + count * 60,
  );
});
