import { AccessError } from '../../core/index.js';

/**
 * RFC 8785 canonical JSON: members sorted by their names' UTF-16 code units, numbers and strings as ECMAScript writes them. Undefined members are
 * left out as `JSON.stringify` does; lone surrogates become U+FFFD, since the standard has no form for them.
 * Throws INTERNAL for what JSON cannot hold: NaN, infinities, bigint, functions.
 */
export function canonical(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return stringOf(value);
    case 'number':
      if (!Number.isFinite(value)) throw notJson(value);
      return JSON.stringify(value);
    case 'boolean':
      return value ? 'true' : 'false';
    case 'object':
      return value === null ? 'null' : Array.isArray(value) ? listOf(value) : membersOf(value as Readonly<Record<string, unknown>>);
    default:
      throw notJson(value);
  }
}

function listOf(items: readonly unknown[]): string {
  let text = '[';
  for (let index = 0; index < items.length; index += 1) text += `${index === 0 ? '' : ','}${canonical(items[index])}`;
  return `${text}]`;
}

function membersOf(members: Readonly<Record<string, unknown>>): string {
  let text = '{';
  for (const name of Object.keys(members).toSorted()) {
    const value = members[name];
    if (value === undefined) continue;
    text += `${text.length === 1 ? '' : ','}${stringOf(name)}:${canonical(value)}`;
  }
  return `${text}}`;
}

/** Characters that must be escaped (and some controls that need not be), or half of a pair. */
const special = /["\\\p{Cc}\p{Cs}]/u;

function stringOf(text: string): string {
  return special.test(text) ? JSON.stringify(wellFormed(text)) : `"${text}"`;
}

const lone = /[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

function wellFormed(text: string): string {
  return text.replace(lone, '\ufffd');
}

function notJson(value: unknown): AccessError {
  return new AccessError('INTERNAL', `an event holds ${typeof value === 'number' ? 'a number that is none' : `a ${typeof value}`}, which JSON has no form for`);
}
