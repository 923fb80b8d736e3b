import { Unparsed } from '../parser.js';
import type { Scope } from '../scope.js';
import { isAbsent, isTree, list, tree, variant, without } from '../tree.js';
import type { Walker } from '../walker.js';
import type { Statement } from './dml.js';
import { objectName } from './names.js';
import { writeNames } from './target.js';

const top: Scope = undefined;

/** Plain definitions of tables and views. */
export const definitions: Readonly<Record<string, Statement>> = {
  CreateTable: (walk, payload) => {
    walk.gathering.target(objectName(payload['name']));
    if (!isAbsent(payload['clone'])) walk.gathering.relation(objectName(payload['clone']), top);
    if (!isAbsent(payload['like'])) walk.gathering.relation(likeName(walk, payload['like']), top);
    const dealtWith = ['name', 'clone', 'like', 'or_replace', 'temporary', 'transient', 'if_not_exists', 'copy_grants'];
    // Defaults that stand for the absence of a clause other dialects have.
    const absent = Object.entries(payload).filter(([, value]) => value === 'None' || value === 'NONE').map(([key]) => key);
    walk.visit(without(payload, ...dealtWith, ...absent), top);
    return 'CREATE TABLE';
  },
  CreateView: (walk, payload) => {
    walk.gathering.target(objectName(payload['name']));
    const dealtWith = ['name', 'or_replace', 'temporary', 'secure', 'if_not_exists', 'copy_grants', 'comment'];
    const absent = Object.entries(payload).filter(([, value]) => value === 'None').map(([key]) => key);
    walk.visit(without(payload, ...dealtWith, ...absent), top);
    return 'CREATE VIEW';
  },
  Drop: (walk, payload) => {
    const kind = payload['object_type'];
    if (kind !== 'Table' && kind !== 'View') throw new Unparsed('DROP of something that is neither a table nor a view');
    writeNames(walk, payload['names']);
    walk.closed(payload, 'object_type', 'names', 'if_exists', 'cascade');
    return kind === 'Table' ? 'DROP TABLE' : 'DROP VIEW';
  },
  AlterTable: (walk, payload) => {
    walk.gathering.target(objectName(payload['name']));
    walk.closed(payload, 'name', 'if_exists', 'operations');
    for (const each of list(payload['operations'], 'ALTER TABLE')) {
      const [operation, detail] = variant(each);
      if (operation === 'RenameTable') walk.gathering.target(objectName(renamed(tree(detail, operation)['table_name'])));
      else if (operation === 'SwapWith') walk.gathering.target(objectName(tree(detail, operation)['table_name']));
      else walk.visit(each, top);
    }
    return 'ALTER TABLE';
  },
};

function likeName(walk: Walker, like: unknown) {
  const node = tree(tree(like, 'LIKE')['Plain'], 'LIKE');
  walk.closed(node, 'name');
  return objectName(node['name']);
}

function renamed(value: unknown): unknown {
  const to = isTree(value) ? value['To'] : undefined;
  if (to === undefined) throw new Unparsed('ALTER TABLE of unknown shape');
  return to;
}
