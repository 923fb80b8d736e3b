import type { Row } from './row.js';

/** The report as people read it. */
export function tableOf(rows: readonly Row[], environment: Readonly<Record<string, unknown>>): string {
  const head = ['', 'what', 'ratio', 'spread', 'goal', '', 'on this machine'];
  const lines = rows.map((row) => [
    row.id,
    row.what,
    times(row.ratio),
    `${times(row.spread[0])} .. ${times(row.spread[1])}`,
    `${row.better === 'most' ? '<=' : '>='} ${times(row.goal)}`,
    holds(row) ? 'holds' : 'MISSES',
    Object.entries(row.detail)
      .map(([name, value]) => `${name} ${figure(value)}`)
      .join(', '),
  ]);
  const all = [head, ...lines];
  const widths = head.map((_, column) => Math.max(...all.map((line) => (line[column] as string).length)));
  const text = all.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column] as number))
      .join('  ')
      .trimEnd(),
  );
  text.splice(1, 0, widths.map((width) => '-'.repeat(width)).join('  '));
  return [
    ...text,
    '',
    Object.entries(environment)
      .map(([name, value]) => `${name} ${String(value)}`)
      .join(' | '),
  ].join('\n');
}

/** Whether the median meets the goal. */
export function holds({ ratio, goal, better }: Row): boolean {
  return better === 'most' ? ratio <= goal : ratio >= goal;
}

function times(value: number): string {
  return `${value >= 100 ? value.toFixed(0) : value.toFixed(2)}x`;
}

function figure(value: number): string {
  return Number.isInteger(value) ? value.toLocaleString('en-US') : value.toPrecision(3);
}
