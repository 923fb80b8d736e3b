import { createHash } from 'node:crypto';

/** A JSON value, as the vectors are made of. */
export type Json = null | boolean | number | string | readonly Json[] | Facts;
export interface Facts {
  [name: string]: Json;
}

/** The form of RFC 8785. */
export function canonical(value: Json): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((each: Json) => canonical(each)).join(',')}]`;
  const facts = value as Facts;
  // The default order of sort is that of UTF-16 units, as RFC 8785 wants it.
  return `{${Object.keys(facts)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${canonical(facts[name] as Json)}`)
    .join(',')}}`;
}

const escape = (found: string): string =>
  [...Array(found.length).keys()].map((at) => `\\u${found.charCodeAt(at).toString(16).padStart(4, '0')}`).join('');

/** As a line of the log has it. */
export const lineOf = (value: Json): string => canonical(value).replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, escape);

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
export const base64url = (data: string | Uint8Array): string => Buffer.from(data).toString('base64url');

/** An object whose members may be changed. */
export const parse = (line: string): Facts => JSON.parse(line) as Facts;
