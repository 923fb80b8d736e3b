import { spells } from '../identifier.js';
import { Unparsed } from '../parser.js';
import type { Scope } from '../scope.js';
import { isAbsent, isTree, list, tree, variant, without } from '../tree.js';
import type { Handler, Walker } from '../walker.js';
import { objectName, part } from './names.js';

const typed = (name: string): Handler => (walk, payload, scope) => {
  walk.gathering.call([{ text: name, quoted: false }]);
  walk.visit(payload, scope);
};

/** Nodes that mean more than the sum of their children. */
export const nodes: ReadonlyMap<string, Handler> = new Map(Object.entries<Handler>({
  Table: (walk, payload, scope) => {
    const node = tree(payload, 'a relation');
    if (!isAbsent(node['args'])) throw new Unparsed('a relation with arguments');
    walk.gathering.relation(objectName(node['name'], !isAbsent(node['alias'])), scope);
    walk.rest(node, scope, 'name', 'with_hints', 'partitions', 'index_hints');
    walk.closed(node, 'name', 'alias', 'version', 'sample');
  },
  Function: (walk, payload, scope) => {
    const node = tree(payload, 'a call');
    walk.gathering.call(objectName(node['name']));
    walk.rest(node, scope, 'name');
  },
  TableFunction: (walk, payload, scope) => {
    const node = tree(payload, 'TABLE()');
    const [kind, called] = variant(node['expr']);
    if (kind !== 'Function' || !isAbsent(tree(called, 'a call')['over'])) throw new Unparsed('TABLE() of something that is not a call');
    walk.visit(node, scope);
  },
  version: (walk, payload, scope) => {
    const [kind, clause] = variant(payload);
    if (kind === 'Function') return timeTravel(walk, clause, scope);
    if (kind !== 'Changes') throw new Unparsed(`sqlparser ${kind}`);
    for (const each of Object.values(tree(clause, 'CHANGES'))) if (!isAbsent(each)) timeTravel(walk, each, scope);
  },
  // What a MERGE does with a row; anywhere else a statement inside a statement is not known.
  action: (walk, payload, scope) => {
    const [kind, action] = variant(payload);
    if (kind !== 'Update' && kind !== 'Insert' && kind !== 'Delete') throw new Unparsed(`sqlparser ${kind}`);
    walk.visit(action, scope);
  },
  // An INTO clause of a multi-table insert.
  table_name: (walk, payload) => walk.gathering.target(objectName(payload)),
  ForeignKey: (walk, payload, scope) => {
    const node = tree(payload, 'a foreign key');
    walk.gathering.relation(objectName(node['foreign_table']), scope);
    walk.closed(node, 'name', 'columns', 'foreign_table', 'referred_columns', 'on_delete', 'on_update', 'match_kind');
  },
  data_type: (walk, payload, scope) => {
    if (isTree(payload) && Object.values(payload).every(isPlainType)) return;
    walk.visit(payload, scope);
  },
  Identifier: (walk, payload) => walk.gathering.column([part(payload)]),
  CompoundIdentifier: (walk, payload) => walk.gathering.column(list(payload, 'a column').map(part)),
  // ROLLUP and CUBE inside GROUPING SETS are held as if they were functions.
  GroupingSets: (walk, payload, scope) => {
    for (const each of list(payload, 'GROUPING SETS').flatMap((set) => list(set, 'GROUPING SETS'))) {
      const called = isTree(each) ? each['Function'] : undefined;
      const grouping = isTree(called) && objectName(called['name']).every((name, _at, all) => all.length === 1 && (spells(name, 'ROLLUP') || spells(name, 'CUBE')));
      walk.visit(grouping ? without(called, 'name') : each, scope);
    }
  },
  Like: like,
  ILike: like,
  Collate: (walk, payload, scope) => walk.rest(tree(payload, 'COLLATE'), scope, 'collation'),
  Substring: (walk, payload, scope) => typed(tree(payload, 'SUBSTRING')['shorthand'] === true ? 'SUBSTR' : 'SUBSTRING')(walk, payload, scope),
  Ceil: typed('CEIL'),
  Floor: typed('FLOOR'),
  Trim: typed('TRIM'),
  Position: typed('POSITION'),
  Extract: typed('EXTRACT'),
}));

/** LIKE ALL (…) is held as if ALL were a function. */
function like(walk: Walker, payload: unknown, scope: Scope): void {
  const node = tree(payload, 'LIKE');
  const { pattern } = node;
  const called = isTree(pattern) ? pattern['Function'] : undefined;
  const quantified = isTree(called) && objectName(called['name']).every((each) => spells(each, 'ALL'));
  walk.visit(quantified ? { ...node, pattern: without(called, 'name') } : node, scope);
}

/** AT, BEFORE, END and CHANGES look like calls in this tree, but are clauses; their arguments are expressions. */
function timeTravel(walk: Walker, payload: unknown, scope: Scope): void {
  const node = tree(tree(payload, 'a time travel')['Function'], 'a time travel');
  const clause = objectName(node['name']);
  if (!['AT', 'BEFORE', 'CHANGES', 'END'].some((word) => clause.length === 1 && spells(clause[0], word))) throw new Unparsed('a time travel of unknown shape');
  for (const each of list(tree(tree(node['args'], 'a time travel')['List'], 'a time travel')['args'], 'a time travel')) {
    const named = tree(each, 'a time travel')['Named'];
    // AT (STREAM => '…') names another object inside a string.
    if (!isTree(named) || spells(part(named['name']), 'STREAM')) throw new Unparsed('time travel to a stream');
    walk.visit(each, scope);
  }
  walk.rest(node, scope, 'name', 'args');
}

/** A type with lengths at most: nothing in it can be an expression. */
function isPlainType(parameters: unknown): boolean {
  return Array.isArray(parameters) ? parameters.every(isPlainType) : typeof parameters !== 'object' || parameters === null;
}
