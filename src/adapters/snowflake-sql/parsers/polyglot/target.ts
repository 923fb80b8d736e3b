import { Unparsed } from '../parser.js';
import { isTree, tree, without, type Tree } from '../tree.js';
import type { Walker } from '../walker.js';
import { isTableRef, tableName } from './names.js';

/** Gathers a target as written and walks its clauses; only a name, with an alias at most, can be one. */
export function write(walk: Walker, target: unknown): void {
  const node = tree(target, 'a target');
  if (isTableRef(node)) return writeRef(walk, node);
  const { table, alias } = node;
  if (Object.keys(node).length === 1 && isTree(table) && isTableRef(table)) return writeRef(walk, table);
  if (Object.keys(node).length !== 1 || !isTree(alias)) throw new Unparsed('a target that is not a name');
  write(walk, alias['this']);
}

function writeRef(walk: Walker, ref: Tree): void {
  walk.gathering.target(tableName(ref));
  walk.closed(without(ref, 'name', 'schema', 'catalog'), 'alias', 'alias_explicit_as');
}
