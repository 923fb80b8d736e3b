import { Unparsed } from '../parser.js';
import type { Scope } from '../scope.js';
import { isAbsent, list, tree, variant, without, type Tree } from '../tree.js';
import type { Walker } from '../walker.js';
import { objectName } from './names.js';
import { writeJoinless, writeRelation } from './target.js';

/** Gathers one statement and returns its verb. */
export type Statement = (walk: Walker, payload: Tree) => string;

const top: Scope = undefined;

/** Statements that change rows. */
export const changes: Readonly<Record<string, Statement>> = {
  Insert: (walk, payload) => {
    if (isAbsent(payload['multi_table_insert_type'])) walk.gathering.target(insertName(payload['table']));
    walk.visit(without(payload, 'table', 'into', 'overwrite', 'multi_table_insert_type'), top);
    return 'INSERT';
  },
  Update: (walk, payload) => {
    writeJoinless(walk, payload['table']);
    walk.visit(without(payload, 'table'), top);
    return 'UPDATE';
  },
  Delete: (walk, payload) => {
    const [kind, from] = variant(payload['from']);
    const targets = list(from, 'DELETE');
    if (kind !== 'WithFromKeyword' || targets.length !== 1) throw new Unparsed('DELETE of unknown shape');
    writeJoinless(walk, targets[0]);
    walk.visit(without(payload, 'from'), top);
    return 'DELETE';
  },
  Merge: (walk, payload) => {
    writeRelation(walk, payload['table']);
    walk.visit(without(payload, 'table', 'into'), top);
    return 'MERGE';
  },
  Truncate: (walk, payload) => {
    walk.closed(payload, 'table_names', 'table', 'if_exists');
    for (const each of list(payload['table_names'], 'TRUNCATE')) {
      const node = tree(each, 'TRUNCATE');
      walk.closed(node, 'name');
      walk.gathering.target(objectName(node['name']));
    }
    return 'TRUNCATE TABLE';
  },
};

function insertName(table: unknown) {
  const [kind, name] = variant(table);
  if (kind !== 'TableName') throw new Unparsed('a target that is not a name');
  return objectName(name);
}
