import { stored } from '../identifier.js';
import type { Part } from '../reading.js';
import type { Output, Relation, Sources } from './outputs.js';

/** The names that can be seen at one place of a SELECT's list: its relations, and the aliases of the other items. */
export interface Sight {
  readonly relations: readonly Relation[];
  isAlias(name: string): boolean;
}

/**
 * The sources of a column reference. Unknown where it could mean two things: a column without its relation's name beside several
 * relations, a name that an alias of the same list has too, more than two parts, or a name that no relation here has.
 */
export function column(parts: readonly Part[], sight: Sight): Sources {
  const [first, second] = parts;
  if (first === undefined || parts.length > 2) return 'unknown';
  if (second !== undefined) {
    const owners = sight.relations.filter((relation) => relation.as === stored(first));
    return owners.length === 1 ? ofRelation(owners[0] as Relation, second) : 'unknown';
  }
  if (sight.isAlias(stored(first))) return 'unknown';
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

/** A column that may be any, a star, is among the outputs as one without sources that are known: then no name is certain. */
function ofOutputs(outputs: readonly Output[], name: Part): Sources {
  if (outputs.some((output) => output.name === '*')) return 'unknown';
  const found = outputs.filter((output) => output.name === stored(name));
  return found.length === 1 ? (found[0] as Output).sources : 'unknown';
}
