import { assert, constantFrom, oneof, property, string } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findSuspiciousWords } from '../../page/text/suspicious-words.js';
import { findInTexts, splitText } from '../../page/text/text-segments.js';
import { findAsciiLookalike } from '../../page/text/confusables.js';
import { findLineStarts, tokenizeSql } from '../../page/text/sql-tokens.js';
import { splitVisible } from '../../page/text/visible-text.js';

/** What a reader sees of a text. */
const seen = (text: string): string =>
  splitVisible(text)
    .map(({ source, code }) => (code === undefined ? source : `⟨${code}⟩`))
    .join('');

/** Texts with the worst that Unicode has in them. */
const nasty = string({
  unit: oneof(
    constantFrom(
      ...Array.from('\u202e\u2066\u200b\ufeff\u00ad\u3164\u0301\u0338\u20dd\u00a0\u2028\t\r\n\0\ud800 \'"$-/*();аΑo'),
    ),
    string({ unit: 'binary', minLength: 1, maxLength: 1 }),
  ),
  maxLength: 60,
});

describe('nothing in a text can hide', () => {
  it.each([
    ['a right-to-left override', 'a\u202eb', 'a⟨U+202E⟩b'],
    ['an isolate', '\u2066x\u2069', '⟨U+2066⟩x⟨U+2069⟩'],
    ['a zero width space', 'pay\u200broll', 'pay⟨U+200B⟩roll'],
    ['a soft hyphen', 'a\u00adb', 'a⟨U+00AD⟩b'],
    ['a blank that is a letter', '\u3164', '⟨U+3164⟩'],
    ['a no-break space', 'a\u00a0b', 'a⟨U+00A0⟩b'],
    ['a tab', 'a\tb', 'a⟨U+0009⟩b'],
    ['a null', '\0', '⟨U+0000⟩'],
    ['a tag character', '\u{e0041}', '⟨U+E0041⟩'],
    ['a variation selector', 'x\ufe0f', 'x⟨U+FE0F⟩'],
    ['half of a pair', 'a\ud83d', 'a⟨U+D83D⟩'],
    ['a private character', '\ue000', '⟨U+E000⟩'],
    ['a stroke through a letter', 'a\u0338', 'a⟨U+0338⟩'],
    ['a mark without a letter', ' \u0301', ' ⟨U+0301⟩'],
    ['marks on marks', 'a\u0301\u0301\u0301\u0301', 'a\u0301\u0301⟨U+0301⟩⟨U+0301⟩'],
    ['blanks that push the rest away', `a${' '.repeat(500)}b`, 'a⟨500 blanks⟩b'],
    ['line ends that do', `a${'\n'.repeat(90)}b`, 'a⟨90 ends of line⟩b'],
    ['an ordinary line end', 'a\nb', 'a⟨⏎⟩b'],
    ['a line separator', 'a\u2028b', 'a⟨U+2028⟩b'],
    ['nothing odd', 'Größe 注文 заказ 😀 é', 'Größe 注文 заказ 😀 é'],
  ])('%s', (_what, text, shown) => expect(seen(text)).toBe(shown));

  it('whatever it is: what is shown as it stands has nothing unseen in it, and nothing is left out', () => {
    assert(
      property(nasty, (text) => {
        const stretches = splitVisible(text);
        expect(stretches.map(({ source }) => source).join('')).toBe(text);
        for (const { source, code } of stretches)
          if (code === undefined)
            expect(source).not.toMatch(/[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]| {9}/u);
        expect(
          splitText(text)
            .map(({ source }) => source)
            .join(''),
        ).toBe(text);
      }),
      { numRuns: 1_000 },
    );
  });

  it('counts what it found, in several texts together', () => {
    const { hidden, suspiciousWords: doubts } = findInTexts(['a\u202eb\u202e', 'c\u200b', 'a\nb', 'ОRDERS', 'ОRDERS']);
    expect([...hidden]).toEqual([
      ['U+202E right-to-left override', 2],
      ['U+200B zero width space', 1],
    ]);
    expect(doubts.map(({ word }) => word)).toEqual(['ОRDERS']);
  });
});

describe('words that may be taken for others', () => {
  it.each([
    ['ОRDERS', 'ORDERS', ['Cyrillic', 'Latin'], ['U+041E']],
    ['раураl', 'paypal', ['Cyrillic', 'Latin'], ['U+0440', 'U+0430', 'U+0443']],
    ['ѕсоре', 'scope', ['Cyrillic'], ['U+0455', 'U+0441', 'U+043E', 'U+0440', 'U+0435']],
    ['ΟΡΕΝ', 'OPEN', ['Greek'], ['U+039F', 'U+03A1', 'U+0395', 'U+039D']],
    ['ＰＡＹＲＯＬＬ', 'PAYROLL', ['Latin'], ['U+FF30', 'U+FF21', 'U+FF39', 'U+FF32', 'U+FF2F', 'U+FF2C']],
    ['admın', 'admin', ['Latin'], ['U+0131']],
    ['𝐎𝐏𝐒', 'OPS', [], ['U+1D40E', 'U+1D40F', 'U+1D412']],
  ])('%s', (word, looksLike, scripts, codes) =>
    expect(findSuspiciousWords(`a "${word}" b`)).toEqual([{ word, index: 3, looksLike, scripts, codes }]),
  );

  it('of several scripts, though they look like none', () => {
    expect(findSuspiciousWords('Größeж')).toMatchObject([{ word: 'Größeж', scripts: ['Latin', 'Cyrillic'] }]);
    expect(findAsciiLookalike('Größeж')).toBeUndefined();
  });

  it.each([
    'ORDERS',
    'order_id$1',
    'Größe',
    'заказы',
    'Τιμή',
    '注文テーブル',
    '注文ID',
    '주문',
    'naïve',
    'שלום',
    'cafe\u0301',
    '42',
  ])('%s is what it is', (word) => expect(findSuspiciousWords(word)).toEqual([]));
});

describe('SQL for the eye', () => {
  it('is cut as Snowflake cuts it', () => {
    const kinds = tokenizeSql(`SELECT "a b", 'it''s \\' x', 1.5e3 FROM t -- c\n/* d */ $$ ' $$`)
      .filter(({ text }) => text.trim() !== '')
      .map(({ kind, text }) => [kind, text]);
    expect(kinds).toEqual([
      ['keyword', 'SELECT'],
      ['quoted', '"a b"'],
      ['sign', ','],
      ['string', "'it''s \\' x'"],
      ['sign', ','],
      ['number', '1.5e3'],
      ['keyword', 'FROM'],
      ['word', 't'],
      ['comment', '-- c'],
      ['comment', '/* d */'],
      ['string', "$$ ' $$"],
    ]);
  });

  it('is all there, whatever it is', () => {
    assert(
      property(
        nasty,
        (text) =>
          tokenizeSql(text)
            .map((piece) => piece.text)
            .join('') === text,
      ),
      { numRuns: 1_000 },
    );
  });

  it.each([
    "'".repeat(60_001),
    '('.repeat(60_000),
    `/*${'*'.repeat(60_000)}`,
    `'${'\\'.repeat(60_001)}`,
    `$$${'$'.repeat(60_001)}`,
    '"'.repeat(60_001),
    'a'.repeat(60_000),
    '.'.repeat(60_000),
  ])('takes a long text in its stride (%#)', (text) => {
    expect(
      tokenizeSql(text)
        .map((piece) => piece.text)
        .join(''),
    ).toBe(text);
  });

  it('begins a line where a part of it begins, and nowhere inside brackets', () => {
    const pieces = tokenizeSql('DELETE FROM t USING (SELECT 1 FROM u WHERE x) AS s LEFT JOIN v WHERE t.a = s.a AND b');
    expect([...findLineStarts(pieces)].map((index) => pieces[index]?.text)).toEqual(['USING', 'LEFT', 'WHERE']);
  });
});
