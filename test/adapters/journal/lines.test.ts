import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readLines, type FileLine } from '../../../src/adapters/journal/file-lines.js';
import { place } from './test-directory.js';

async function linesIn(path: string, from?: number, to?: number): Promise<readonly FileLine[]> {
  const lines: FileLine[] = [];
  for await (const line of readLines(path, from, to)) lines.push(line);
  return lines;
}

/** More than one read brings, so that lines and letters are cut at every kind of place. */
const texts = ['', 'a', 'ä'.repeat(700_001), '𝄞'.repeat(800_003), 'b', '', `x${'ä'.repeat(1_600_000)}`, 'end'];

it('lines come whole, however many reads one of them takes', async () => {
  const path = join(place(), 'lines');
  writeFileSync(path, texts.map((text) => `${text}\n`).join(''));
  const lines = await linesIn(path);
  expect(lines.map(({ text }) => text?.length)).toEqual(texts.map((text) => text.length));
  expect(lines.every(({ text }, index) => text === texts[index])).toBe(true);
  let offset = 0;
  for (const line of lines) {
    expect(line).toMatchObject({ offset, end: offset + Buffer.byteLength(line.text ?? '') + 1, complete: true });
    offset = line.end;
  }
  expect(
    (await linesIn(path, lines[3]?.offset, lines[4]?.end)).map(({ text, offset: at }) => [text?.length, at]),
  ).toEqual([3, 4].map((index) => [texts[index]?.length, lines[index]?.offset]));
});

it('a last line without its end is told as such, also where it is longer than a read', async () => {
  const path = join(place(), 'lines');
  writeFileSync(path, 'whole\n');
  appendFileSync(path, 'ä'.repeat(1_000_000));
  expect((await linesIn(path)).map(({ text, offset, end, complete }) => [text?.length, offset, end, complete])).toEqual(
    [
      [5, 0, 6, true],
      [1_000_000, 6, 2_000_006, false],
    ],
  );
});

it('bytes that are not UTF-8 are no text, and U+FFFD itself is', async () => {
  const path = join(place(), 'lines');
  writeFileSync(path, Buffer.concat([Buffer.from('good \ufffd\nbad '), Buffer.from([0xff, 0x0a])]));
  expect((await linesIn(path)).map(({ text }) => text)).toEqual(['good \ufffd', undefined]);
});
