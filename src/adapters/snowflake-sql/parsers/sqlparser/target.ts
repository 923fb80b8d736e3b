import { UnparsedError } from '../parser.js';
import { isAbsent, requireList, requireNode, readVariant } from '../tree.js';
import type { TreeWalker } from '../tree-walker.js';
import { readObjectName } from './names.js';

/** Gathers a target that stands where a relation could; only a name, with an alias at most, can be one. */
export function addRelationTarget(walk: TreeWalker, relation: unknown): void {
  const [kind, payload] = readVariant(relation);
  if (kind !== 'Table') throw new UnparsedError('a target that is not a name');
  const node = requireNode(payload, 'a target');
  if (!isAbsent(node['args'])) throw new UnparsedError('a target with arguments');
  walk.builder.addTarget(readObjectName(node['name']));
  walk.requireOnly(node, 'name', 'alias');
}

/** The same for a relation that could have joins, but must not. */
export function addJoinlessTarget(walk: TreeWalker, value: unknown): void {
  const node = requireNode(value, 'a target');
  walk.requireOnly(node, 'relation');
  addRelationTarget(walk, node['relation']);
}

/** Gathers a list of bare names. */
export function addNameTargets(walk: TreeWalker, names: unknown): void {
  for (const each of requireList(names, 'a target')) walk.builder.addTarget(readObjectName(each));
}
