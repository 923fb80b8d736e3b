import { UnparsedError } from '../parser.js';
import type { CteScope } from '../cte-scope.js';
import { isAbsent, requireList, requireNode, readVariant, omitKeys, type TreeNode } from '../tree.js';
import type { TreeWalker } from '../tree-walker.js';
import { readObjectName } from './names.js';
import { addJoinlessTarget, addRelationTarget } from './target.js';

/** Gathers one statement and returns its verb. */
export type StatementHandler = (walk: TreeWalker, payload: TreeNode) => string;

const topScope: CteScope = undefined;

/** Statements that change rows. */
export const changes: Readonly<Record<string, StatementHandler>> = {
  Insert: (walk, payload) => {
    if (isAbsent(payload['multi_table_insert_type'])) walk.builder.addTarget(readInsertName(payload['table']));
    walk.visit(omitKeys(payload, 'table', 'into', 'overwrite', 'multi_table_insert_type'), topScope);
    return 'INSERT';
  },
  Update: (walk, payload) => {
    addJoinlessTarget(walk, payload['table']);
    walk.visit(omitKeys(payload, 'table'), topScope);
    return 'UPDATE';
  },
  Delete: (walk, payload) => {
    const [kind, from] = readVariant(payload['from']);
    const targets = requireList(from, 'DELETE');
    if (kind !== 'WithFromKeyword' || targets.length !== 1) throw new UnparsedError('DELETE of unknown shape');
    addJoinlessTarget(walk, targets[0]);
    walk.visit(omitKeys(payload, 'from'), topScope);
    return 'DELETE';
  },
  Merge: (walk, payload) => {
    addRelationTarget(walk, payload['table']);
    walk.visit(omitKeys(payload, 'table', 'into'), topScope);
    return 'MERGE';
  },
  Truncate: (walk, payload) => {
    walk.requireOnly(payload, 'table_names', 'table', 'if_exists');
    for (const each of requireList(payload['table_names'], 'TRUNCATE')) {
      const node = requireNode(each, 'TRUNCATE');
      walk.requireOnly(node, 'name');
      walk.builder.addTarget(readObjectName(node['name']));
    }
    return 'TRUNCATE TABLE';
  },
};

function readInsertName(table: unknown) {
  const [kind, name] = readVariant(table);
  if (kind !== 'TableName') throw new UnparsedError('a target that is not a name');
  return readObjectName(name);
}
