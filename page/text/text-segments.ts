import { findSuspiciousWords, type SuspiciousWord } from './suspicious-words.js';
import { splitVisible, type VisibleRun } from './visible-text.js';

/**
 * What a text is made of, so that nothing in it can hide: every stretch of it, with the words in doubt standing apart.
 */
export type TextSegment = VisibleRun & { readonly suspiciousWord?: SuspiciousWord };

export function splitText(text: string): readonly TextSegment[] {
  return splitVisible(text).flatMap((stretch) =>
    stretch.code === undefined ? splitSuspiciousWords(stretch.source) : [stretch],
  );
}

function splitSuspiciousWords(text: string): readonly TextSegment[] {
  const parts: TextSegment[] = [];
  let at = 0;
  for (const doubt of findSuspiciousWords(text)) {
    if (doubt.index > at) parts.push({ source: text.slice(at, doubt.index) });
    parts.push({ source: doubt.word, suspiciousWord: doubt });
    at = doubt.index + doubt.word.length;
  }
  return at < text.length ? [...parts, { source: text.slice(at) }] : parts;
}

/** What must be looked at closely. */
export interface TextFindings {
  /** How many characters are shown by codes, by `U+202E right-to-left override`. */
  readonly hidden: ReadonlyMap<string, number>;
  readonly suspiciousWords: readonly SuspiciousWord[];
}

/** What is to be found in all of these texts together. An ordinary end of line is nothing to be found. */
export function findInTexts(texts: readonly string[]): TextFindings {
  const parts = texts.flatMap(splitText);
  const hidden = new Map<string, number>();
  for (const { source, code, means = '' } of parts) {
    if (code === undefined || source === '\n') continue;
    const name = code.startsWith('U+') ? `${code} ${means}` : code;
    hidden.set(name, (hidden.get(name) ?? 0) + 1);
  }
  const doubts = new Map(
    parts.flatMap(({ suspiciousWord: doubt }) => (doubt === undefined ? [] : [[doubt.word, doubt] as const])),
  );
  return { hidden, suspiciousWords: [...doubts.values()] };
}
