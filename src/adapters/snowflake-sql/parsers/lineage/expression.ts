import { isBuiltin } from '../../functions/index.js';
import { toStoredCase } from '../../names/identifier.js';
import { readObjectName, readPart } from '../sqlparser/names.js';
import type { Name } from '../reading.js';
import { isAbsent, isTreeNode, requireList, requireNode, type TreeNode } from '../tree.js';
import { resolveColumn, type VisibleNames } from './columns.js';
import { removeDuplicates, type Sources } from './outputs.js';

/** What makes a value depend on more than the columns named in it. */
const opaqueNodes: ReadonlySet<string> = new Set([
  'Query',
  'Subquery',
  'Exists',
  'InSubquery',
  'body',
  'Wildcard',
  'QualifiedWildcard',
  'WildcardWithOptions',
  'NamedWindow',
  'window_name',
  'Prior',
  'Prefixed',
  'CompoundFieldAccess',
]);

/** Every column that an expression of sqlparser's tree names, wherever in it. */
export function collectSources(value: unknown, sight: VisibleNames): Sources {
  const found: Name[] = [];
  return collectInto(value, sight, found) ? removeDuplicates(found) : 'unknown';
}

/** False as soon as anything is unknown: then all of it is. */
function collectInto(value: unknown, sight: VisibleNames, found: Name[]): boolean {
  if (Array.isArray(value)) return value.every((each) => collectInto(each, sight, found));
  // `Wildcard` stands as a plain word among the arguments of a call.
  if (value === 'Wildcard') return false;
  return !isTreeNode(value) || Object.keys(value).every((key) => collectNode(key, value[key], sight, found));
}

function collectNode(key: string, child: unknown, sight: VisibleNames, found: Name[]): boolean {
  if (isAbsent(child) || key === 'data_type' || key === 'collation' || key.endsWith('_token')) return true;
  if (opaqueNodes.has(key)) return false;
  if (key === 'Identifier') return addSources(resolveColumn([readPart(child)], sight), found);
  if (key === 'CompoundIdentifier')
    return addSources(resolveColumn(requireList(child, 'a column').map(readPart), sight), found);
  if (key === 'Placeholder') return !String(child).startsWith('$');
  if (key === 'Function') return collectCall(requireNode(child, 'a call'), sight, found);
  return collectInto(child, sight, found);
}

function addSources(sources: Sources, found: Name[]): boolean {
  if (sources === 'unknown') return false;
  found.push(...sources);
  return true;
}

/**
 * A function that is no built-in may return anything; COUNT(*) returns no column's values, COUNT(DISTINCT *) tells of
 * all.
 */
function collectCall(call: TreeNode, sight: VisibleNames, found: Name[]): boolean {
  const [name, ...more] = readObjectName(call['name']);
  if (name === undefined || more.length > 0 || name.quoted || !isBuiltin(toStoredCase(name))) return false;
  const { List: args } = isTreeNode(call['args']) ? call['args'] : { List: undefined };
  const counted =
    toStoredCase(name) === 'COUNT' &&
    isTreeNode(args) &&
    isAbsent(args['duplicate_treatment']) &&
    JSON.stringify(args['args']) === '[{"Unnamed":"Wildcard"}]';
  return Object.keys(call).every(
    (key) => key === 'name' || (counted && key === 'args') || collectNode(key, call[key], sight, found),
  );
}
