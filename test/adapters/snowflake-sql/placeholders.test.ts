import { init, parse } from '@guanmingchiu/sqlparser-ts';
import { describe, expect, it } from 'vitest';
import { classifyStatement } from '../../../src/adapters/snowflake-sql/checks/statement-kind.js';
import { tokenize } from '../../../src/adapters/snowflake-sql/lex/lexer.js';
import { listPlaceholders } from '../../../src/adapters/snowflake-sql/lex/placeholders.js';
import type { SqlToken } from '../../../src/adapters/snowflake-sql/lex/token.js';
import { corpus } from './test-analyzer.js';

await init();
const files = [
  '../shared/data/snowflake-sqlfluff.jsonl',
  ...['attacks', 'benign', 'forms'].map((name) => `test/adapters/snowflake-sql/corpus/${name}.jsonl`),
];
const texts = files.flatMap((file) => (corpus(file) ?? []) as { readonly sql: string }[]).map(({ sql }) => sql);

/** The placeholders in a parser's tree. */
function inTree(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === 'Placeholder' && /^[?:]/.test(String(child)) ? [String(child)] : inTree(child),
  );
}

function cut(sql: string): readonly SqlToken[] {
  try {
    const tokens = tokenize(sql);
    return classifyStatement(tokens).refusalReason === undefined && !/^(?:SHOW|ALTER)$/.test(tokens[0]?.upper ?? '')
      ? tokens
      : [];
  } catch {
    return [];
  }
}

function parsed(sql: string): unknown {
  try {
    return parse(sql, 'snowflake');
  } catch {
    return undefined;
  }
}

/** Every second literal becomes a place for a bind. */
function bound(tokens: readonly SqlToken[], form: string): string {
  let count = 0;
  return tokens
    .map(
      (token) =>
        `${token.spaced ? ' ' : ''}${['string', 'number'].includes(token.kind) && (count += 1) % 2 === 0 ? form : token.text}`,
    )
    .join('');
}

describe('places for binds', () => {
  it.each(['', '?', ':1', ':name'])(
    'are those that a parser finds, in every statement of the corpora with literals as %j',
    (form) => {
      const differ: string[] = [];
      let found = 0;
      for (const text of texts) {
        const before = cut(text);
        const sql = form === '' ? text : bound(before, form);
        const [tokens, tree] = [cut(sql), parsed(sql)];
        if (tokens.length === 0 || tree === undefined) continue;
        const [ours, theirs] = [listPlaceholders(tokens).map((each) => each.text), inTree(tree)];
        found += theirs.length;
        if (ours.toSorted().join() !== theirs.toSorted().join())
          differ.push(`${ours.join()} | ${theirs.join()} | ${sql}`);
      }
      expect(differ).toEqual([]);
      expect(found).toBeGreaterThan(form === '' ? 10 : 1_400);
    },
  );

  it('each says where it stands', () => {
    const tokens = tokenize('select ?, a:b, :2 from t');
    expect(listPlaceholders(tokens)).toEqual([
      { at: 1, length: 1, text: '?' },
      { at: 7, length: 2, text: ':2' },
    ]);
  });
});
