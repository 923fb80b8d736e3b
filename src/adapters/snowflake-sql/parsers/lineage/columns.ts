import { toStoredCase } from '../../names/identifier.js';
import type { NamePart } from '../reading.js';
import { foldName, type Output, type LineageRelation, type Sources } from './outputs.js';

/** The names that can be seen at one place of a SELECT's list: its relations, and the aliases of the other items. */
export interface VisibleNames {
  readonly relations: readonly LineageRelation[];
  isAlias(name: string): boolean;
}

const plainName = /^[A-Z_][A-Z0-9_$]*$/;

/**
 * The sources of a column reference. Unknown where it could mean two things: a column without its relation's name
 * beside several
 * relations, a name that an alias of the same list has too, or a relation, whose whole row it would be, a column by its
 * number, more than
 * two parts, or a name that no relation here has.
 */
export function resolveColumn(parts: readonly NamePart[], sight: VisibleNames): Sources {
  const [first, second] = parts;
  if (
    first === undefined ||
    parts.length > 2 ||
    parts.some((part) => !part.quoted && !plainName.test(toStoredCase(part)))
  )
    return 'unknown';
  const named = sight.relations.filter((relation) => foldName(relation.as) === foldName(toStoredCase(first)));
  if (second !== undefined) {
    const [owner] = named;
    return named.length === 1 && owner?.as === toStoredCase(first) ? resolveInRelation(owner, second) : 'unknown';
  }
  // Of a query the columns are known, and every engine takes a column before a row.
  if (named.some((relation) => relation.kind !== 'query') || sight.isAlias(toStoredCase(first))) return 'unknown';
  const [only] = sight.relations;
  if (sight.relations.length === 1 && only !== undefined) return resolveInRelation(only, first);
  return resolveInQueries(sight.relations, first);
}

function resolveInRelation(relation: LineageRelation, name: NamePart): Sources {
  if (relation.kind === 'table') return [[...relation.name, name]];
  return relation.kind === 'query' ? resolveInOutputs(relation.outputs, name) : 'unknown';
}

/** Several relations, all of them queries with columns we know: the one that has the column, if it is one. */
function resolveInQueries(relations: readonly LineageRelation[], name: NamePart): Sources {
  const outputs = relations.map((relation) => (relation.kind === 'query' ? relation.outputs : undefined));
  if (outputs.some((each) => each === undefined)) return 'unknown';
  return resolveInOutputs(
    outputs.flatMap((each) => each ?? []),
    name,
  );
}

/** A column that may have any name makes none certain, and one with a made-up name none that is not a plain word. */
function resolveInOutputs(outputs: readonly Output[], name: NamePart): Sources {
  const wanted = toStoredCase(name);
  if (outputs.some((output) => output.any === true || (output.name === undefined && !plainName.test(wanted))))
    return 'unknown';
  const found = outputs.filter((output) => output.name !== undefined && foldName(output.name) === foldName(wanted));
  const [only] = found;
  return found.length === 1 && only?.name === wanted ? only.sources : 'unknown';
}
