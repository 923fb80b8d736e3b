/**
 * Controls, and what is not seen but changes how the rest is shown: directions, joiners, separators of lines and
 * paragraphs.
 */
const invisibleCharacter = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const invisibleCharacters = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * JSON without what a terminal or an editor would act on: each such character as `\uXXXX`, within the strings, where
 * alone they can stand. It says the
 * same, and has the same canonical form (RFC 8785) and so the same fingerprint once it is read.
 */
export function escapeInvisible(json: string): string {
  return invisibleCharacter.test(json) ? json.replaceAll(invisibleCharacters, escapeCharacter) : json;
}

function escapeCharacter(character: string): string {
  return Array.from(
    { length: character.length },
    (_, at) => `\\u${character.charCodeAt(at).toString(16).padStart(4, '0')}`,
  ).join('');
}
