import { doubtInWords, type Shown } from './event.js';
import type { Ran } from './history.js';
import type { Differences, Recorded } from './ledger.js';
import { printable, timeOf } from '../printable.js';

const shown = 100;

/** What reconcile found, for people. */
export function differencesInWords(found: Differences): string {
  const { statements, queries, setup, unrecorded, unknown, neverSent, mismatched, unproven, agree } = found;
  const rows = [
    ...section('ran in the warehouse and is not recorded', unrecorded, ranRow),
    ...section('is recorded and the warehouse has no trace of it', unknown, recordedRow),
    ...section('ran under another query id than is recorded, or more than once', mismatched, ({ statement, queryId }) => `${recordedRow(statement)}, ran as ${printable(queryId)}`),
    ...section('is recorded in a stub or was changed, and counts for nothing', unproven, unprovenRow),
    ...(setup.size === 0 ? [] : [`setup      ${[...setup].map(([kind, count]) => `${printable(kind)} ${count}`).join(', ')}: the gateway's own, in its sessions`]),
    ...(neverSent === 0 ? [] : [`not sent   ${neverSent} that failed before the warehouse had them`]),
    `${agree ? 'AGREE' : 'DIFFER'}: ${statements} statements of the record, ${queries} queries of the warehouse; ${unrecorded.length} not recorded, ${unknown.length} without trace, ${mismatched.length} with another query id${unproven.length === 0 ? '' : `, ${unproven.length} not proven`}.`,
  ];
  return `${rows.join('\n')}\n`;
}

function section<T>(title: string, items: readonly T[], row: (item: T) => string): string[] {
  if (items.length === 0) return [];
  return [title, ...items.slice(0, shown).map((each) => `  ! ${row(each)}`), ...(items.length > shown ? [`  … and ${items.length - shown} more`] : []), ''];
}

/** Of the text only its first word: it may hold literals, and the query id leads to the rest. */
function ranRow({ queryId, user, at, session, text }: Ran): string {
  const when = at === undefined ? 'at an unreadable time' : timeOf(at);
  return [`${printable(queryId)}, ${when}, ${printable(user)}`, session === undefined ? '' : `session ${printable(session)}`, text === undefined ? '' : (/^\s*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? '')].filter((each) => each !== '').join(', ');
}

function unprovenRow(event: Shown): string {
  return `${printable(`statement ${event.statement ?? '-'}, session ${event.session ?? '-'}, ${timeOf(event.at)}, ${event.code}`)} ${doubtInWords(event)}`;
}

function recordedRow({ statement, session, at, outcome, queryId }: Recorded): string {
  const ended = outcome === undefined ? 'without an outcome' : outcome;
  return printable([`statement ${statement}`, `session ${session ?? '-'}`, timeOf(at), ended, queryId === undefined ? '' : `recorded as ${queryId}`].filter((each) => each !== '').join(', '));
}
