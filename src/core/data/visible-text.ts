/**
 * A letter, digit, punctuation or symbol that leaves a mark: some are drawn as nothing, such as U+3164, or as a blank,
 * U+2800.
 */
const visibleCharacter = /(?!\p{Default_Ignorable_Code_Point}|\u2800)[\p{L}\p{N}\p{P}\p{S}]/u;

/** What is drawn as nothing. */
const invisibleCharacters = /[\p{Default_Ignorable_Code_Point}\p{Cc}\p{Cf}]/gu;

/** Whether somebody who looks at a text sees anything. */
export function isVisible(text: string): boolean {
  return visibleCharacter.test(text);
}

/**
 * A text as somebody sees it: without what is drawn as nothing, and with one blank for any number of them; empty where
 * there is no mark.
 */
export function visibleText(text: string): string {
  return isVisible(text)
    ? text
        .replaceAll(/[\s\u2800]+/gu, ' ')
        .replaceAll(invisibleCharacters, '')
        .trim()
    : '';
}
