import { isSpelled } from '../../names/identifier.js';
import { UnparsedError } from '../parser.js';
import type { CteScope } from '../cte-scope.js';
import { isAbsent, isTreeNode, requireList, requireNode, readVariant, omitKeys } from '../tree.js';
import type { NodeHandler, TreeWalker } from '../tree-walker.js';
import { readObjectName, readPart } from './names.js';

const createCallHandler =
  (name: string): NodeHandler =>
  (walk, payload, scope) => {
    walk.builder.addCall([{ text: name, quoted: false }]);
    walk.visit(payload, scope);
  };

/** Nodes that mean more than the sum of their children. */
export const nodeHandlers: ReadonlyMap<string, NodeHandler> = new Map(
  Object.entries<NodeHandler>({
    Table: (walk, payload, scope) => {
      const node = requireNode(payload, 'a relation');
      if (!isAbsent(node['args'])) throw new UnparsedError('a relation with arguments');
      walk.builder.addRelation(readObjectName(node['name'], !isAbsent(node['alias'])), scope);
      walk.visitFields(node, scope, 'name', 'with_hints', 'partitions', 'index_hints');
      walk.requireOnly(node, 'name', 'alias', 'version', 'sample');
    },
    Function: (walk, payload, scope) => {
      const node = requireNode(payload, 'a call');
      walk.builder.addCall(readObjectName(node['name']));
      walk.visitFields(node, scope, 'name');
    },
    TableFunction: (walk, payload, scope) => {
      const node = requireNode(payload, 'TABLE()');
      const [kind, called] = readVariant(node['expr']);
      if (kind !== 'Function' || !isAbsent(requireNode(called, 'a call')['over']))
        throw new UnparsedError('TABLE() of something that is not a call');
      walk.visit(node, scope);
    },
    version: (walk, payload, scope) => {
      const [kind, clause] = readVariant(payload);
      if (kind === 'Function') return handleTimeTravel(walk, clause, scope);
      if (kind !== 'Changes') throw new UnparsedError(`sqlparser ${kind}`);
      for (const each of Object.values(requireNode(clause, 'CHANGES')))
        if (!isAbsent(each)) handleTimeTravel(walk, each, scope);
    },
    // What a MERGE does with a row; anywhere else a statement inside a statement is not known.
    action: (walk, payload, scope) => {
      const [kind, action] = readVariant(payload);
      if (kind !== 'Update' && kind !== 'Insert' && kind !== 'Delete') throw new UnparsedError(`sqlparser ${kind}`);
      walk.visit(action, scope);
    },
    // An INTO clause of a multi-table insert.
    table_name: (walk, payload) => walk.builder.addTarget(readObjectName(payload)),
    ForeignKey: (walk, payload, scope) => {
      const node = requireNode(payload, 'a foreign key');
      walk.builder.addRelation(readObjectName(node['foreign_table']), scope);
      walk.requireOnly(
        node,
        'name',
        'columns',
        'foreign_table',
        'referred_columns',
        'on_delete',
        'on_update',
        'match_kind',
      );
    },
    data_type: (walk, payload, scope) => {
      if (isTreeNode(payload) && Object.values(payload).every(isPlainType)) return;
      walk.visit(payload, scope);
    },
    Identifier: (walk, payload) => walk.builder.addColumn([readPart(payload)]),
    CompoundIdentifier: (walk, payload) => walk.builder.addColumn(requireList(payload, 'a column').map(readPart)),
    // ROLLUP and CUBE inside GROUPING SETS are held as if they were functions.
    GroupingSets: (walk, payload, scope) => {
      for (const each of requireList(payload, 'GROUPING SETS').flatMap((set) => requireList(set, 'GROUPING SETS'))) {
        const called = isTreeNode(each) ? each['Function'] : undefined;
        const grouping =
          isTreeNode(called) &&
          readObjectName(called['name']).every(
            (name, _at, all) => all.length === 1 && (isSpelled(name, 'ROLLUP') || isSpelled(name, 'CUBE')),
          );
        walk.visit(grouping ? omitKeys(called, 'name') : each, scope);
      }
    },
    Like: handleLike,
    ILike: handleLike,
    Collate: (walk, payload, scope) => walk.visitFields(requireNode(payload, 'COLLATE'), scope, 'collation'),
    Substring: (walk, payload, scope) =>
      createCallHandler(requireNode(payload, 'SUBSTRING')['shorthand'] === true ? 'SUBSTR' : 'SUBSTRING')(
        walk,
        payload,
        scope,
      ),
    Ceil: createCallHandler('CEIL'),
    Floor: createCallHandler('FLOOR'),
    Trim: createCallHandler('TRIM'),
    Position: createCallHandler('POSITION'),
    Extract: createCallHandler('EXTRACT'),
  }),
);

/** LIKE ALL (…) is held as if ALL were a function. */
function handleLike(walk: TreeWalker, payload: unknown, scope: CteScope): void {
  const node = requireNode(payload, 'LIKE');
  const { pattern } = node;
  const called = isTreeNode(pattern) ? pattern['Function'] : undefined;
  const quantified = isTreeNode(called) && readObjectName(called['name']).every((each) => isSpelled(each, 'ALL'));
  walk.visit(quantified ? { ...node, pattern: omitKeys(called, 'name') } : node, scope);
}

/** AT, BEFORE, END and CHANGES look like calls in this tree, but are clauses; their arguments are expressions. */
function handleTimeTravel(walk: TreeWalker, payload: unknown, scope: CteScope): void {
  const node = requireNode(requireNode(payload, 'a time travel')['Function'], 'a time travel');
  const clause = readObjectName(node['name']);
  if (!['AT', 'BEFORE', 'CHANGES', 'END'].some((word) => clause.length === 1 && isSpelled(clause[0], word)))
    throw new UnparsedError('a time travel of unknown shape');
  for (const each of requireList(
    requireNode(requireNode(node['args'], 'a time travel')['List'], 'a time travel')['args'],
    'a time travel',
  )) {
    const named = requireNode(each, 'a time travel')['Named'];
    // AT (STREAM => '…') names another object inside a string.
    if (!isTreeNode(named) || isSpelled(readPart(named['name']), 'STREAM'))
      throw new UnparsedError('time travel to a stream');
    walk.visit(each, scope);
  }
  walk.visitFields(node, scope, 'name', 'args');
}

/** A type with lengths at most: nothing in it can be an expression. */
function isPlainType(parameters: unknown): boolean {
  return Array.isArray(parameters)
    ? parameters.every(isPlainType)
    : typeof parameters !== 'object' || parameters === null;
}
