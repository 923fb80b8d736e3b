import { describe, expect, it } from 'vitest';
import { ocsf } from '../../../src/adapters/ocsf/index.js';
import type { AuditEvent } from '../../../src/core/index.js';
import { LogWriter, sha256, sorted, told, verified } from './chains.js';

type Json = Record<string, unknown>;

/**
 * Lines: 1 event; 2-3 what ran, 4 what was asked, 5 their event; 6 another's text, 7 its event; 8 an event; 9 a
 * checkpoint.
 */
const written = (v: 1 | 2 = 2): LogWriter =>
  new LogWriter('host-a', undefined, false, v)
    .event()
    .event('statement.authorized', {}, 't-1', ['SELECT SECRET_1', 'SELECT 1'])
    .event('statement.authorized', {}, 't-2', ['SELECT 2'])
    .stop();
const log = written();
const changed = (line: number, change: (text: Json) => void): string[] =>
  log.lines.with(
    line - 1,
    (() => {
      const { sqltext } = JSON.parse(log.lines[line - 1] as string) as { sqltext: Json };
      change(sqltext);
      return sorted({ sqltext });
    })(),
  );
const textOf = (line: number): Json => (JSON.parse(log.lines[line - 1] as string) as { sqltext: Json }).sqltext;
const judged = async (
  lines: readonly string[],
  place: string | null = 'log',
  texts = false,
): Promise<readonly unknown[]> => {
  const report = await verified(lines, { keys: log.keys, texts }, place);
  return [report.verdict, told(report)];
};
const bare = (lines: readonly string[]): string[] =>
  lines.map((line) => (line.startsWith('{"sqltext"') ? sorted((JSON.parse(line) as { sqltext: Json }).sqltext) : line));

describe('the text of a statement', () => {
  it('is what its event names, in a log, in any order, bare and more than once', async () => {
    expect(await judged(log.lines, 'log', true)).toEqual(['ok', []]);
    for (const lines of [log.lines.toReversed(), bare(log.lines), [...log.lines, ...bare(log.lines)]])
      expect(await judged(lines, null, true)).toEqual(['ok', []]);
  });

  it.each<[string, readonly string[], readonly string[], readonly string[]]>([
    [
      'changed',
      changed(6, (text) => {
        text['text'] = 'SELECT 3';
      }),
      ['text@6'],
      ['text@6'],
    ],
    [
      'of which a part was changed',
      changed(3, (text) => {
        text['text'] = 'OTHER';
      }),
      ['text@2'],
      ['text@2'],
    ],
    [
      'with another salt',
      changed(6, (text) => {
        text['salt'] = 'A'.repeat(43);
      }),
      ['text@6'],
      ['text@6'],
    ],
    [
      'of another time',
      changed(6, (text) => {
        text['at'] = 1;
      }),
      ['text@6'],
      ['text@6'],
    ],
    [
      'of another session',
      changed(6, (text) => {
        text['session'] = 's-2';
      }),
      ['text@6'],
      ['text@6'],
    ],
    [
      'of another statement',
      changed(6, (text) => {
        text['statement'] = 't-9';
      }),
      ['text@6'],
      ['text@6'],
    ],
    [
      'in more parts',
      changed(6, (text) => {
        text['of'] = 2;
      }),
      ['text@6'],
      ['text@6'],
    ],
    [
      'in a role that its event does not name',
      changed(6, (text) => Object.assign(text, { role: 'asked', id: `${String(text['event'])}.asked.1` })),
      ['text@6'],
      ['text@6'],
    ],
    [
      'of two events exchanged',
      log.lines
        .with(5, sorted({ sqltext: { ...textOf(6), text: textOf(4)['text'] } }))
        .with(3, sorted({ sqltext: { ...textOf(4), text: textOf(6)['text'] } })),
      ['text@4', 'text@6'],
      ['text@4', 'text@6'],
    ],
    [
      'that stands before another event',
      log.lines.toSpliced(5, 1).toSpliced(0, 0, log.lines[5] as string),
      ['foreign@1'],
      [],
    ],
    [
      'that stands behind its event',
      log.lines.toSpliced(5, 1).toSpliced(6, 0, log.lines[5] as string),
      ['foreign@7'],
      [],
    ],
    ['that stands there twice', log.lines.toSpliced(5, 0, log.lines[5] as string), ['copied@7'], []],
    [
      'of an event that names none',
      log.lines.toSpliced(7, 0, sorted({ sqltext: { ...textOf(6), event: idOf(8), id: `${idOf(8)}.run.1` } })),
      ['text@8'],
      ['text@8'],
    ],
    [
      'of an event before, that names none',
      [...log.lines, sorted({ sqltext: { ...textOf(6), event: idOf(1), id: `${idOf(1)}.run.1` } })],
      ['text@10', 'foreign@10'],
      ['text@10'],
    ],
    [
      'of the first version',
      log.lines.with(5, sorted({ sqltext: { v: 1, id: `${idOf(7)}.1`, at: 1, part: 1, of: 1, text: 'SELECT 3' } })),
      ['text@7'],
      ['text@7'],
    ],
  ])('%s is told', async (_what, lines, inLog, elsewhere) => {
    expect(await judged(lines)).toEqual(['tampered', inLog]);
    expect(await judged(lines, null)).toEqual([elsewhere.length === 0 ? 'ok' : 'tampered', elsewhere]);
  });

  it('of which another is there under the same id is told where that came second', async () => {
    const [{ sqltext: other }] = [{ sqltext: { ...textOf(6), text: 'SELECT 3' } }];
    expect(await judged([...log.lines, sorted(other)], null)).toEqual(['tampered', ['text@10']]);
    expect(await judged([sorted(other), ...log.lines], null)).toEqual(['tampered', ['text@1', 'text@7']]);
  });

  it('may be erased, and is missed only where it is asked for', async () => {
    for (const lines of [
      log.lines.toSpliced(5, 1),
      log.lines.toSpliced(2, 1),
      log.lines.filter((line) => !line.startsWith('{"sqltext"')),
    ]) {
      for (const place of ['log', null]) {
        expect(await judged(lines, place)).toEqual(['ok', []]);
        expect((await judged(lines, place, true))[0]).toBe('incomplete');
      }
    }
  });

  it('whose event a crash took is no tampering', async () => {
    const cut = log.lines.slice(0, 4);
    expect((await judged(cut))[1]).toEqual(['unsealed@1']);
    expect((await judged(cut, 'log', true))[1]).toEqual(expect.arrayContaining(['text@2', 'text@3', 'text@4']));
  });

  it('of version 1 is named by nothing, and is not told', async () => {
    const old = written(1);
    const early = { v: 1, id: 'x.1', at: 1, part: 1, of: 1, text: 'SELECT 3' };
    const lines = [
      ...old.lines.filter((line) => !line.startsWith('{"sqltext"')).map((line) => line.replace('"texts":', '"data2":')),
      sorted({ sqltext: early }),
    ];
    expect(
      (
        await verified(
          lines.filter((line) => !line.includes('data2')),
          { keys: old.keys },
        )
      ).texts,
    ).toBe(1);
  });
});

function idOf(line: number): string {
  return (JSON.parse(log.lines[line - 1] as string) as { metadata: { uid: string } }).metadata.uid;
}

const event = (text: string, askedText?: string): AuditEvent => ({
  id: 'e-1',
  code: 'statement.authorized',
  at: 7,
  instance: 'i',
  session: 's',
  statement: 't',
  data: { recorded: 'full' },
  text,
  ...(askedText === undefined ? {} : { askedText }),
});

const linesOf = (...given: Parameters<typeof event>): { readonly texts: readonly Json[]; readonly named: Json } => {
  const format = ocsf({ authority: 'gate-1' });
  const { lines } = format.write(event(...given), format.begin());
  for (const line of lines) expect(format.read(line)).toBeDefined();
  return {
    texts: lines.slice(0, -1).map((line) => (JSON.parse(line) as { sqltext: Json }).sqltext),
    named: (JSON.parse(lines.at(-1) as string) as { unmapped: { sallyport: { texts: Json } } }).unmapped.sallyport
      .texts,
  };
};

describe('as the gateway writes it', () => {
  it('no part is cut inside a character, and all make the whole', () => {
    for (const text of [
      '',
      'SELECT 1',
      'a'.repeat(32_767) + '𝄞'.repeat(40_000),
      '𝄞'.repeat(16_384),
      'a'.repeat(32_768),
    ]) {
      const { texts, named } = linesOf(text);
      expect(texts.map((each) => each['text']).join('')).toBe(text);
      for (const each of texts)
        expect([/\p{Surrogate}/u.test(each['text'] as string), (each['text'] as string).length <= 32_768]).toEqual([
          false,
          true,
        ]);
      expect(named).toEqual({ run: { parts: texts.length, sha256: sha256(`${String(texts[0]?.['salt'])}${text}`) } });
    }
  });

  it('each text has a salt of its own, which its event does not tell', () => {
    const { texts, named } = linesOf('SELECT 1', 'SELECT 1');
    expect(
      texts.map(({ v, id, event: of, role, at, session, statement }) => [v, id, of, role, at, session, statement]),
    ).toEqual([
      [2, 'e-1.run.1', 'e-1', 'run', 7, 's', 't'],
      [2, 'e-1.asked.1', 'e-1', 'asked', 7, 's', 't'],
    ]);
    const salts = texts.map(({ salt }) => salt as string);
    expect(new Set(salts).size).toBe(2);
    expect(Object.keys(named)).toEqual(['asked', 'run']);
    expect(salts.some((salt) => JSON.stringify(named).includes(salt))).toBe(false);
  });

  it('a lone surrogate is U+FFFD before anything is made of it', () => {
    const { texts, named } = linesOf('a\ud800b');
    expect(texts[0]?.['text']).toBe('a\ufffdb');
    expect(named).toMatchObject({ run: { sha256: sha256(`${String(texts[0]?.['salt'])}a\ufffdb`) } });
  });
});
