import type { ObjectKind, ObjectRef, SchemaRef } from '../../core/index.js';
import { stored } from './parsers/identifier.js';
import type { Name, Part } from './parsers/reading.js';
import { isIdentifier, isSign, type Token } from './token.js';

/** A name in three stored-case parts: one part lies in the scope, two in the scope's database. */
export function resolve(name: Name, scope: SchemaRef, kind: ObjectKind = 'relation'): ObjectRef {
  const [last = '', schema = scope.schema, database = scope.database] = name.map(stored).toReversed();
  return { database, schema, name: last, kind };
}

/** One identifier as a part of a name. */
export function partOf({ kind, text }: Token): Part {
  return kind === 'quoted' ? { text: text.slice(1, -1), quoted: true } : { text, quoted: false };
}

/** The name that begins at a token: its parts, and the place behind it. */
export function nameAt(tokens: readonly Token[], start: number): { readonly name: Name; readonly end: number } {
  const name: Part[] = [];
  let at = start;
  while (isIdentifier(tokens[at])) {
    name.push(partOf(tokens[at] as Token));
    if (!isSign(tokens[at + 1], '.')) return { name, end: at + 1 };
    at += 2;
  }
  return { name: [], end: at };
}
