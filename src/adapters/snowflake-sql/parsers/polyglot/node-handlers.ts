import { isSpelled } from '../../names/identifier.js';
import { UnparsedError } from '../parser.js';
import type { CteScope } from '../cte-scope.js';
import { isTreeNode, requireList, requireText, requireNode, type TreeNode } from '../tree.js';
import type { NodeHandler, TreeWalker } from '../tree-walker.js';
import { restoreName } from './rename-calls.js';
import { readColumnParts, readPart } from './names.js';

/** Constructs that polyglot holds as if they were calls; VALUES, which is reserved, in `IN (VALUES (1), (2))`. */
const pseudoCalls: ReadonlySet<string> = new Set(['GROUPING SETS', 'ROLLUP', 'CUBE']);

const createCallHandler =
  (name: string): NodeHandler =>
  (walk, payload, scope) => {
    walk.builder.addCall([{ text: name, quoted: false }]);
    walk.visitFields(requireNode(payload, name), scope, 'original_name');
  };

/** Nodes that mean more than the sum of their children. */
export const nodeHandlers: ReadonlyMap<string, NodeHandler> = new Map(
  Object.entries<NodeHandler>({
    function: handleCall,
    aggregate_function: handleCall,
    method_call: (walk, payload, scope) => {
      const node = requireNode(payload, 'a call');
      const owner = readColumnParts(node['this']);
      if (owner === undefined) throw new UnparsedError('a method of an expression');
      walk.builder.addCall([...owner, readPart(node['method'])]);
      walk.visit(node['args'], scope);
      walk.requireOnly(node, 'this', 'method', 'args');
    },
    column: (walk, payload, scope) => {
      // The definition of a column in DDL has the same name.
      if ('data_type' in requireNode(payload, 'a column')) return walk.visit(payload, scope);
      walk.builder.addColumn(readColumnParts({ column: payload }) ?? []);
      walk.requireOnly(requireNode(payload, 'a column'), 'name', 'table', 'span', 'join_mark');
    },
    dot: (walk, payload, scope) => {
      const parts = readColumnParts({ dot: payload });
      if (parts === undefined) walk.visit(requireNode(payload, 'a path')['this'], scope);
      else walk.builder.addColumn(parts);
      walk.requireOnly(requireNode(payload, 'a path'), 'this', 'field');
    },
    var: (_walk, payload) => {
      requireText(requireNode(payload, 'a word')['this'], 'a word');
    },
    when: handleTimeTravel,
    historical_data: handleTimeTravel,
    raw: (_walk, payload) => {
      // Polyglot keeps some clauses as text; this one can name columns only.
      if (!/^CLUSTER BY \([\w\s,]*\)$/i.test(requireText(requireNode(payload, 'a clause')['sql'], 'a clause')))
        throw new UnparsedError('a clause kept as text');
    },
    match_recognize: (walk, payload, scope) => {
      const node = requireNode(payload, 'a pattern');
      // The pattern is kept as text: only symbols and their operators may stand in it.
      if (!isPattern(requireText(node['pattern'], 'a pattern'))) throw new UnparsedError('a row pattern');
      walk.visitFields(node, scope, 'pattern');
    },
    j_s_o_n_extract: (walk, payload, scope) => {
      // A path is kept as text: an index that is an expression would hide in it.
      const path = requireNode(requireNode(payload, 'a path')['expression'], 'a path')['literal'];
      if (isTreeNode(path) && requireText(path['value'], 'a path').includes('('))
        throw new UnparsedError('a path that holds an expression');
      walk.visit(payload, scope);
    },
    interval: (walk, payload, scope) => {
      const node = requireNode(payload, 'an interval');
      // `DAY`, or `YEAR TO MONTH`: words only.
      if (
        isTreeNode(node['unit']) &&
        Object.values(node['unit']).some((each) => typeof each === 'object' && each !== null)
      )
        throw new UnparsedError('a unit of unknown shape');
      walk.visitFields(node, scope, 'unit');
    },
    // FETCH has a field of that name.
    count: (walk, payload, scope) =>
      isTreeNode(payload) && 'star' in payload
        ? createCallHandler('COUNT')(walk, payload, scope)
        : walk.visit(payload, scope),
    substring: createCallHandler('SUBSTRING'),
    extract: createCallHandler('EXTRACT'),
    str_position: createCallHandler('POSITION'),
    trim: createCallHandler('TRIM'),
    replace: (walk, payload, scope) =>
      Array.isArray(payload) ? walk.visit(payload, scope) : createCallHandler('REPLACE')(walk, payload, scope),
    first_value: createCallHandler('FIRST_VALUE'),
    last_value: createCallHandler('LAST_VALUE'),
    nth_value: createCallHandler('NTH_VALUE'),
    lead: createCallHandler('LEAD'),
    lag: createCallHandler('LAG'),
    first: createCallHandler('FIRST'),
    last: createCallHandler('LAST'),
  }),
);

function handleCall(walk: TreeWalker, payload: unknown, scope: CteScope): void {
  const node = requireNode(payload, 'a call');
  const name = restoreName(requireText(node['name'], 'a call'));
  const args = requireList(node['args'], 'a call');
  if (isSpelled({ text: name, quoted: node['quoted'] === true }, 'TABLE')) checkTableFunction(args);
  else if (!pseudoCalls.has(name) && !isSpelled({ text: name, quoted: node['quoted'] === true }, 'VALUES'))
    walk.builder.addCall([{ text: name, quoted: node['quoted'] === true }]);
  walk.visitFields(node, scope, 'name', 'quoted');
}

/** TABLE(f(…)) reads what f returns; TABLE(name) or TABLE('name') names a relation in a way we do not resolve. */
function checkTableFunction(args: readonly unknown[]): void {
  const [only] = args;
  if (args.length !== 1 || !isTreeNode(only) || !('function' in only || 'method_call' in only))
    throw new UnparsedError('TABLE() of something that is not a call');
}

function handleTimeTravel(walk: TreeWalker, payload: unknown, scope: CteScope): void {
  const node: TreeNode = requireNode(payload, 'a time travel');
  // AT (STREAM => '…') names another object inside a string.
  if (node['kind'] === 'STREAM') throw new UnparsedError('time travel to a stream');
  walk.visit(node, scope);
}

function isPattern(pattern: string): boolean {
  return /^[\w\s|&^$*+?{},()-]*$/.test(pattern) && !/\b(?:select|from|join|with)\b/i.test(pattern);
}
