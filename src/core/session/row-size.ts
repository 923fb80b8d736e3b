import type { Cell, Row } from '../ports.js';

/** About how many bytes a row takes as JSON text: exact for plain ASCII, cheap for all. */
export function estimateRowSize(row: Row): number {
  let bytes = 2;
  for (const cell of row) bytes += 1 + estimateCellSize(cell);
  return bytes;
}

function estimateCellSize(cell: Cell): number {
  switch (typeof cell) {
    case 'string':
      return cell.length + 2;
    case 'number':
      return 8;
    case 'boolean':
      return 5;
    default:
      return cell === null ? 4 : JSON.stringify(cell).length;
  }
}
