import { stored } from '../identifier.js';
import type { Part } from '../reading.js';
import { fold, type Output, type Relation, type Sources } from './outputs.js';

/** The names that can be seen at one place of a SELECT's list: its relations, and the aliases of the other items. */
export interface Sight {
  readonly relations: readonly Relation[];
  isAlias(name: string): boolean;
}

const plain = /^[A-Z_][A-Z0-9_$]*$/;

/**
 * The sources of a column reference. Unknown where it could mean two things: a column without its relation's name beside several
 * relations, a name that an alias of the same list has too, or a relation, whose whole row it would be, a column by its number, more than
 * two parts, or a name that no relation here has.
 */
export function column(parts: readonly Part[], sight: Sight): Sources {
  const [first, second] = parts;
  if (first === undefined || parts.length > 2 || parts.some((part) => !part.quoted && !plain.test(stored(part)))) return 'unknown';
  const named = sight.relations.filter((relation) => fold(relation.as) === fold(stored(first)));
  if (second !== undefined) {
    const [owner] = named;
    return named.length === 1 && owner?.as === stored(first) ? ofRelation(owner, second) : 'unknown';
  }
  // Of a query the columns are known, and every engine takes a column before a row.
  if (named.some((relation) => relation.kind !== 'query') || sight.isAlias(stored(first))) return 'unknown';
  const [only] = sight.relations;
  if (sight.relations.length === 1 && only !== undefined) return ofRelation(only, first);
  return ofQueries(sight.relations, first);
}

function ofRelation(relation: Relation, name: Part): Sources {
  if (relation.kind === 'table') return [[...relation.name, name]];
  return relation.kind === 'query' ? ofOutputs(relation.outputs, name) : 'unknown';
}

/** Several relations, all of them queries with columns we know: the one that has the column, if it is one. */
function ofQueries(relations: readonly Relation[], name: Part): Sources {
  const outputs = relations.map((relation) => (relation.kind === 'query' ? relation.outputs : undefined));
  if (outputs.some((each) => each === undefined)) return 'unknown';
  return ofOutputs(outputs.flatMap((each) => each ?? []), name);
}

/** A column that may have any name makes none certain, and one with a made-up name none that is not a plain word. */
function ofOutputs(outputs: readonly Output[], name: Part): Sources {
  const wanted = stored(name);
  if (outputs.some((output) => output.any === true || (output.name === undefined && !plain.test(wanted)))) return 'unknown';
  const found = outputs.filter((output) => output.name !== undefined && fold(output.name) === fold(wanted));
  const [only] = found;
  return found.length === 1 && only?.name === wanted ? only.sources : 'unknown';
}
