import type { KeyReport } from '../../adapters/ocsf/verify/index.js';
import { printable, timeOf } from '../printable.js';

const shown = 20;

/** A row for each key: to whom it is bound, when it may sign, and what it signed. */
export function keyRows(keys: readonly KeyReport[]): string[] {
  const rows = keys.map(keyRow);
  return rows.length <= shown ? rows : [...rows.slice(0, shown), `           … and ${rows.length - shown} more keys`];
}

function keyRow({ kid, given, authority, from, until, signed, last }: KeyReport): string {
  const facts = [
    given ? '' : 'announced',
    authority === undefined ? 'not bound to a writer' : `for ${authority}`,
    from === undefined && until === undefined ? 'at any time' : [from === undefined ? '' : `from ${timeOf(from)}`, until === undefined ? '' : `until before ${timeOf(until)}`].filter((each) => each !== '').join(' '),
    signed === 0 ? 'signed nothing here' : `signed ${signed} checkpoint${signed === 1 ? '' : 's'}, the last at ${timeOf(last ?? 0)}`,
  ];
  return printable(`           ${kid}: ${facts.filter((each) => each !== '').join(', ')}`);
}
