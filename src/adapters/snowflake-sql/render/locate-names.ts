import type { ObjectRef } from '../../../core/index.js';
import { formatCanonical } from '../lex/canonical.js';
import type { ParserReading, ParserPool } from '../parsers/reading.js';
import { simplifyStatement } from '../parsers/simplify/index.js';
import { isSign, type SqlToken } from '../lex/token.js';
import { createReadError } from '../parsers/read-errors.js';
import { applyEdits, createEdits, isFullyNamed, listMeanings, type NameEdits, type NamingRules } from './name-edits.js';

/**
 * What writes each name of one query in full, and each CTE apart from all tables. The result is read again by both
 * parsers, and must mean what the
 * query means, name by name; undefined where it does not, or where a place is not known.
 */
export async function locateNames(
  tokens: readonly SqlToken[],
  { marks }: ParserReading,
  naming: NamingRules,
  readers: ParserPool,
  signal: AbortSignal,
): Promise<NameEdits | undefined> {
  const edits = marks === undefined ? undefined : createEdits(simplifyStatement(tokens), marks, naming);
  if (marks === undefined || edits === undefined) return undefined;
  const again = await readers.read(formatCanonical(simplifyStatement(applyEdits(tokens, edits))), signal);
  if (!again.ok && again.why !== 'unparsed' && again.why !== 'disagree') throw createReadError(again);
  if (!again.ok || again.reading.marks === undefined || !isFullyNamed(again.reading.marks, naming)) return undefined;
  const [one, other] = [listMeanings(marks, naming), listMeanings(again.reading.marks, naming)];
  return one.length === other.length && one.every((each, at) => each === other[at]) ? edits : undefined;
}

/** The same for a statement that ends with the one name in it, or has none. */
export function createLastNameEdit(tokens: readonly SqlToken[], object: ObjectRef | undefined): NameEdits {
  if (object === undefined) return new Map();
  let head = tokens.length - 1;
  while (isSign(tokens[head - 1], '.')) head -= 2;
  return new Map([[tokens[head] as SqlToken, { parts: [object.database, object.schema, object.name] }]]);
}
