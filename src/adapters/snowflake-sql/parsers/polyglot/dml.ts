import { Unparsed } from '../parser.js';
import type { Scope } from '../scope.js';
import { isTree, list, tree, without, type Tree } from '../tree.js';
import type { Walker } from '../walker.js';
import { write } from './target.js';

/** Gathers one statement and returns its verb. */
export type Statement = (walk: Walker, payload: Tree) => string;

const top: Scope = undefined;

/** Statements that change rows. */
export const changes: Readonly<Record<string, Statement>> = {
  insert: (walk, payload) => {
    write(walk, payload['table']);
    walk.visit(without(payload, 'table', 'overwrite'), top);
    return 'INSERT';
  },
  multitable_inserts: (walk, payload) => {
    for (const each of list(payload['expressions'], 'INSERT ALL')) {
      const branch = tree(tree(each, 'INSERT ALL')['conditional_insert'], 'INSERT ALL');
      const into = tree(tree(branch['this'], 'INSERT ALL')['insert'], 'INSERT ALL');
      write(walk, into['table']);
      walk.visit(without(into, 'table'), top);
      walk.visit(without(branch, 'this'), top);
    }
    walk.visit(without(payload, 'expressions', 'overwrite'), top);
    return 'INSERT';
  },
  update: (walk, payload) => {
    write(walk, payload['table']);
    walk.visit(without(payload, 'table'), top);
    return 'UPDATE';
  },
  delete: (walk, payload) => {
    write(walk, payload['table']);
    walk.visit(without(payload, 'table'), top);
    return 'DELETE';
  },
  merge: (walk, payload) => {
    write(walk, payload['this']);
    for (const each of branches(payload['whens'])) walk.visit(each, top);
    walk.visit(without(payload, 'this', 'whens'), top);
    return 'MERGE';
  },
  truncate: (walk, payload) => {
    if (payload['target'] !== 'Table') throw new Unparsed('TRUNCATE of something that is not a table');
    write(walk, payload['table']);
    walk.closed(payload, 'target', 'if_exists', 'table');
    return 'TRUNCATE TABLE';
  },
};

/** The WHEN clauses of a MERGE, whose node has the name that time travel has elsewhere. */
function branches(whens: unknown): readonly Tree[] {
  const inner = tree(tree(whens, 'MERGE')['whens'], 'MERGE');
  return list(inner['expressions'], 'MERGE').map((each) => {
    const branch = tree(each, 'MERGE')['when'];
    if (!isTree(branch) || !('then' in branch)) throw new Unparsed('MERGE of unknown shape');
    return branch;
  });
}
