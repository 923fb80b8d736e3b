/**
 * A part of a text: shown as it is, or by a code because it could not be seen, or would change how the rest is seen.
 */
export interface VisibleRun {
  /** What stands in the text here; all of them together are the text. */
  readonly source: string;
  /** What is shown instead, such as `U+202E`. */
  readonly code?: string;
  /** What the code stands for. */
  readonly means?: string;
  /** Where a line ends here: it is shown as a sign, and the line does end. */
  readonly breaks?: true;
}

/**
 * Controls, formats, unassigned and private ones, lone surrogates, what Unicode wants ignored (UAX #44), blanks that
 * are no blank, marks that strike through or surround, a mark
 * without a letter or on top of two others; and runs of blanks or line ends that would push the rest out of sight.
 */
const unprintablePattern =
  / {9,}|\n{4,}|\n|(?<=\p{M}{2})\p{M}|(?<![\p{L}\p{M}\p{N}\p{P}\p{S}])\p{M}|[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Me}\u0334-\u0338\u20d2-\u20ff\u2800]|(?! )\p{Zs}/gu;

const bidirectionalNames: Readonly<Record<string, string>> = {
  '\u061c': 'Arabic letter mark',
  '\u200e': 'left-to-right mark',
  '\u200f': 'right-to-left mark',
  '\u202a': 'left-to-right embedding',
  '\u202b': 'right-to-left embedding',
  '\u202c': 'pop directional formatting',
  '\u202d': 'left-to-right override',
  '\u202e': 'right-to-left override',
  '\u2066': 'left-to-right isolate',
  '\u2067': 'right-to-left isolate',
  '\u2068': 'first strong isolate',
  '\u2069': 'pop directional isolate',
};

const characterNames: Readonly<Record<string, string>> = {
  ...bidirectionalNames,
  '\t': 'tab',
  '\r': 'carriage return',
  '\0': 'null',
  '\u00a0': 'no-break space',
  '\u00ad': 'soft hyphen',
  '\u200b': 'zero width space',
  '\u200c': 'zero width non-joiner',
  '\u200d': 'zero width joiner',
  '\u2060': 'word joiner',
  '\u2800': 'blank Braille pattern',
  '\u3164': 'blank Hangul letter',
  '\ufeff': 'zero width no-break space',
};

const characterKinds: readonly (readonly [RegExp, string])[] = [
  [/\p{Cc}/u, 'control character'],
  [/\p{Cs}/u, 'half of a character'],
  [/\p{Co}/u, 'private character'],
  [/\p{Cn}/u, 'no character'],
  [/\p{Zs}|\p{Zl}|\p{Zp}/u, 'unusual blank'],
  [/\p{M}/u, 'mark on another character'],
];

/** Cuts a text into what can be shown as it is and what cannot. */
export function splitVisible(text: string): readonly VisibleRun[] {
  const found: VisibleRun[] = [];
  let at = 0;
  for (const { 0: source, index } of text.matchAll(unprintablePattern)) {
    if (index > at) found.push({ source: text.slice(at, index) });
    found.push(encodeRun(source));
    at = index + source.length;
  }
  if (at < text.length) found.push({ source: text.slice(at) });
  return found;
}

/** The characters of a text, by Unicode's count: a pair of surrogates is one. */
export function splitCharacters(text: string): readonly string[] {
  return Array.from(text);
}

/** How a character is written about: `U+202E`. */
export function formatCodePoint(char: string): string {
  return `U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}

function encodeRun(source: string): VisibleRun {
  if (source.startsWith(' ')) return { source, code: `${source.length} blanks`, means: 'a run of blanks' };
  if (source === '\n') return { source, code: '⏎', means: 'end of line', breaks: true };
  if (source.startsWith('\n'))
    return { source, code: `${source.length} ends of line`, means: 'a run of ends of line', breaks: true };
  return {
    source,
    code: formatCodePoint(source),
    means: characterNames[source] ?? characterKinds.find(([is]) => is.test(source))?.[1] ?? 'invisible character',
  };
}
