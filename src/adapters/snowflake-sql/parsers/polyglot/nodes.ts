import { spells } from '../identifier.js';
import { Unparsed } from '../parser.js';
import type { Scope } from '../scope.js';
import { isTree, list, text, tree, type Tree } from '../tree.js';
import type { Handler, Walker } from '../walker.js';
import { writtenName } from './calls.js';
import { columnParts, part } from './names.js';

/** Constructs that polyglot holds as if they were calls; VALUES, which is reserved, in `IN (VALUES (1), (2))`. */
const noCalls: ReadonlySet<string> = new Set(['GROUPING SETS', 'ROLLUP', 'CUBE']);

const typed = (name: string): Handler => (walk, payload, scope) => {
  walk.gathering.call([{ text: name, quoted: false }]);
  walk.rest(tree(payload, name), scope, 'original_name');
};

/** Nodes that mean more than the sum of their children. */
export const nodes: ReadonlyMap<string, Handler> = new Map(Object.entries<Handler>({
  function: call,
  aggregate_function: call,
  method_call: (walk, payload, scope) => {
    const node = tree(payload, 'a call');
    const owner = columnParts(node['this']);
    if (owner === undefined) throw new Unparsed('a method of an expression');
    walk.gathering.call([...owner, part(node['method'])]);
    walk.visit(node['args'], scope);
    walk.closed(node, 'this', 'method', 'args');
  },
  column: (walk, payload, scope) => {
    // The definition of a column in DDL has the same name.
    if ('data_type' in tree(payload, 'a column')) return walk.visit(payload, scope);
    walk.gathering.column(columnParts({ column: payload }) ?? []);
    walk.closed(tree(payload, 'a column'), 'name', 'table', 'span', 'join_mark');
  },
  dot: (walk, payload, scope) => {
    const parts = columnParts({ dot: payload });
    if (parts === undefined) walk.visit(tree(payload, 'a path')['this'], scope);
    else walk.gathering.column(parts);
    walk.closed(tree(payload, 'a path'), 'this', 'field');
  },
  var: (_walk, payload) => {
    text(tree(payload, 'a word')['this'], 'a word');
  },
  when: timeTravel,
  historical_data: timeTravel,
  raw: (_walk, payload) => {
    // Polyglot keeps some clauses as text; this one can name columns only.
    if (!/^CLUSTER BY \([\w\s,]*\)$/i.test(text(tree(payload, 'a clause')['sql'], 'a clause'))) throw new Unparsed('a clause kept as text');
  },
  match_recognize: (walk, payload, scope) => {
    const node = tree(payload, 'a pattern');
    // The pattern is kept as text: only symbols and their operators may stand in it.
    if (!isPattern(text(node['pattern'], 'a pattern'))) throw new Unparsed('a row pattern');
    walk.rest(node, scope, 'pattern');
  },
  j_s_o_n_extract: (walk, payload, scope) => {
    // A path is kept as text: an index that is an expression would hide in it.
    const path = tree(tree(payload, 'a path')['expression'], 'a path')['literal'];
    if (isTree(path) && text(path['value'], 'a path').includes('(')) throw new Unparsed('a path that holds an expression');
    walk.visit(payload, scope);
  },
  interval: (walk, payload, scope) => {
    const node = tree(payload, 'an interval');
    // `DAY`, or `YEAR TO MONTH`: words only.
    if (isTree(node['unit']) && Object.values(node['unit']).some((each) => typeof each === 'object' && each !== null)) throw new Unparsed('a unit of unknown shape');
    walk.rest(node, scope, 'unit');
  },
  // FETCH has a field of that name.
  count: (walk, payload, scope) => (isTree(payload) && 'star' in payload ? typed('COUNT')(walk, payload, scope) : walk.visit(payload, scope)),
  substring: typed('SUBSTRING'),
  extract: typed('EXTRACT'),
  str_position: typed('POSITION'),
  trim: typed('TRIM'),
  replace: (walk, payload, scope) => (Array.isArray(payload) ? walk.visit(payload, scope) : typed('REPLACE')(walk, payload, scope)),
  first_value: typed('FIRST_VALUE'),
  last_value: typed('LAST_VALUE'),
  nth_value: typed('NTH_VALUE'),
  lead: typed('LEAD'),
  lag: typed('LAG'),
  first: typed('FIRST'),
  last: typed('LAST'),
}));

function call(walk: Walker, payload: unknown, scope: Scope): void {
  const node = tree(payload, 'a call');
  const name = writtenName(text(node['name'], 'a call'));
  const args = list(node['args'], 'a call');
  if (spells({ text: name, quoted: node['quoted'] === true }, 'TABLE')) tableFunction(args);
  else if (!noCalls.has(name) && !spells({ text: name, quoted: node['quoted'] === true }, 'VALUES')) walk.gathering.call([{ text: name, quoted: node['quoted'] === true }]);
  walk.rest(node, scope, 'name', 'quoted');
}

/** TABLE(f(…)) reads what f returns; TABLE(name) or TABLE('name') names a relation in a way we do not resolve. */
function tableFunction(args: readonly unknown[]): void {
  const [only] = args;
  if (args.length !== 1 || !isTree(only) || !('function' in only || 'method_call' in only)) throw new Unparsed('TABLE() of something that is not a call');
}

function timeTravel(walk: Walker, payload: unknown, scope: Scope): void {
  const node: Tree = tree(payload, 'a time travel');
  // AT (STREAM => '…') names another object inside a string.
  if (node['kind'] === 'STREAM') throw new Unparsed('time travel to a stream');
  walk.visit(node, scope);
}

function isPattern(pattern: string): boolean {
  return /^[\w\s|&^$*+?{},()-]*$/.test(pattern) && !/\b(?:select|from|join|with)\b/i.test(pattern);
}
