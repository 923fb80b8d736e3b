import { isBuiltin } from '../../functions/index.js';
import { stored } from '../identifier.js';
import { objectName, part } from '../sqlparser/names.js';
import type { Name } from '../reading.js';
import { isAbsent, isTree, list, tree, type Tree } from '../tree.js';
import { column, type Sight } from './columns.js';
import { distinct, type Sources } from './outputs.js';

/** What makes a value depend on more than the columns named in it. */
const beyond: ReadonlySet<string> = new Set([
  'Query', 'Subquery', 'Exists', 'InSubquery', 'body', 'Wildcard', 'QualifiedWildcard', 'WildcardWithOptions', 'NamedWindow', 'window_name', 'Prior', 'Prefixed', 'CompoundFieldAccess',
]);

/** Every column that an expression of sqlparser's tree names, wherever in it. */
export function sourcesOf(value: unknown, sight: Sight): Sources {
  const found: Name[] = [];
  return collect(value, sight, found) ? distinct(found) : 'unknown';
}

/** False as soon as anything is unknown: then all of it is. */
function collect(value: unknown, sight: Sight, found: Name[]): boolean {
  if (Array.isArray(value)) return value.every((each) => collect(each, sight, found));
  // `Wildcard` stands as a plain word among the arguments of a call.
  if (value === 'Wildcard') return false;
  return !isTree(value) || Object.keys(value).every((key) => ofNode(key, value[key], sight, found));
}

function ofNode(key: string, child: unknown, sight: Sight, found: Name[]): boolean {
  if (isAbsent(child) || key === 'data_type' || key === 'collation' || key.endsWith('_token')) return true;
  if (beyond.has(key)) return false;
  if (key === 'Identifier') return add(column([part(child)], sight), found);
  if (key === 'CompoundIdentifier') return add(column(list(child, 'a column').map(part), sight), found);
  if (key === 'Placeholder') return !String(child).startsWith('$');
  if (key === 'Function') return ofCall(tree(child, 'a call'), sight, found);
  return collect(child, sight, found);
}

function add(sources: Sources, found: Name[]): boolean {
  if (sources === 'unknown') return false;
  found.push(...sources);
  return true;
}

/** A function that is no built-in may return anything; COUNT(*) returns no column's values, COUNT(DISTINCT *) tells of all. */
function ofCall(call: Tree, sight: Sight, found: Name[]): boolean {
  const [name, ...more] = objectName(call['name']);
  if (name === undefined || more.length > 0 || name.quoted || !isBuiltin(stored(name))) return false;
  const { List: args } = isTree(call['args']) ? call['args'] : { List: undefined };
  const counted = stored(name) === 'COUNT' && isTree(args) && isAbsent(args['duplicate_treatment']) && JSON.stringify(args['args']) === '[{"Unnamed":"Wildcard"}]';
  return Object.keys(call).every((key) => key === 'name' || (counted && key === 'args') || ofNode(key, call[key], sight, found));
}
