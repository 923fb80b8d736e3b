import { UnparsedError } from '../parser.js';
import type { CteScope } from '../cte-scope.js';
import { isTreeNode, requireList, requireNode, omitKeys, type TreeNode } from '../tree.js';
import type { TreeWalker } from '../tree-walker.js';
import { addTarget } from './target.js';

/** Gathers one statement and returns its verb. */
export type StatementHandler = (walk: TreeWalker, payload: TreeNode) => string;

const topScope: CteScope = undefined;

/** Statements that change rows. */
export const changes: Readonly<Record<string, StatementHandler>> = {
  insert: (walk, payload) => {
    addTarget(walk, payload['table']);
    walk.visit(omitKeys(payload, 'table', 'overwrite'), topScope);
    return 'INSERT';
  },
  multitable_inserts: (walk, payload) => {
    for (const each of requireList(payload['expressions'], 'INSERT ALL')) {
      const branch = requireNode(requireNode(each, 'INSERT ALL')['conditional_insert'], 'INSERT ALL');
      const into = requireNode(requireNode(branch['this'], 'INSERT ALL')['insert'], 'INSERT ALL');
      addTarget(walk, into['table']);
      walk.visit(omitKeys(into, 'table'), topScope);
      walk.visit(omitKeys(branch, 'this'), topScope);
    }
    walk.visit(omitKeys(payload, 'expressions', 'overwrite'), topScope);
    return 'INSERT';
  },
  update: (walk, payload) => {
    addTarget(walk, payload['table']);
    walk.visit(omitKeys(payload, 'table'), topScope);
    return 'UPDATE';
  },
  delete: (walk, payload) => {
    addTarget(walk, payload['table']);
    walk.visit(omitKeys(payload, 'table'), topScope);
    return 'DELETE';
  },
  merge: (walk, payload) => {
    addTarget(walk, payload['this']);
    for (const each of listBranches(payload['whens'])) walk.visit(each, topScope);
    walk.visit(omitKeys(payload, 'this', 'whens'), topScope);
    return 'MERGE';
  },
  truncate: (walk, payload) => {
    if (payload['target'] !== 'Table') throw new UnparsedError('TRUNCATE of something that is not a table');
    addTarget(walk, payload['table']);
    walk.requireOnly(payload, 'target', 'if_exists', 'table');
    return 'TRUNCATE TABLE';
  },
};

/** The WHEN clauses of a MERGE, whose node has the name that time travel has elsewhere. */
function listBranches(whens: unknown): readonly TreeNode[] {
  const inner = requireNode(requireNode(whens, 'MERGE')['whens'], 'MERGE');
  return requireList(inner['expressions'], 'MERGE').map((each) => {
    const branch = requireNode(each, 'MERGE')['when'];
    if (!isTreeNode(branch) || !('then' in branch)) throw new UnparsedError('MERGE of unknown shape');
    return branch;
  });
}
