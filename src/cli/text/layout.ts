import type { Writable } from 'node:stream';
import { escapeUnprintable, toPrintable } from './printable.js';

const [minWidth, unknownWidth] = [80, 160];

/** Columns of a terminal, or of what a pipe is taken for. */
export function getTerminalWidth(stream: Writable): number {
  return Math.max(minWidth, (stream as { readonly columns?: number }).columns ?? unknownWidth);
}

/** What is not ASCII may take two columns; to think so of all of it keeps the terminal from breaking a line itself. */
const measureCharacter = (character: string): number => (character <= '\u007e' ? 1 : 2);

/** The text in pieces that fit, none left out. */
export function wrapText(text: string, width: number): string[] {
  const lines: string[] = [];
  let [line, used] = ['', 0];
  for (const character of text) {
    const wide = measureCharacter(character);
    if (used + wide > width) {
      lines.push(line);
      [line, used] = ['', 0];
    }
    [line, used] = [line + character, used + wide];
  }
  return [...lines, line];
}

/**
 * A fact and its name; what is too long for a line goes on behind a `+`, so that no value can look like a fact of its
 * own.
 */
export function formatField(name: string, value: string, width: number): string {
  return `${name.padEnd(10)} ${wrapText(escapeUnprintable(value), width - 14).join(`\n${''.padEnd(9)}+ `)}\n`;
}

/** Somebody else's text, every line of it behind a bar; a line that was broken here goes on behind a `+`. */
export function formatQuote(text: string, width: number): string {
  return text
    .split('\n')
    .map((line) => `  | ${wrapText(escapeUnprintable(line), width - 5).join('\n  + ')}\n`)
    .join('');
}

/**
 * Rows under a head, each on a line of its own; the columns named in `yielding` share what the others leave, and are
 * cut.
 */
export function formatTable(
  head: readonly string[],
  rows: readonly (readonly string[])[],
  yielding: readonly number[],
  width: number,
): string {
  const all = [head, ...rows].map((row) => row.map(toPrintable));
  const widths = head.map((_, column) => Math.max(...all.map((row) => measureText(row[column] ?? ''))));
  let left =
    width -
    2 * (head.length - 1) -
    widths.reduce((sum, each, column) => sum + (yielding.includes(column) ? 0 : each), 0);
  for (const [index, column] of yielding.entries()) {
    widths[column] = Math.min(widths[column] ?? 0, Math.max(8, Math.floor(left / (yielding.length - index))));
    left -= widths[column] ?? 0;
  }
  return all
    .map(
      (row) =>
        `${row
          .map((cell, column) => fitCell(cell, widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

function measureText(text: string): number {
  let width = 0;
  for (const character of text) width += measureCharacter(character);
  return width;
}

function fitCell(cell: string, width: number): string {
  const [first = '', ...more] = wrapText(cell, width);
  const shown = more.length === 0 ? first : `${wrapText(cell, width - 2)[0] ?? ''}..`;
  return shown + ' '.repeat(Math.max(0, width - measureText(shown)));
}
