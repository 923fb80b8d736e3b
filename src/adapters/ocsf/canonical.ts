import { AccessError } from '../../core/index.js';

/**
 * RFC 8785 canonical JSON: members sorted by their names' UTF-16 code units, numbers and strings as ECMAScript writes
 * them. Undefined members are
 * left out as `JSON.stringify` does; lone surrogates become U+FFFD, since the standard has no form for them.
 * Throws INTERNAL for what JSON cannot hold: NaN, infinities, bigint, functions.
 */
export function canonicalize(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return quoteJson(value);
    case 'number':
      if (!Number.isFinite(value)) throw createNotJsonError(value);
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null
        ? 'null'
        : Array.isArray(value)
          ? writeList(value)
          : writeMembers(value as Readonly<Record<string, unknown>>);
    default:
      throw createNotJsonError(value);
  }
}

function writeList(items: readonly unknown[]): string {
  let text = '[';
  for (let index = 0; index < items.length; index += 1)
    text += `${index === 0 ? '' : ','}${canonicalize(items[index])}`;
  return `${text}]`;
}

function writeMembers(members: Readonly<Record<string, unknown>>): string {
  let text = '{';
  for (const name of sortNames(Object.keys(members))) {
    const value = members[name];
    if (value === undefined) continue;
    const written = writeName(name);
    if (written === undefined)
      return writeMembers(
        Object.fromEntries(Object.entries(members).map(([each, member]) => [toWellFormed(each), member])),
      );
    text += `${text.length === 1 ? '' : ','}${written}${canonicalize(value)}`;
  }
  return `${text}}`;
}

/** Names as they are written: there are few, and each comes again and again. */
const knownNames = new Map<string, string>();
const [maxNames, maxNameLength] = [1_024, 64];

/** Undefined for a name with half a pair: it has another place once that is mended. */
function writeName(name: string): string | undefined {
  const kept = knownNames.get(name);
  if (kept !== undefined) return kept;
  if (toWellFormed(name) !== name) return undefined;
  const made = `${quoteJson(name)}:`;
  if (knownNames.size < maxNames && name.length <= maxNameLength) knownNames.set(name, made);
  return made;
}

/** By UTF-16 code units, in place. A few names that are nearly in order: `sort` takes longer to begin. */
function sortNames(names: string[]): readonly string[] {
  if (names.length > 64) return names.sort();
  for (let at = 1; at < names.length; at += 1) {
    const name = names[at] as string;
    let place = at;
    for (; place > 0 && (names[place - 1] as string) > name; place -= 1) names[place] = names[place - 1] as string;
    names[place] = name;
  }
  return names;
}

/** Nothing that must be escaped, no control, no pair and no half of one: the text stands as it is. */
const unescapedPattern = /^[ !#-[\]-~\u00a0-\ud7ff\ue000-\uffff]*$/;

/**
 * A string as JSON has it, with U+FFFD for lone surrogates. Throws INTERNAL for anything else: a plugin's types are
 * only promised.
 */
export function quoteJson(text: string): string {
  if (typeof text !== 'string') throw createNotJsonError(text);
  return unescapedPattern.test(text) ? `"${text}"` : JSON.stringify(toWellFormed(text));
}

/** A text member where there is one: `lead` goes up to the value, `end` stands behind it. */
export function writeOptional(lead: string, value: string | undefined, end = ''): string {
  return value === undefined ? '' : `${lead}${quoteJson(value)}${end}`;
}

/** A member that counts, where its value is a whole number from 0 up; `lead` and `end` as for a text. */
export function writeCount(lead: string, value: unknown, end = ''): string {
  return Number.isSafeInteger(value) && (value as number) >= 0 ? `${lead}${value as number}${end}` : '';
}

const loneSurrogate = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** With U+FFFD for lone surrogates. */
export function toWellFormed(text: string): string {
  return text.replace(loneSurrogate, '\ufffd');
}

function createNotJsonError(value: unknown): AccessError {
  return new AccessError(
    'INTERNAL',
    `an event holds ${typeof value === 'number' ? 'a number that is none' : `a ${typeof value}`}, which JSON has no form for`,
  );
}
