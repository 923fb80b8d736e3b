import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { formatCanonical, hashCanonical, formatRedacted } from '../../../src/adapters/snowflake-sql/lex/canonical.js';
import { tokenize } from '../../../src/adapters/snowflake-sql/lex/lexer.js';
import { RefusedError } from '../../../src/adapters/snowflake-sql/checks/refusal.js';
import { isSign, type SqlToken } from '../../../src/adapters/snowflake-sql/lex/token.js';
import { judge } from './test-analyzer.js';

const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);
const numRuns = process.env['CI'] === 'true' ? 5_000 : 1_000;

/** Pieces that begin, end or look like strings, names and comments, in any order. */
const pieces = fc
  .array(
    fc.constantFrom(
      ...`' '' \\ \\' " "" $$ $ -- // /* */ ; ;\n \n \r \r\n . .. , ( ) [ ] : :: := => -> ->> | || @ @s/p # & ? { } {{ - / * = e x r 1 1.5 1e a b$ _c from select 'a;b' "a;b" $$;$$ --;\n /*;*/`.split(
        ' ',
      ),
      ' ',
      '\u00a0',
      '\u2028',
      'ä',
    ),
    { maxLength: 40 },
  )
  .map((list) => list.join(''));

function cut(text: string): readonly SqlToken[] | undefined {
  try {
    return tokenize(text);
  } catch (error) {
    expect(error).toBeInstanceOf(RefusedError);
    return undefined;
  }
}

/** The same in one expression: literals as they are, comments and blanks gone. */
function withoutBlanks(text: string): string {
  const literal = /('(?:[^'\\]|\\[^]|'')*'|"[^"]*"|\$\$[^]*?\$\$)|--[^\n]*|\/\/[^\n]*|\/\*[^]*?\*\/|\s+/g;
  return text.replaceAll(literal, (_all, kept?: string) => kept ?? '');
}

/** Milliseconds; told only beside what something else took here. */
async function took(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** The best of several: a pause of the machine is not the lexer's, and what is quadratic is so each time. */
const best = async (text: string): Promise<number> =>
  Math.min(await took(() => cut(text)), await took(() => cut(text)), await took(() => cut(text)));

describe(`the lexer (SEED=${seed})`, () => {
  it('throws nothing but Refused, whatever the text', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          pieces,
          fc.string({ unit: 'binary', maxLength: 200 }),
          fc.string({ unit: 'grapheme', maxLength: 200 }),
        ),
        (text) => void cut(text),
      ),
      { numRuns, seed },
    );
  });

  it('keeps every character but those of blanks and comments, in order', () => {
    fc.assert(
      fc.property(pieces, (text) => {
        const tokens = cut(text);
        if (tokens !== undefined) expect(tokens.map((token) => token.text).join('')).toBe(withoutBlanks(text));
      }),
      { numRuns, seed },
    );
  });

  it('reads its canonical text as the same tokens: no comment, string or statement appears or goes', () => {
    fc.assert(
      fc.property(pieces, (text) => {
        const tokens = cut(text);
        if (tokens === undefined) return;
        const canonical = formatCanonical(tokens);
        const again = tokenize(canonical);
        expect(again.map(({ kind, text: written }) => [kind, written])).toEqual(
          tokens.map(({ kind, text: written }) => [kind, written]),
        );
        expect(formatCanonical(again)).toBe(canonical);
      }),
      { numRuns, seed },
    );
  });

  it('counts the statements it was built from', () => {
    const statement = fc.constantFrom(
      "select ';'",
      'select ";"',
      'select $$;$$',
      'select 1 -- ;',
      'select /* ; */ 1',
      "select 'a\\';'",
      "select 'a'';'",
      'select a:b::int',
      'select 1 // ;',
      "select $$'$$",
    );
    fc.assert(
      fc.property(fc.array(statement, { minLength: 1, maxLength: 8 }), (list) => {
        expect(tokenize(list.join('\n;')).filter((token) => isSign(token, ';'))).toHaveLength(list.length - 1);
      }),
      { numRuns: 300, seed },
    );
  });

  it('takes time in proportion to the length', async () => {
    const plain = await best('a '.repeat(30_000));
    for (const piece of [
      "'",
      '"',
      '$$',
      '/*',
      '--',
      '(',
      '\\',
      "''",
      '/* ',
      '-- a\n',
      '@',
      '$',
      '.',
      '1',
      '1e',
      'a',
      '->',
      '{',
      '"a".',
      "'a',",
    ]) {
      // Plain words of that length take about as long, on whatever machine; what is quadratic takes ten thousand times
      // as long.
      expect(await best(piece.repeat(Math.floor(60_000 / piece.length)))).toBeLessThan(plain * 60);
    }
  });
});

describe('the canonical text', () => {
  it.each([
    ['select 1 -/**/- 1', 'select 1 - - 1'],
    ['select "a"/**/"b"', 'select "a" "b"'],
    ['select a -/**/>> b', 'select a - >> b'],
    ['select/**/1;', 'select 1;'],
    ['  select\n\t1  ', 'select 1'],
    ['select a--x\n,b', 'select a ,b'],
    ["select x'41'", "select x'41'"],
    ["select '/* no */'", "select '/* no */'"],
  ])('%j is %j', (text, canonical) => {
    expect(formatCanonical(tokenize(text))).toBe(canonical);
  });

  it.each([
    ['select a from t where a = :1 and b in (:2, 2)', 'select a from t where a = :1 and b in (:2, ?)'],
    ['select :10, :name, ?', 'select :10, :name, ?'],
    ["select {'k': 5}, x[1:2], {a: 7}", 'select {?: ?}, x[?:?], {a: ?}'],
    ['select :01, :123456', 'select :?, :?'],
  ])('shows the number of a bind, and no other: %s', (sql, redacted) => {
    expect(formatRedacted(tokenize(sql))).toBe(redacted);
  });

  it('differs where a literal does, and the redacted one does not', () => {
    const [one, other] = [tokenize("select 'a', 1, X'41' from t"), tokenize("select 'b''c', 2.5e3, X'4242' from t")];
    expect(hashCanonical(formatCanonical(one))).not.toBe(hashCanonical(formatCanonical(other)));
    expect([formatRedacted(one), formatRedacted(other)]).toEqual(
      Array.from({ length: 2 }, () => 'select ?, ?, ? from t'),
    );
  });
});

describe('bombs', () => {
  const many = 1_500;
  const bombs: Readonly<Record<string, string>> = {
    brackets: `select ${'('.repeat(many)}1${')'.repeat(many)}`,
    'square brackets': `select ${'['.repeat(many)}1${']'.repeat(many)}`,
    braces: `select ${"{'a':".repeat(many)}1${'}'.repeat(many)}`,
    cases: `select ${'case when a then '.repeat(many)}1${' end'.repeat(many)}`,
    casts: `select a${'::int'.repeat(many)}`,
    paths: `select a${':b'.repeat(many)}`,
    dots: `select a${'.b'.repeat(many)}`,
    subscripts: `select a${'[0]'.repeat(many)}`,
    signs: `select ${'- '.repeat(many)}1`,
    nots: `select ${'not '.repeat(many)}a`,
    sums: `select 1${'+1'.repeat(many)}`,
    ands: `select 1 where a${' and a'.repeat(many)}`,
    unions: `select 1${' union select 1'.repeat(many)}`,
    joins: `select 1 from a${' join a'.repeat(many)}`,
    subqueries: `select * from ${'(select * from '.repeat(many)}a${')'.repeat(many)}`,
    ctes: `with ${Array.from({ length: many }, (_, index) => `a${index} as (select 1)`).join(',')} select 1`,
    lambdas: `select f(${'x -> '.repeat(many)}1)`,
    likes: `select a${" like 'b'".repeat(many)}`,
    calls: `select ${'abs('.repeat(many)}1${')'.repeat(many)}`,
    betweens: `select a${' between 1 and 2'.repeat(many)}`,
    whens: `merge into a using b on c${' when matched then delete'.repeat(many)}`,
    intervals: `select a${" + interval '1 day'".repeat(many)}`,
    collates: `select a${" collate 'x'".repeat(many)}`,
    'is null': `select a${' is null'.repeat(many)}`,
  };

  let plain = 0;
  beforeAll(async () => {
    plain = await took(() => judge(`select a${', a'.repeat(many)} from t`));
  });

  it.each(Object.entries(bombs))(
    '%s are refused or read, about as soon as as many plain columns',
    async (_name, sql) => {
      let verdict: Awaited<ReturnType<typeof judge>> | undefined;
      const ms = await took(async () => {
        verdict = await judge(sql);
      });
      expect([verdict?.decision, verdict?.reason]).not.toEqual(['deny', 'sql.too_slow']);
      expect(ms).toBeLessThan(plain * 5);
    },
  );
});
