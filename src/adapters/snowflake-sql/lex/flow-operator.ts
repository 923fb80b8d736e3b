import type { Name } from '../parsers/reading.js';
import { RefusedError } from '../checks/refusal.js';
import { isSign, isWord, type SqlToken } from './token.js';

/**
 * The name that stands for an earlier result while one part of a chain is judged. The lexer lets no name with such a
 * character in: no object can have it.
 */
const earlierResultName = '\u001Fearlier result';

/**
 * The parts of `SELECT ... ->> SELECT ... FROM $1` (Snowflake: flow operator), each a query of its own in which `$1` as
 * a table means an
 * earlier result. Throws where a part is no query; a reference in any other place is no name to the parsers.
 */
export function splitFlow(tokens: readonly SqlToken[]): readonly (readonly SqlToken[])[] {
  const parts: SqlToken[][] = [[]];
  for (const token of tokens) {
    if (isSign(token, '->>')) parts.push([]);
    else (parts.at(-1) as SqlToken[]).push(token);
  }
  if (parts.length === 1) return parts;
  return parts.map((part, index) => {
    if (!isWord(part[0], 'SELECT', 'WITH')) throw new RefusedError('sql.flow');
    return index === 0
      ? part
      : part.map((token, at) =>
          isEarlierReference(part, at, index)
            ? { ...token, kind: 'quoted', text: `"${earlierResultName}"`, upper: `"${earlierResultName}"` }
            : token,
        );
  });
}

function isEarlierReference(part: readonly SqlToken[], at: number, before: number): boolean {
  const token = part[at] as SqlToken;
  return (
    token.kind === 'variable' &&
    /^\$[1-9]\d*$/.test(token.text) &&
    Number(token.text.slice(1)) <= before &&
    isWord(part[at - 1], 'FROM', 'JOIN') &&
    !isSign(part[at + 1], '.') &&
    !isSign(part[at + 1], '(')
  );
}

/** True for the name that stands for an earlier result. */
export function isEarlierResult(name: string): boolean {
  return name === earlierResultName;
}

/** The names that are objects' own. */
export function removeEarlierResults(names: readonly Name[]): readonly Name[] {
  return names.filter((name) => !(name.length === 1 && isEarlierResult(name[0]?.text ?? '')));
}
