import { UnparsedError } from '../parser.js';
import { setPosition } from '../name-positions.js';
import type { Name, NamePart, TextPosition } from '../reading.js';
import { isTreeNode, requireList, requireText, requireNode } from '../tree.js';

/** An `Ident`; a quote style other than `"` is a string or a bracket that stands where a name belongs. */
export function readPart(value: unknown): NamePart {
  const node = requireNode(value, 'an identifier');
  const style = node['quote_style'] ?? undefined;
  if (style !== undefined && style !== '"') throw new UnparsedError('an identifier in other quotes');
  return { text: requireText(node['value'], 'an identifier'), quoted: style === '"' };
}

/** An `ObjectName`: every part must be an identifier, not a function that yields one. */
export function readObjectName(value: unknown, aliased = false): Name {
  const parts = requireList(value, 'a name').map((each) => {
    const node = requireNode(each, 'a name');
    if (Object.keys(node).length !== 1 || !('Identifier' in node)) throw new UnparsedError('a computed name');
    return node['Identifier'];
  });
  const place = readPosition(parts[0]);
  return setPosition(parts.map(readPart), place === undefined || !aliased ? place : { ...place, aliased });
}

/** Where an identifier or a token begins. */
export function readPosition(node: unknown): TextPosition | undefined {
  const span = isTreeNode(node) ? node['span'] : undefined;
  const start = isTreeNode(span) ? span['start'] : undefined;
  const { line, column } = isTreeNode(start) ? start : {};
  return typeof line === 'number' && typeof column === 'number' && line > 0 ? { line, column } : undefined;
}
