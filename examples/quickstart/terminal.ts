type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow';

const codes: Readonly<Record<Style, readonly [number, number]>> = {
  bold: [1, 22],
  dim: [2, 22],
  red: [31, 39],
  green: [32, 39],
  yellow: [33, 39],
};
const coloured = process.stdout.isTTY && !process.env['NO_COLOR'];

/** The text in a style; plain where nobody would see colours (no terminal, or NO_COLOR is set: no-color.org). */
export function styled(style: Style, text: string): string {
  const [on, off] = codes[style];
  return coloured ? `\u001b[${on}m${text}\u001b[${off}m` : text;
}

/** Writes one block, indented by `indent` spaces. */
export function say(text = '', indent = 0): void {
  const margin = ' '.repeat(indent);
  process.stdout.write(`${text.replaceAll(/^(?=.)/gm, margin)}\n`);
}

export type TableCell = string | number | boolean | null | undefined;

/** A plain table: a head, a rule and at most `most` rows; numbers to the right. */
export function table(head: readonly string[], rows: readonly (readonly TableCell[])[], most = Infinity): string {
  const shown = rows.slice(0, most).map((row) => row.map(cellText));
  const widths = head.map((name, column) => Math.max(name.length, ...shown.map((row) => row[column]?.length ?? 0)));
  const right = head.map(
    (_name, column) => shown.length > 0 && shown.every((row) => /^-?[\d.]+$/.test(row[column] ?? '')),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, column) => (right[column] ? cell.padStart(widths[column] ?? 0) : cell.padEnd(widths[column] ?? 0)))
      .join('   ')
      .trimEnd();
  const more = rows.length > shown.length ? [styled('dim', `… and ${rows.length - shown.length} more`)] : [];
  return [
    styled('bold', line(head)),
    styled('dim', widths.map((width) => '─'.repeat(width)).join('   ')),
    ...shown.map(line),
    ...more,
  ].join('\n');
}

function cellText(cell: TableCell): string {
  return cell === null || cell === undefined ? '–' : String(cell);
}
