import { findAsciiLookalike } from './confusables.js';
import { splitCharacters, formatCodePoint } from './visible-text.js';

/** A word that may be taken for another one. */
export interface SuspiciousWord {
  readonly word: string;
  /** Where in the text it begins. */
  readonly index: number;
  /** The scripts of its letters. */
  readonly scripts: readonly string[];
  /** The ASCII word that it looks like. */
  readonly looksLike?: string;
  /** Its characters beyond ASCII, as `U+0430`. */
  readonly codes: readonly string[];
}

const scriptNames = [
  'Latin',
  'Cyrillic',
  'Greek',
  'Armenian',
  'Cherokee',
  'Hebrew',
  'Arabic',
  'Han',
  'Hiragana',
  'Katakana',
  'Hangul',
  'Bopomofo',
  'Thai',
  'Devanagari',
  'Georgian',
  'Coptic',
  'Lisu',
  'Tifinagh',
];
const scriptPatterns = scriptNames.map((name) => [name, new RegExp(`\\p{Script=${name}}`, 'u')] as const);
/** A letter of some script: what several share, such as a sign for length, tells nothing. */
const scriptLetter = /(?!\p{Script=Common}|\p{Script=Inherited})\p{L}/u;

/** Scripts that are written together (UTS #39 §5.2, highly restrictive). */
const combinableScripts = [
  ['Latin', 'Han', 'Hiragana', 'Katakana'],
  ['Latin', 'Han', 'Bopomofo'],
  ['Latin', 'Han', 'Hangul'],
];

/** The words of a text whose letters are of several scripts, or that look like a word in ASCII and are none. */
export function findSuspiciousWords(text: string): readonly SuspiciousWord[] {
  return [...text.matchAll(/[\p{L}\p{M}\p{N}_$]+/gu)].flatMap(({ 0: word, index }) => {
    if (/^[\w$]+$/.test(word)) return [];
    const written = findScripts(word);
    const looksLike = findAsciiLookalike(word);
    if (looksLike === undefined && !isMixedScript(written)) return [];
    return [
      {
        word,
        index,
        scripts: written,
        ...(looksLike === undefined ? {} : { looksLike }),
        codes: [
          ...new Set(
            splitCharacters(word)
              .filter((char) => char > '\u007f')
              .map(formatCodePoint),
          ),
        ],
      },
    ];
  });
}

function findScripts(word: string): readonly string[] {
  const found = new Set(
    splitCharacters(word)
      .filter((char) => scriptLetter.test(char))
      .map((char) => scriptPatterns.find(([, is]) => is.test(char))?.[0] ?? 'another script'),
  );
  return [...found];
}

function isMixedScript(written: readonly string[]): boolean {
  return written.length > 1 && !combinableScripts.some((set) => written.every((each) => set.includes(each)));
}
