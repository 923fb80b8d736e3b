import type { Name, NamePart } from '../parsers/reading.js';
import { UnparsedError } from '../parsers/parser.js';

const plainPattern = /^[A-Za-z_][\w$]*$/;

/**
 * ASCII upper case only: Snowflake folds an unquoted identifier so, and the canonical text has no other letters outside
 * quotes.
 */
export function toAsciiUpper(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text.toUpperCase() : text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
}

/** The stored case of one identifier: unquoted folds to upper case, quoted keeps its case. */
export function toStoredCase(part: NamePart): string {
  return part.quoted ? part.text : toAsciiUpper(part.text);
}

/** Equal for two names if and only if Snowflake would look up the same one. */
export function createLookupKey(name: Name): string {
  return name.map((part) => prefixLength(toStoredCase(part))).join('.');
}

/** Like `lookup`, but tells `"COUNT"` from `COUNT`: a quoted function name is never a built-in. */
export function createCallKey(name: Name): string {
  return name.map((part) => (part.quoted ? `"${prefixLength(part.text)}` : prefixLength(toStoredCase(part)))).join('.');
}

/** With its length, so that names joined to one text cannot run into each other whatever is in them. */
function prefixLength(text: string): string {
  return `${text.length}:${text}`;
}

/**
 * Throws unless every part is a plain or a quoted identifier: stages, binds, variables and string literals are no
 * names.
 */
export function requireName(name: Name): Name {
  const good =
    name.length >= 1 &&
    name.length <= 3 &&
    name.every((part) => (part.quoted ? part.text !== '' : plainPattern.test(part.text)));
  if (!good) throw new UnparsedError('a name that is not one to three identifiers');
  return name;
}

/** True for an unquoted identifier that spells `word`, which is upper case. */
export function isSpelled(part: NamePart | undefined, word: string): boolean {
  return part !== undefined && !part.quoted && toAsciiUpper(part.text) === word;
}
