import type { ObjectRef } from '../../../core/index.js';
import { canonicalOf } from '../canonical.js';
import type { Reading, Readers } from '../parsers/reading.js';
import { readable } from '../readable/index.js';
import { isSign, type Token } from '../token.js';
import { unread } from '../unread.js';
import { edited, editsOf, isFull, meaningsOf, type Edits, type Naming } from './naming.js';

/**
 * What writes each name of one query in full, and each CTE apart from all tables. The result is read again by both parsers, and must mean what the
 * query means, name by name; undefined where it does not, or where a place is not known.
 */
export async function locate(tokens: readonly Token[], { marks }: Reading, naming: Naming, readers: Readers, signal: AbortSignal): Promise<Edits | undefined> {
  const edits = marks === undefined ? undefined : editsOf(readable(tokens), marks, naming);
  if (marks === undefined || edits === undefined) return undefined;
  const again = await readers.read(canonicalOf(readable(edited(tokens, edits))), signal);
  if (!again.ok && again.why !== 'unparsed' && again.why !== 'disagree') throw unread(again);
  if (!again.ok || again.reading.marks === undefined || !isFull(again.reading.marks, naming)) return undefined;
  const [one, other] = [meaningsOf(marks, naming), meaningsOf(again.reading.marks, naming)];
  return one.length === other.length && one.every((each, at) => each === other[at]) ? edits : undefined;
}

/** The same for a statement that ends with the one name in it, or has none. */
export function lastNameEdit(tokens: readonly Token[], object: ObjectRef | undefined): Edits {
  if (object === undefined) return new Map();
  let head = tokens.length - 1;
  while (isSign(tokens[head - 1], '.')) head -= 2;
  return new Map([[tokens[head] as Token, { parts: [object.database, object.schema, object.name] }]]);
}
