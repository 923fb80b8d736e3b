import { doubtsOf, type Doubt } from './doubts.js';
import { stretchesOf, type Stretch } from './stretches.js';

/** What a text is made of, so that nothing in it can hide: every stretch of it, with the words in doubt standing apart. */
export type Part = Stretch & { readonly doubt?: Doubt };

export function partsOf(text: string): readonly Part[] {
  return stretchesOf(text).flatMap((stretch) => (stretch.code === undefined ? apart(stretch.source) : [stretch]));
}

function apart(text: string): readonly Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const doubt of doubtsOf(text)) {
    if (doubt.index > at) parts.push({ source: text.slice(at, doubt.index) });
    parts.push({ source: doubt.word, doubt });
    at = doubt.index + doubt.word.length;
  }
  return at < text.length ? [...parts, { source: text.slice(at) }] : parts;
}

/** What must be looked at closely. */
export interface Findings {
  /** How many characters are shown by codes, by `U+202E right-to-left override`. */
  readonly hidden: ReadonlyMap<string, number>;
  readonly doubts: readonly Doubt[];
}

/** What is to be found in all of these texts together. An ordinary end of line is nothing to be found. */
export function findingsIn(texts: readonly string[]): Findings {
  const parts = texts.flatMap(partsOf);
  const hidden = new Map<string, number>();
  for (const { source, code, means = '' } of parts) {
    if (code === undefined || source === '\n') continue;
    const name = code.startsWith('U+') ? `${code} ${means}` : code;
    hidden.set(name, (hidden.get(name) ?? 0) + 1);
  }
  const doubts = new Map(parts.flatMap(({ doubt }) => (doubt === undefined ? [] : [[doubt.word, doubt] as const])));
  return { hidden, doubts: [...doubts.values()] };
}
