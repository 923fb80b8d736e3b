import type { KeyReport } from '../../adapters/ocsf/verify/index.js';
import { toPrintable, formatTime } from '../text/printable.js';

const maxRows = 20;

/** A row for each key: to whom it is bound, when it may sign, and what it signed. */
export function formatKeyRows(keys: readonly KeyReport[]): string[] {
  const rows = keys.map(formatKeyRow);
  return rows.length <= maxRows
    ? rows
    : [...rows.slice(0, maxRows), `           … and ${rows.length - maxRows} more keys`];
}

function formatKeyRow({ kid, given, authority, from, until, signed, last }: KeyReport): string {
  const facts = [
    given ? '' : 'announced',
    authority === undefined ? 'not bound to a writer' : `for ${authority}`,
    from === undefined && until === undefined
      ? 'at any time'
      : [
          from === undefined ? '' : `from ${formatTime(from)}`,
          until === undefined ? '' : `until before ${formatTime(until)}`,
        ]
          .filter((each) => each !== '')
          .join(' '),
    signed === 0
      ? 'signed nothing here'
      : `signed ${signed} checkpoint${signed === 1 ? '' : 's'}, the last at ${formatTime(last ?? 0)}`,
  ];
  return toPrintable(`           ${kid}: ${facts.filter((each) => each !== '').join(', ')}`);
}
