import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { changed, kinds, LogWriter, sorted, verified } from './chains.js';

/** A sealed log: a chain that crashed, one that ended in order, keys replaced on the way. */
const log = new LogWriter().events(3).seal().events(2).seal('time').events(2).start().events(3).seal().stop();
const { lines, keys } = log;
const text = Buffer.from(`${lines.join('\n')}\n`);
const eventLines = lines.flatMap((line, index) => (line.startsWith('{"checkpoint"') ? [] : [index]));
const sealLines = lines.flatMap((line, index) => (line.startsWith('{"checkpoint"') ? [index] : []));

const verdictOf = async (given: readonly (string | undefined)[]): Promise<string> =>
  (await verified(given, { keys })).verdict;

/** The lines of a file as a reader has them that takes UTF-8 seriously. */
function read(bytes: Buffer): (string | undefined)[] {
  const parts: (string | undefined)[] = [];
  for (let start = 0, end = 0; start < bytes.length; start = end + 1) {
    end = bytes.indexOf(0x0a, start);
    if (end < 0) end = bytes.length;
    try {
      parts.push(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(start, end)));
    } catch {
      parts.push(undefined);
    }
  }
  return parts;
}

function same(one: readonly (string | undefined)[]): boolean {
  const kept = one.filter((line) => line?.trim() !== '');
  return (
    kept.length === lines.length &&
    kept.every((line, index) => {
      try {
        return line !== undefined && sorted(JSON.parse(line)) === sorted(JSON.parse(lines[index] as string));
      } catch {
        return false;
      }
    })
  );
}

describe('a sealed log', () => {
  it('is whole', async () => {
    expect(await verdictOf(read(text))).toBe('ok');
  });

  it('no byte can be changed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(text.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const bytes = Buffer.from(text);
        bytes[at] = (bytes[at] as number) ^ flip;
        const given = read(bytes);
        expect((await verdictOf(given)) === 'ok').toBe(same(given));
      }),
      { numRuns: 3_000 },
    );
  }, 180_000);

  it('no line can be taken out', async () => {
    for (let at = 0; at < lines.length; at += 1)
      expect(await verdictOf(lines.toSpliced(at, 1)), `line ${at + 1}`).not.toBe('ok');
  });

  it('no stretch of lines can be taken out, but for the end of the last chain with all its checkpoints', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(lines.length - 1), fc.integer({ min: 1, max: lines.length }), async (at, count) => {
        const left = lines.toSpliced(at, count);
        const cut = at + count >= lines.length;
        if (!cut) expect(await verdictOf(left)).not.toBe('ok');
      }),
    );
  });

  it('no two events, and no two checkpoints, can be swapped', async () => {
    const pairs = [eventLines, sealLines].flatMap((group) =>
      group.flatMap((one) => group.filter((other) => other > one).map((other) => [one, other] as const)),
    );
    for (const [one, other] of pairs) {
      const swapped = lines.with(one, lines[other] as string).with(other, lines[one] as string);
      expect(await verdictOf(swapped), `${one + 1} and ${other + 1}`).toBe('tampered');
    }
  });

  it('no event can be put in a second time with a change', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...eventLines), fc.nat(lines.length), fc.string(), async (from, to, word) => {
        const copy = changed(lines[from] as string, (event: Record<string, unknown>) => {
          event['message'] = word;
        });
        expect(await verdictOf(lines.toSpliced(to, 0, copy))).toBe('tampered');
      }),
    );
  });

  it('a line that stands there a second time is told; elsewhere it comes again, and does no harm', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(lines.length - 1), fc.nat(3), async (from, later) => {
        const twice = lines.toSpliced(from + 1 + later, 0, lines[from] as string);
        expect(kinds(await verified(twice, { keys }))).toEqual(['copied']);
        const { verdict, duplicates, again } = await verified(twice, { keys }, null);
        expect([verdict, duplicates + again]).toEqual(['ok', 1]);
      }),
    );
  });

  it('order does not matter where it was not written in order', async () => {
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(lines, { minLength: lines.length }), async (shuffled) => {
        expect((await verified(shuffled, { keys }, null)).verdict).toBe('ok');
      }),
    );
  });

  it('whatever else comes, it answers', async () => {
    const junk = fc.oneof(
      fc.string(),
      fc.json(),
      fc.constantFrom(...lines).chain((line) => fc.nat(line.length).map((at) => line.slice(0, at))),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(junk, { minLength: 1, maxLength: 4 }), async (more) => {
        const report = await verified([...lines, ...more], { keys }, null);
        const harmless = more.every((line) => line.trim() === '' || lines.includes(line));
        if (!harmless) expect(report.verdict).toBe('tampered');
      }),
    );
  });
});
