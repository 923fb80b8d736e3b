import { readName } from '../../names/resolve-name.js';
import { findClosing, isIdentifier, isSign, isWord, type SqlToken } from '../../lex/token.js';
import { identifierPattern, formatShape, createWords } from './token-shape.js';

/** Options whose value is a literal. */
const options =
  'COMMENT|DATA_RETENTION_TIME_IN_DAYS|MAX_DATA_EXTENSION_TIME_IN_DAYS|CHANGE_TRACKING|ENABLE_SCHEMA_EVOLUTION';

/**
 * Parts of a definition that hold words of the language and literals only, by their shape; what is left out cannot be a
 * name.
 */
const literalParts: readonly RegExp[] = [
  new RegExp(`^(?:${options}) = (?:s|n|TRUE|FALSE)(?= |$)`),
  /^COMMENT s(?= |$)/,
  /^COLLATE s(?= |$)/,
  /^(?:AUTOINCREMENT|IDENTITY)(?: \( n , n \)| START(?: WITH)?(?: =)? n INCREMENT(?: BY)?(?: =)? n)?(?: ORDER| NOORDER)?(?= |$)/,
  /^(?:NOT )?ENFORCED(?= |$)(?: (?:NO)?VALIDATE(?= |$))?(?: (?:NO)?RELY(?= |$))?/,
];
const maxPartTokens = 9;
const partFirstWords: ReadonlySet<string> = new Set([
  ...options.split('|'),
  'COLLATE',
  'AUTOINCREMENT',
  'IDENTITY',
  'NOT',
  'ENFORCED',
]);

/**
 * CREATE TABLE and CREATE VIEW without what a reader may not know and what names nothing. The query of the definition
 * stays as it is.
 */
export function simplifyCreate(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const query = tokens.findIndex(
    (token, at) =>
      isWord(token, 'AS') &&
      isWord(
        tokens.slice(at + 1).find((each) => !isSign(each, '(')),
        'SELECT',
        'WITH',
      ),
  );
  const head = query < 0 ? tokens : tokens.slice(0, query);
  const rest = query < 0 ? [] : tokens.slice(query);
  return [...simplifyColumns(removeColumnNames(removeCloneTime(head), rest)), ...rest];
}

/** The columns and options of a definition, or of ALTER TABLE ... ADD. */
export function simplifyColumns(head: readonly SqlToken[]): readonly SqlToken[] {
  const result: SqlToken[] = [];
  let depth = 0;
  for (let at = 0; at < head.length; at += 1) {
    const token = head[at] as SqlToken;
    const skipped = isIdentifier(token) && isSign(head[at - 1], '.') ? 0 : countLiteralPart(head, at);
    if (skipped > 0) {
      at += skipped - 1;
      continue;
    }
    if (isSign(token, '(')) depth += 1;
    if (isSign(token, ')')) depth -= 1;
    if (isWord(token, 'UNIQUE')) result.push(...createWords('PRIMARY KEY'));
    // A computed column: its expression is read like that of a default.
    else if (isWord(token, 'AS') && depth === 1) result.push(...createWords('DEFAULT'));
    else result.push(token);
  }
  return result;
}

/** How many tokens from here are a part that names nothing. */
function countLiteralPart(tokens: readonly SqlToken[], at: number): number {
  if (!partFirstWords.has(tokens[at]?.upper ?? '')) return 0;
  const shape = formatShape(tokens.slice(at, at + maxPartTokens));
  for (const pattern of literalParts) {
    const found = pattern.exec(shape);
    if (found !== null) return found[0].split(' ').length;
  }
  return 0;
}

/** `CREATE TABLE t (a, b) AS SELECT` names columns only. */
function removeColumnNames(head: readonly SqlToken[], rest: readonly SqlToken[]): readonly SqlToken[] {
  const open = head.findIndex((token) => isSign(token, '('));
  const table = head.findIndex((token) => isWord(token, 'TABLE'));
  const start = /^IF NOT EXISTS$/.test(formatShape(head.slice(table + 1, table + 4))) ? table + 4 : table + 1;
  if (rest.length === 0 || table < 0 || readName(head, start).end !== open) return head;
  return new RegExp(`^\\( ${identifierPattern}(?: , ${identifierPattern})* \\)$`).test(formatShape(head.slice(open)))
    ? head.slice(0, open)
    : head;
}

/** `CLONE t AT (OFFSET => -60)`: a moment that is a literal. */
function removeCloneTime(head: readonly SqlToken[]): readonly SqlToken[] {
  const at = head.findIndex(
    (token, index) =>
      isWord(token, 'AT', 'BEFORE') &&
      isSign(head[index + 1], '(') &&
      head.some((each, before) => before < index && isWord(each, 'CLONE')),
  );
  if (at < 0) return head;
  const end = findClosing(head, at + 1) + 1;
  return /^(?:AT|BEFORE) \( (?:OFFSET|TIMESTAMP|STATEMENT) => [-*ns ]+(?::: [A-Z_]+ )?\)$/.test(
    formatShape(head.slice(at, end)),
  )
    ? [...head.slice(0, at), ...head.slice(end)]
    : head;
}
