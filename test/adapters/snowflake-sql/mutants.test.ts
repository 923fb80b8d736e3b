import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatCanonical } from '../../../src/adapters/snowflake-sql/lex/canonical.js';
import { tokenize } from '../../../src/adapters/snowflake-sql/lex/lexer.js';
import { isSign, isWord, type SqlToken } from '../../../src/adapters/snowflake-sql/lex/token.js';
import type { SchemaRef } from '../../../src/core/index.js';
import { corpus, judge } from './test-analyzer.js';

/** 20,000 and more in CI; a part of it, by a printed seed, on a developer's machine. */
const share = process.env['CI'] === 'true' ? 1 : 0.06;
const seed = Number(process.env['SEED'] ?? Date.now() % 1_000_000);

interface Case {
  readonly sql: string;
  readonly scope?: SchemaRef;
  readonly expect?: string;
  readonly kind?: string;
}

const scopeOf = ({ scope = { database: 'DB', schema: 'S' } }: Case): SchemaRef => scope;
const files = [
  'test/adapters/snowflake-sql/corpus/benign.jsonl',
  'test/adapters/snowflake-sql/corpus/forms.jsonl',
  '../shared/data/adversarial-sample.jsonl',
  '../shared/data/snowflake-sqlfluff.jsonl',
];
const cases = files
  .flatMap((file) => (corpus(file) ?? []) as readonly Case[])
  .filter(({ expect: wanted, kind }) => (wanted === undefined ? kind === 'read' : wanted !== 'deny'));
const cut = cases.flatMap((each): [Case, readonly SqlToken[]][] => {
  try {
    return [[each, tokenize(each.sql)]];
  } catch {
    return [];
  }
});

const source = fc.constantFrom(...cut);
const place = fc.double({ min: 0, max: 1, noNaN: true });
const at = (fraction: number, tokens: readonly SqlToken[]): number =>
  Math.min(tokens.length - 1, Math.floor(fraction * tokens.length));
const raw = (text: string): SqlToken => ({ kind: 'word', text, upper: text, spaced: true });

/**
 * Ways to read, write or call something outside; each stands for a table, a value, a condition or a clause, and none
 * can be a column.
 */
const hidden = fc.constantFrom(
  '(select max(zz) from hr.pay.hidden)',
  '(select 1 from "HR".pay."HIDDEN" limit 1)',
  ', hr.pay.hidden cross join t',
  'join hr.pay.hidden on true',
  'cross join hr.pay.hidden h',
  'from hr.pay.hidden cross join t',
  'union all select * from hr.pay.hidden',
  'in (select zz from hr.pay.hidden)',
  'and exists (select 1 from hr.pay.hidden)',
  '(with h as (select * from hr.pay.hidden) select max(zz) from h)',
  'as (select * from hr.pay.hidden)',
  'hr.pay.hidden(1)',
  '(select hr.pay.hidden(1))',
  'table(hr.pay.hidden(1))',
  'table(hr.pay.hidden)',
  "join identifier('hr.pay.hidden')",
  'into hr.pay.hidden',
  'using hr.pay.hidden',
  'left join lateral (select * from hr.pay.hidden) h',
  '"HIDDEN"(1)',
  'hidden(1)',
  'hr.pay.hidden.nextval',
  '@hr.pay.hidden',
  'clone hr.pay.hidden',
  'references hr.pay.hidden (a)',
  ', lateral (select * from hr.pay.hidden) h',
  '(values ((select 1 from hr.pay.hidden)))',
);

describe(`what hides in a statement that is allowed (SEED=${seed}, ${cut.length} statements)`, () => {
  it('behind a literal', async () => {
    const literals = cut.flatMap(([each, tokens]) =>
      tokens.flatMap((token, index) =>
        token.kind === 'number' || token.kind === 'string' ? [[each, tokens, index] as const] : [],
      ),
    );
    let judged = 0;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...literals), async ([each, tokens, index]) => {
        const mutant = formatCanonical(
          tokens.map((token, place_) => (place_ === index ? raw('(select max(zz) from hr.pay.hidden)') : token)),
        );
        const { decision, reason } = await judge(mutant, scopeOf(each));
        expect(decision, mutant).toBe('deny');
        if (reason === 'scope.object') judged += 1;
      }),
      { numRuns: Math.round(8_000 * share), seed },
    );
    // What is refused proves little: most must be found, and found outside.
    expect(judged).toBeGreaterThan(2_500 * share);
  }, 300_000);

  it('anywhere between two tokens', async () => {
    await fc.assert(
      fc.asyncProperty(source, place, hidden, async ([each, tokens], fraction, text) => {
        const index = at(fraction, tokens) + 1;
        const mutant = formatCanonical(
          [...tokens.slice(0, index), raw(text), ...tokens.slice(index)].map((token) => ({ ...token, spaced: true })),
        );
        const { decision } = await judge(mutant, scopeOf(each));
        expect(decision, mutant).toBe('deny');
      }),
      { numRuns: Math.round(12_000 * share), seed },
    );
  }, 300_000);

  it('in place of a table', async () => {
    const tables = cut.flatMap(([each, tokens]) =>
      tokens.flatMap((token, index) =>
        isWord(tokens[index - 1], 'FROM', 'JOIN') &&
        (token.kind === 'word' || token.kind === 'quoted') &&
        !isSign(tokens[index + 1], '.') &&
        !isWord(token, 'TABLE', 'LATERAL', 'VALUES', 'IDENTIFIER') &&
        !isSign(tokens[index + 1], '(') &&
        !tokens.slice(0, index).some((before) => isWord(before, 'EXTRACT', 'TRIM', 'DISTINCT', 'OVERLAY'))
          ? [[each, tokens, index] as const]
          : [],
      ),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...tables), async ([each, tokens, index]) => {
        const mutant = formatCanonical(
          tokens.map((token, place_) => (place_ === index ? raw('hr.pay.hidden') : token)),
        );
        expect((await judge(mutant, scopeOf(each))).decision, mutant).toBe('deny');
      }),
      { numRuns: Math.round(2_000 * share), seed },
    );
  }, 300_000);

  it('behind a second statement, wherever its semicolon stands', async () => {
    const second = fc.constantFrom(
      '; drop table t',
      '; select 1',
      ';;',
      '->> drop table t',
      '->> delete from t',
      '; commit',
    );
    await fc.assert(
      fc.asyncProperty(source, place, second, async ([each, tokens], fraction, text) => {
        const index = at(fraction, tokens) + 1;
        const mutant = formatCanonical(
          [...tokens.slice(0, index), raw(text), ...tokens.slice(index)].map((token) => ({ ...token, spaced: true })),
        );
        expect((await judge(mutant, scopeOf(each))).decision, mutant).toBe('deny');
      }),
      { numRuns: Math.round(2_000 * share), seed },
    );
  }, 300_000);
});
