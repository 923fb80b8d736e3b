import type { Token } from '../token.js';

/** Marks for tokens whose text does not matter; words are upper case, so that these cannot be mistaken for one. */
const marks: Readonly<Partial<Record<Token['kind'], string>>> = { quoted: 'q', string: 's', number: 'n', variable: 'v', stage: 'f' };

/** The tokens as one line of words and marks with single blanks, to be matched as a whole: `ALTER q SET COMMENT = s`. */
export function shapeOf(tokens: readonly Token[]): string {
  return tokens.map((token) => marks[token.kind] ?? token.upper).join(' ');
}

/** A word or a quoted name, in a pattern over shapes. */
export const identifier = '(?:[A-Z_][A-Z0-9_$]*|q)';

/** Words of our own making, each with a blank before it. */
export function words(text: string): readonly Token[] {
  return text.split(' ').map((each): Token => ({ kind: /^\w/.test(each) ? (/^\d/.test(each) ? 'number' : 'word') : 'sign', text: each, upper: each, spaced: true }));
}
