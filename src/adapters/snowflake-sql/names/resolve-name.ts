import type { ObjectKind, ObjectRef, SchemaRef } from '../../../core/index.js';
import { toStoredCase } from './identifier.js';
import type { Name, NamePart } from '../parsers/reading.js';
import { isIdentifier, isSign, type SqlToken } from '../lex/token.js';

/** A name in three stored-case parts: one part lies in the scope, two in the scope's database. */
export function resolveName(name: Name, scope: SchemaRef, kind: ObjectKind = 'relation'): ObjectRef {
  const [last = '', schema = scope.schema, database = scope.database] = name.map(toStoredCase).toReversed();
  return { database, schema, name: last, kind };
}

/** One identifier as a part of a name. */
export function toNamePart({ kind, text }: SqlToken): NamePart {
  return kind === 'quoted' ? { text: text.slice(1, -1), quoted: true } : { text, quoted: false };
}

/** The name that begins at a token: its parts, and the place behind it. */
export function readName(tokens: readonly SqlToken[], start: number): { readonly name: Name; readonly end: number } {
  const name: NamePart[] = [];
  let at = start;
  while (isIdentifier(tokens[at])) {
    name.push(toNamePart(tokens[at] as SqlToken));
    if (!isSign(tokens[at + 1], '.')) return { name, end: at + 1 };
    at += 2;
  }
  return { name: [], end: at };
}
