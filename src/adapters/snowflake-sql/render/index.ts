import type { Rendering } from '../../../core/index.js';
import { formatCanonical, hashCanonical } from '../lex/canonical.js';
import { readName } from '../names/resolve-name.js';
import { isSign, isWord, type SqlToken } from '../lex/token.js';
import { checkReservedNames, dialectRules, translateTokens, createDialectRefusal } from './dialects.js';
import { applyEdits, type NameEdit, type NameEdits } from './name-edits.js';

/** The dialects that a statement can be rendered for, besides `portable`. */
export const dialects: readonly string[] = ['snowflake', 'duckdb'];

/**
 * The statement as an engine of this dialect is to be given it. `edits` write each name in full; where they are
 * undefined the text could not be
 * taken apart with certainty: Snowflake, whose rules the analysis follows, then gets it as it is, and any other engine
 * does not get it.
 */
export function render(tokens: readonly SqlToken[], edits: NameEdits | undefined, dialect: string): Rendering {
  const text = formatCanonical(
    dialect === 'snowflake'
      ? applyEdits(tokens, edits ?? new Map<SqlToken, NameEdit>())
      : renderForeign(tokens, edits, dialect),
  );
  return { text, digest: hashCanonical(text) };
}

function renderForeign(
  tokens: readonly SqlToken[],
  edits: NameEdits | undefined,
  dialect: string,
): readonly SqlToken[] {
  const rules = Object.hasOwn(dialectRules, dialect) ? dialectRules[dialect] : undefined;
  if (rules === undefined || edits === undefined)
    throw createDialectRefusal('names that cannot be placed with certainty');
  checkReservedNames(tokens);
  const named = isWord(tokens[0], 'SHOW', 'DESCRIBE', 'DESC')
    ? translateDescribe(applyEdits(tokens, edits))
    : applyEdits(tokens, edits);
  return translateTokens(isWord(named[0], 'ALTER') ? shortenRename(named) : named, rules);
}

/** `DESCRIBE VIEW` is `DESCRIBE TABLE` elsewhere; SHOW shows other things there. */
function translateDescribe(tokens: readonly SqlToken[]): readonly SqlToken[] {
  if (isWord(tokens[0], 'SHOW'))
    throw createDialectRefusal('SHOW: use DESCRIBE TABLE, or the catalogue of the session');
  return tokens.map((token, at) =>
    at === 1
      ? { ...token, text: 'TABLE', upper: 'TABLE' }
      : at === 0
        ? { ...token, text: 'DESCRIBE', upper: 'DESCRIBE' }
        : token,
  );
}

/** Elsewhere a new name has one part: it stays in the schema of the old one. */
function shortenRename(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const to = tokens.findIndex(
    (token, at) => isWord(token, 'TO') && isWord(tokens[at - 1], 'RENAME') && isSign(tokens[at + 2], '.'),
  );
  if (to < 0) return tokens;
  const old = readName(
    tokens,
    tokens.findIndex((token) => token.kind === 'quoted'),
  ).name;
  const { name, end } = readName(tokens, to + 1);
  if (name.length !== 3 || old.length !== 3 || name[0]?.text !== old[0]?.text || name[1]?.text !== old[1]?.text)
    throw createDialectRefusal('a new name in another schema');
  return [...tokens.slice(0, to + 1), { ...(tokens[end - 1] as SqlToken), spaced: true }, ...tokens.slice(end)];
}
