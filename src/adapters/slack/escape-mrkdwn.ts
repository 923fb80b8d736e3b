/** A text of somebody else's, safe in mrkdwn. */
export interface EscapedText {
  readonly text: string;
  /** False where a character is shown as a code, or the end is not shown. */
  readonly exact: boolean;
  /** Characters at the end that are not shown. */
  readonly cut: number;
}

/** What is not seen, or changes how others are seen; and the backtick, which would end a code span. */
const invisibleCharacters = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}`]|(?! )\p{Zs}/u;
/**
 * The three characters that Slack reads as its own ("Formatting text for app surfaces"); without them there is no link
 * and no mention.
 */
const escapes: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** At most `most` characters of Slack's; what is unseen as its code, such as `⟦U+202E⟧`. */
export function escapeMrkdwn(given: string, most: number): EscapedText {
  let [text, exact] = ['', true];
  const characters = Array.from(given);
  for (const [index, character] of characters.entries()) {
    const hidden = invisibleCharacters.test(character);
    const shown = hidden ? formatCodePoint(character) : (escapes[character] ?? character);
    if (text.length + shown.length > most) return { text, exact: false, cut: characters.length - index };
    text += shown;
    exact &&= !hidden;
  }
  return { text, exact, cut: 0 };
}

function formatCodePoint(character: string): string {
  return `⟦U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}⟧`;
}
