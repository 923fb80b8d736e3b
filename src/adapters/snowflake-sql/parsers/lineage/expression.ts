import { isBuiltin } from '../../functions/index.js';
import { stored } from '../identifier.js';
import { objectName, part } from '../sqlparser/names.js';
import { isAbsent, isTree, list, tree, without, type Tree } from '../tree.js';
import { column, type Sight } from './columns.js';
import { together, type Sources } from './outputs.js';

/** What makes a value depend on more than the columns named in it. */
const beyond: ReadonlySet<string> = new Set([
  'Query', 'Subquery', 'Exists', 'InSubquery', 'body', 'Wildcard', 'QualifiedWildcard', 'WildcardWithOptions', 'NamedWindow', 'window_name', 'Prior', 'Prefixed', 'CompoundFieldAccess',
]);

/** Every column that an expression of sqlparser's tree names, wherever in it. */
export function sourcesOf(value: unknown, sight: Sight): Sources {
  if (Array.isArray(value)) return together(value.map((each) => sourcesOf(each, sight)));
  // `Wildcard` stands as a plain word among the arguments of a call.
  if (value === 'Wildcard') return 'unknown';
  return isTree(value) ? together(Object.entries(value).map(([key, child]) => ofNode(key, child, sight))) : [];
}

function ofNode(key: string, child: unknown, sight: Sight): Sources {
  if (isAbsent(child) || key === 'data_type' || key === 'collation' || key.endsWith('_token')) return [];
  if (beyond.has(key)) return 'unknown';
  if (key === 'Identifier') return column([part(child)], sight);
  if (key === 'CompoundIdentifier') return column(list(child, 'a column').map(part), sight);
  if (key === 'Placeholder') return String(child).startsWith('$') ? 'unknown' : [];
  if (key === 'Function') return ofCall(tree(child, 'a call'), sight);
  return sourcesOf(child, sight);
}

/** A function that is no built-in may return anything; COUNT(*) returns no column's values. */
function ofCall(call: Tree, sight: Sight): Sources {
  const [name, ...more] = objectName(call['name']);
  if (name === undefined || more.length > 0 || name.quoted || !isBuiltin(stored(name))) return 'unknown';
  const { List: args } = isTree(call['args']) ? call['args'] : { List: undefined };
  const counted = stored(name) === 'COUNT' && isTree(args) && JSON.stringify(args['args']) === '[{"Unnamed":"Wildcard"}]';
  return sourcesOf(without(call, 'name', ...(counted ? ['args'] : [])), sight);
}
