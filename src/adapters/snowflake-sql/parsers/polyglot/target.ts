import { UnparsedError } from '../parser.js';
import { isTreeNode, requireNode, omitKeys, type TreeNode } from '../tree.js';
import type { TreeWalker } from '../tree-walker.js';
import { isTableRef, readTableName } from './names.js';

/** Gathers a target as written and walks its clauses; only a name, with an alias at most, can be one. */
export function addTarget(walk: TreeWalker, target: unknown): void {
  const node = requireNode(target, 'a target');
  if (isTableRef(node)) return addTableRef(walk, node);
  const { table, alias } = node;
  if (Object.keys(node).length === 1 && isTreeNode(table) && isTableRef(table)) return addTableRef(walk, table);
  if (Object.keys(node).length !== 1 || !isTreeNode(alias)) throw new UnparsedError('a target that is not a name');
  addTarget(walk, alias['this']);
}

function addTableRef(walk: TreeWalker, ref: TreeNode): void {
  walk.builder.addTarget(readTableName(ref));
  walk.requireOnly(omitKeys(ref, 'name', 'schema', 'catalog'), 'alias', 'alias_explicit_as');
}
