import { UnparsedError } from '../parser.js';
import type { CteScope } from '../cte-scope.js';
import { isAbsent, isTreeNode, requireList, requireNode, readVariant, omitKeys } from '../tree.js';
import type { TreeWalker } from '../tree-walker.js';
import type { StatementHandler } from './dml.js';
import { readObjectName } from './names.js';
import { addNameTargets } from './target.js';

const topScope: CteScope = undefined;

/** Plain definitions of tables and views. */
export const definitions: Readonly<Record<string, StatementHandler>> = {
  CreateTable: (walk, payload) => {
    walk.builder.addTarget(readObjectName(payload['name']));
    if (!isAbsent(payload['clone'])) walk.builder.addRelation(readObjectName(payload['clone']), topScope);
    if (!isAbsent(payload['like'])) walk.builder.addRelation(readLikeName(walk, payload['like']), topScope);
    const dealtWith = ['name', 'clone', 'like', 'or_replace', 'temporary', 'transient', 'if_not_exists', 'copy_grants'];
    // Defaults that stand for the absence of a clause other dialects have.
    const absent = Object.entries(payload)
      .filter(([, value]) => value === 'None' || value === 'NONE')
      .map(([key]) => key);
    walk.visit(omitKeys(payload, ...dealtWith, ...absent), topScope);
    return 'CREATE TABLE';
  },
  CreateView: (walk, payload) => {
    walk.builder.addTarget(readObjectName(payload['name']));
    const dealtWith = ['name', 'or_replace', 'temporary', 'secure', 'if_not_exists', 'copy_grants', 'comment'];
    const absent = Object.entries(payload)
      .filter(([, value]) => value === 'None')
      .map(([key]) => key);
    walk.visit(omitKeys(payload, ...dealtWith, ...absent), topScope);
    return 'CREATE VIEW';
  },
  Drop: (walk, payload) => {
    const kind = payload['object_type'];
    if (kind !== 'Table' && kind !== 'View')
      throw new UnparsedError('DROP of something that is neither a table nor a view');
    addNameTargets(walk, payload['names']);
    walk.requireOnly(payload, 'object_type', 'names', 'if_exists', 'cascade');
    return kind === 'Table' ? 'DROP TABLE' : 'DROP VIEW';
  },
  AlterTable: (walk, payload) => {
    walk.builder.addTarget(readObjectName(payload['name']));
    walk.requireOnly(payload, 'name', 'if_exists', 'operations');
    for (const each of requireList(payload['operations'], 'ALTER TABLE')) {
      const [operation, detail] = readVariant(each);
      if (operation === 'RenameTable')
        walk.builder.addTarget(readObjectName(readNewName(requireNode(detail, operation)['table_name'])));
      else if (operation === 'SwapWith')
        walk.builder.addTarget(readObjectName(requireNode(detail, operation)['table_name']));
      else walk.visit(each, topScope);
    }
    return 'ALTER TABLE';
  },
};

function readLikeName(walk: TreeWalker, like: unknown) {
  const node = requireNode(requireNode(like, 'LIKE')['Plain'], 'LIKE');
  walk.requireOnly(node, 'name');
  return readObjectName(node['name']);
}

function readNewName(value: unknown): unknown {
  const to = isTreeNode(value) ? value['To'] : undefined;
  if (to === undefined) throw new UnparsedError('ALTER TABLE of unknown shape');
  return to;
}
