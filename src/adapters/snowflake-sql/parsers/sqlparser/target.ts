import { Unparsed } from '../parser.js';
import { isAbsent, list, tree, variant } from '../tree.js';
import type { Walker } from '../walker.js';
import { objectName } from './names.js';

/** Gathers a target that stands where a relation could; only a name, with an alias at most, can be one. */
export function writeRelation(walk: Walker, relation: unknown): void {
  const [kind, payload] = variant(relation);
  if (kind !== 'Table') throw new Unparsed('a target that is not a name');
  const node = tree(payload, 'a target');
  if (!isAbsent(node['args'])) throw new Unparsed('a target with arguments');
  walk.gathering.target(objectName(node['name']));
  walk.closed(node, 'name', 'alias');
}

/** The same for a relation that could have joins, but must not. */
export function writeJoinless(walk: Walker, value: unknown): void {
  const node = tree(value, 'a target');
  walk.closed(node, 'relation');
  writeRelation(walk, node['relation']);
}

/** Gathers a list of bare names. */
export function writeNames(walk: Walker, names: unknown): void {
  for (const each of list(names, 'a target')) walk.gathering.target(objectName(each));
}
