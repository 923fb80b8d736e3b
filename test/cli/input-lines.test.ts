import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readLines, type InputLine } from '../../src/cli/input-lines.js';
import { settled } from '../adapters/express/streams.js';
import { answers, asked, sallyport, start } from './command.js';

async function cut(chunks: readonly Buffer[]): Promise<InputLine[]> {
  const lines: InputLine[] = [];
  for await (const line of readLines(Readable.from(chunks))) lines.push(line);
  return lines;
}

describe('lines', () => {
  it('are the same however the bytes arrive', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.array(fc.nat(20), { maxLength: 10 }),
        async (text, sizes) => {
          const bytes = Buffer.from(text);
          const chunks: Buffer[] = [];
          let at = 0;
          for (const size of sizes) chunks.push(bytes.subarray(at, (at += size)));
          chunks.push(bytes.subarray(at));
          const whole = bytes.toString().split('\n');
          if (whole.at(-1) === '') whole.pop();
          expect(await cut(chunks)).toEqual(whole);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('that are too long or no UTF-8 are marked, and the next one is read', async () => {
    expect(await cut([Buffer.alloc(2 * 1024 * 1024, 'x'), Buffer.from('\nnext\n')])).toEqual([undefined, 'next']);
    expect(await cut([Buffer.from([0x22, 0xff, 0x0a, 0x61])])).toEqual([undefined, 'a']);
  });

  it('are not read ahead', async () => {
    let taken = 0;
    const source = Readable.from(
      (function* () {
        for (;;) {
          taken += 1;
          yield Buffer.from(`line ${taken}\n`);
        }
      })(),
      { highWaterMark: 1 },
    );
    const lines = readLines(source);
    await lines.next();
    for (let turn = 0; turn < 50; turn += 1) await setImmediate();
    expect(taken).toBeLessThan(10);
    await lines.return(undefined);
  });
});

describe('sallyport analyze, line by line', () => {
  it('answers each line in order, and goes on after lines it cannot use', async () => {
    const input = [
      asked('a', 'select * from sales'),
      asked(2, 'delete from sales where id = 1'),
      asked(null, 'select * from hr.pay.wages'),
      'nonsense\n',
      '\n',
      '{"id":"b","sql":"select 1"}\n',
      '{"id":"c","sql":5,"scope":{"database":"SHOP","schema":"MART"}}\n',
      '[]\n',
      '{"id":{},"sql":"select 1","scope":{"database":"SHOP","schema":"MART"}}\n',
      asked('d', ''),
      asked('e', 'drop role r'),
      asked('f', 'select "X y".a from "X y"').trimEnd(),
    ].join('');
    const { code, out, err } = await sallyport(['analyze'], input);
    const seen = answers(out);
    expect(seen.map(({ id, decision, code: denial, reason }) => [id, decision, denial, reason])).toEqual([
      ['a', 'allow', null, null],
      [2, 'approval', null, null],
      [null, 'deny', 'OUT_OF_SCOPE', 'scope.object'],
      [null, 'deny', 'INVALID_REQUEST', 'input.json'],
      ['b', 'deny', 'INVALID_REQUEST', 'input.fields'],
      ['c', 'deny', 'INVALID_REQUEST', 'input.fields'],
      [null, 'deny', 'INVALID_REQUEST', 'input.fields'],
      [null, 'allow', null, null],
      ['d', 'deny', 'NOT_UNDERSTOOD', 'sql.empty'],
      ['e', 'deny', 'STATEMENT_REFUSED', 'sql.rights'],
      ['f', 'allow', null, null],
    ]);
    expect(Object.keys(seen[0] ?? {})).toEqual([
      'id',
      'decision',
      'kind',
      'objects_read',
      'objects_written',
      'functions',
      'code',
      'reason',
      'ms',
    ]);
    expect(seen[1]).toMatchObject({ kind: 'write', objects_written: ['SHOP.MART.SALES'], objects_read: [] });
    expect(seen.at(-1)?.objects_read).toEqual(['SHOP.MART."X y"']);
    expect([code, err]).toEqual([1, '']);
  });

  it('answers as many lines as it is given, without losing or changing their order', async () => {
    const { code, out } = await sallyport(
      ['analyze'],
      Array.from({ length: 600 }, (_, index) => asked(index, `select a, b from sales where id = ${index}`)).join(''),
    );
    const seen = answers(out);
    expect(seen.map(({ id }) => id)).toEqual(Array.from({ length: 600 }, (_, index) => index));
    expect(seen.every(({ decision, ms }) => decision === 'allow' && ms >= 0)).toBe(true);
    expect(code).toBe(0);
  });

  it('waits for a reader that does not read, and ends quietly when it leaves', async () => {
    const child = start('analyze');
    let [written, err] = [0, ''];
    child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
    child.stdin.on('error', () => {});
    const line = asked('x'.repeat(2_000), 'nonsense');
    // Far more than all the pipes between us hold.
    for (; written < 3_000; written += 1) child.stdin.write(line);
    await once(child.stdout, 'readable');
    const left = await settled(() => child.stdin.writableLength);
    expect([left > 0, child.exitCode]).toEqual([true, null]);
    child.stdout.destroy();
    await new Promise((resolve) => child.once('close', resolve));
    expect(err).toBe('');
  });
});
