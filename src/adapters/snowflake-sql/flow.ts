import type { Name } from './parsers/reading.js';
import { Refused } from './refusal.js';
import { isSign, isWord, type Token } from './token.js';

/** The name that stands for an earlier result while one part of a chain is judged. The lexer lets no name with such a character in: no object can have it. */
const earlier = '\u001Fearlier result';

/**
 * The parts of `SELECT ... ->> SELECT ... FROM $1` (Snowflake: flow operator), each a query of its own in which `$1` as a table means an
 * earlier result. Throws where a part is no query; a reference in any other place is no name to the parsers.
 */
export function partsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const parts: Token[][] = [[]];
  for (const token of tokens) {
    if (isSign(token, '->>')) parts.push([]);
    else (parts.at(-1) as Token[]).push(token);
  }
  if (parts.length === 1) return parts;
  return parts.map((part, index) => {
    if (!isWord(part[0], 'SELECT', 'WITH')) throw new Refused('sql.flow');
    return index === 0 ? part : part.map((token, at) => (isEarlier(part, at, index) ? { ...token, kind: 'quoted', text: `"${earlier}"`, upper: `"${earlier}"` } : token));
  });
}

function isEarlier(part: readonly Token[], at: number, before: number): boolean {
  const token = part[at] as Token;
  return token.kind === 'variable' && /^\$[1-9]\d*$/.test(token.text) && Number(token.text.slice(1)) <= before && isWord(part[at - 1], 'FROM', 'JOIN') && !isSign(part[at + 1], '.') && !isSign(part[at + 1], '(');
}

/** True for the name that stands for an earlier result. */
export function isEarlierName(name: string): boolean {
  return name === earlier;
}

/** The names that are objects' own. */
export function withoutEarlier(names: readonly Name[]): readonly Name[] {
  return names.filter((name) => !(name.length === 1 && isEarlierName(name[0]?.text ?? '')));
}
