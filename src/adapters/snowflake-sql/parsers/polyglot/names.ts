import { UnparsedError } from '../parser.js';
import type { Name, NamePart } from '../reading.js';
import { isAbsent, isTreeNode, requireText, requireNode, type TreeNode } from '../tree.js';

const identifierKeys: ReadonlySet<string> = new Set(['name', 'quoted', 'trailing_comments', 'span']);

/** True for polyglot's `Identifier`: a leaf without meaning of its own. */
export function isIdentifier(node: TreeNode): boolean {
  return (
    typeof node['name'] === 'string' && 'quoted' in node && Object.keys(node).every((key) => identifierKeys.has(key))
  );
}

/** True for polyglot's `TableRef`, wherever in the tree it stands. */
export function isTableRef(node: TreeNode): boolean {
  return isTreeNode(node['name']) && 'schema' in node && 'catalog' in node;
}

export function readPart(value: unknown): NamePart {
  const node = requireNode(value, 'an identifier');
  if (!isIdentifier(node)) throw new UnparsedError('an identifier of unknown shape');
  return { text: requireText(node['name'], 'an identifier'), quoted: node['quoted'] === true };
}

/** The name of a `TableRef`. */
export function readTableName(node: TreeNode): Name {
  return [node['catalog'], node['schema'], node['name']].filter((each) => !isAbsent(each)).map(readPart);
}

/** The parts of a column, or of a chain of dots that starts with one; undefined for any other expression. */
export function readColumnParts(value: unknown): readonly NamePart[] | undefined {
  if (!isTreeNode(value)) return undefined;
  const { column, dot } = value;
  if (isTreeNode(column)) return [column['table'], column['name']].filter((each) => !isAbsent(each)).map(readPart);
  if (!isTreeNode(dot)) return undefined;
  const before = readColumnParts(dot['this']);
  return before === undefined ? undefined : [...before, readPart(dot['field'])];
}
