import type { SqlToken } from '../../lex/token.js';

/** Marks for tokens whose text does not matter; words are upper case, so that these cannot be mistaken for one. */
const shapeMarks: Readonly<Partial<Record<SqlToken['kind'], string>>> = {
  quoted: 'q',
  string: 's',
  number: 'n',
  variable: 'v',
  stage: 'f',
};

/**
 * The tokens as one line of words and marks with single blanks, to be matched as a whole: `ALTER q SET COMMENT = s`.
 */
export function formatShape(tokens: readonly SqlToken[]): string {
  return tokens.map((token) => shapeMarks[token.kind] ?? token.upper).join(' ');
}

/** A word or a quoted name, in a pattern over shapes. */
export const identifierPattern = '(?:[A-Z_][A-Z0-9_$]*|q)';

/** Words of our own making, each with a blank before it. */
export function createWords(text: string): readonly SqlToken[] {
  return text.split(' ').map((each): SqlToken => ({
    kind: /^\w/.test(each) ? (/^\d/.test(each) ? 'number' : 'word') : 'sign',
    text: each,
    upper: each,
    spaced: true,
  }));
}
