import { Unparsed } from '../parser.js';
import { placed } from '../marks.js';
import type { Name, Part, Place } from '../reading.js';
import { isTree, list, text, tree } from '../tree.js';

/** An `Ident`; a quote style other than `"` is a string or a bracket that stands where a name belongs. */
export function part(value: unknown): Part {
  const node = tree(value, 'an identifier');
  const style = node['quote_style'] ?? undefined;
  if (style !== undefined && style !== '"') throw new Unparsed('an identifier in other quotes');
  return { text: text(node['value'], 'an identifier'), quoted: style === '"' };
}

/** An `ObjectName`: every part must be an identifier, not a function that yields one. */
export function objectName(value: unknown, aliased = false): Name {
  const parts = list(value, 'a name').map((each) => {
    const node = tree(each, 'a name');
    if (Object.keys(node).length !== 1 || !('Identifier' in node)) throw new Unparsed('a computed name');
    return node['Identifier'];
  });
  const place = placeOf(parts[0]);
  return placed(parts.map(part), place === undefined || !aliased ? place : { ...place, aliased });
}

/** Where an identifier or a token begins. */
export function placeOf(node: unknown): Place | undefined {
  const span = isTree(node) ? node['span'] : undefined;
  const start = isTree(span) ? span['start'] : undefined;
  const { line, column } = isTree(start) ? start : {};
  return typeof line === 'number' && typeof column === 'number' && line > 0 ? { line, column } : undefined;
}
