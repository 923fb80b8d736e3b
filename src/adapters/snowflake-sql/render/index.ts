import type { Rendering } from '../../../core/index.js';
import { canonicalOf, digestOf } from '../canonical.js';
import { nameAt } from '../names.js';
import { isSign, isWord, type Token } from '../token.js';
import { checkNames, others, translated, unspeakable } from './dialects.js';
import { edited, type Edit, type Edits } from './naming.js';

/** The dialects that a statement can be rendered for, besides `portable`. */
export const dialects: readonly string[] = ['snowflake', 'duckdb'];

/**
 * The statement as an engine of this dialect is to be given it. `edits` write each name in full; where they are undefined the text could not be
 * taken apart with certainty: Snowflake, whose rules the analysis follows, then gets it as it is, and any other engine does not get it.
 */
export function render(tokens: readonly Token[], edits: Edits | undefined, dialect: string): Rendering {
  const text = canonicalOf(dialect === 'snowflake' ? edited(tokens, edits ?? new Map<Token, Edit>()) : foreign(tokens, edits, dialect));
  return { text, digest: digestOf(text) };
}

function foreign(tokens: readonly Token[], edits: Edits | undefined, dialect: string): readonly Token[] {
  const rules = Object.hasOwn(others, dialect) ? others[dialect] : undefined;
  if (rules === undefined || edits === undefined) throw unspeakable('names that cannot be placed with certainty');
  checkNames(tokens);
  const named = isWord(tokens[0], 'SHOW', 'DESCRIBE', 'DESC') ? described(edited(tokens, edits)) : edited(tokens, edits);
  return translated(isWord(named[0], 'ALTER') ? renamed(named) : named, rules);
}

/** `DESCRIBE VIEW` is `DESCRIBE TABLE` elsewhere; SHOW shows other things there. */
function described(tokens: readonly Token[]): readonly Token[] {
  if (isWord(tokens[0], 'SHOW')) throw unspeakable('SHOW: use DESCRIBE TABLE, or the catalogue of the session');
  return tokens.map((token, at) => (at === 1 ? { ...token, text: 'TABLE', upper: 'TABLE' } : at === 0 ? { ...token, text: 'DESCRIBE', upper: 'DESCRIBE' } : token));
}

/** Elsewhere a new name has one part: it stays in the schema of the old one. */
function renamed(tokens: readonly Token[]): readonly Token[] {
  const to = tokens.findIndex((token, at) => isWord(token, 'TO') && isWord(tokens[at - 1], 'RENAME') && isSign(tokens[at + 2], '.'));
  if (to < 0) return tokens;
  const old = nameAt(tokens, tokens.findIndex((token) => token.kind === 'quoted')).name;
  const { name, end } = nameAt(tokens, to + 1);
  if (name.length !== 3 || old.length !== 3 || name[0]?.text !== old[0]?.text || name[1]?.text !== old[1]?.text) throw unspeakable('a new name in another schema');
  return [...tokens.slice(0, to + 1), { ...(tokens[end - 1] as Token), spaced: true }, ...tokens.slice(end)];
}
