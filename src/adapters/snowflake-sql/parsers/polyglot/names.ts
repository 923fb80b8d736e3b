import { Unparsed } from '../parser.js';
import type { Name, Part } from '../reading.js';
import { isAbsent, isTree, text, tree, type Tree } from '../tree.js';

const identifierKeys: ReadonlySet<string> = new Set(['name', 'quoted', 'trailing_comments', 'span']);

/** True for polyglot's `Identifier`: a leaf without meaning of its own. */
export function isIdentifier(node: Tree): boolean {
  return typeof node['name'] === 'string' && 'quoted' in node && Object.keys(node).every((key) => identifierKeys.has(key));
}

/** True for polyglot's `TableRef`, wherever in the tree it stands. */
export function isTableRef(node: Tree): boolean {
  return isTree(node['name']) && 'schema' in node && 'catalog' in node;
}

export function part(value: unknown): Part {
  const node = tree(value, 'an identifier');
  if (!isIdentifier(node)) throw new Unparsed('an identifier of unknown shape');
  return { text: text(node['name'], 'an identifier'), quoted: node['quoted'] === true };
}

/** The name of a `TableRef`. */
export function tableName(node: Tree): Name {
  return [node['catalog'], node['schema'], node['name']].filter((each) => !isAbsent(each)).map(part);
}

/** The parts of a column, or of a chain of dots that starts with one; undefined for any other expression. */
export function columnParts(value: unknown): readonly Part[] | undefined {
  if (!isTree(value)) return undefined;
  const { column, dot } = value;
  if (isTree(column)) return [column['table'], column['name']].filter((each) => !isAbsent(each)).map(part);
  if (!isTree(dot)) return undefined;
  const before = columnParts(dot['this']);
  return before === undefined ? undefined : [...before, part(dot['field'])];
}
