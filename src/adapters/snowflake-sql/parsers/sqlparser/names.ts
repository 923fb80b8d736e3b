import { Unparsed } from '../parser.js';
import type { Name, Part } from '../reading.js';
import { list, text, tree } from '../tree.js';

/** An `Ident`; a quote style other than `"` is a string or a bracket that stands where a name belongs. */
export function part(value: unknown): Part {
  const node = tree(value, 'an identifier');
  const style = node['quote_style'] ?? undefined;
  if (style !== undefined && style !== '"') throw new Unparsed('an identifier in other quotes');
  return { text: text(node['value'], 'an identifier'), quoted: style === '"' };
}

/** An `ObjectName`: every part must be an identifier, not a function that yields one. */
export function objectName(value: unknown): Name {
  return list(value, 'a name').map((each) => {
    const node = tree(each, 'a name');
    if (Object.keys(node).length !== 1 || !('Identifier' in node)) throw new Unparsed('a computed name');
    return part(node['Identifier']);
  });
}
