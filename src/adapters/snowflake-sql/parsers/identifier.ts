import type { Name, Part } from './reading.js';
import { Unparsed } from './parser.js';

const plain = /^[A-Za-z_][\w$]*$/;

/** ASCII upper case only: Snowflake folds an unquoted identifier so, and the canonical text has no other letters outside quotes. */
export function asciiUpper(text: string): string {
  return /^[\0-\x7f]*$/.test(text) ? text.toUpperCase() : text.replaceAll(/[a-z]/g, (letter) => letter.toUpperCase());
}

/** The stored case of one identifier: unquoted folds to upper case, quoted keeps its case. */
export function stored(part: Part): string {
  return part.quoted ? part.text : asciiUpper(part.text);
}

/** Equal for two names if and only if Snowflake would look up the same one. */
export function lookup(name: Name): string {
  return name.map((part) => measured(stored(part))).join('.');
}

/** Like `lookup`, but tells `"COUNT"` from `COUNT`: a quoted function name is never a built-in. */
export function callKey(name: Name): string {
  return name.map((part) => (part.quoted ? `"${measured(part.text)}` : measured(stored(part)))).join('.');
}

/** With its length, so that names joined to one text cannot run into each other whatever is in them. */
function measured(text: string): string {
  return `${text.length}:${text}`;
}

/** Throws unless every part is a plain or a quoted identifier: stages, binds, variables and string literals are no names. */
export function checkedName(name: Name): Name {
  const good = name.length >= 1 && name.length <= 3 && name.every((part) => (part.quoted ? part.text !== '' : plain.test(part.text)));
  if (!good) throw new Unparsed('a name that is not one to three identifiers');
  return name;
}

/** True for an unquoted identifier that spells `word`, which is upper case. */
export function spells(part: Part | undefined, word: string): boolean {
  return part !== undefined && !part.quoted && asciiUpper(part.text) === word;
}
