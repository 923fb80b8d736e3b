import { formatProofFailure, type EventView } from './event-view.js';
import type { HistoryQuery } from './query-history.js';
import type { Differences, RecordedStatement } from './reconciliation.js';
import { toPrintable, formatTime } from '../text/printable.js';

const maxRows = 100;

/** What reconcile found, for people. */
export function formatDifferences(found: Differences): string {
  const { statements, queries, setup, unrecorded, unknown, neverSent, mismatched, unproven, agree } = found;
  const rows = [
    ...formatSection('ran in the warehouse and is not recorded', unrecorded, formatHistoryQuery),
    ...formatSection('is recorded and the warehouse has no trace of it', unknown, formatRecorded),
    ...formatSection(
      'ran under another query id than is recorded, or more than once',
      mismatched,
      ({ statement, queryId }) => `${formatRecorded(statement)}, ran as ${toPrintable(queryId)}`,
    ),
    ...formatSection('is recorded in a stub or was changed, and counts for nothing', unproven, formatUnproven),
    ...(setup.size === 0
      ? []
      : [
          `setup      ${[...setup].map(([kind, count]) => `${toPrintable(kind)} ${count}`).join(', ')}: the gateway's own, in its sessions`,
        ]),
    ...(neverSent === 0 ? [] : [`not sent   ${neverSent} that failed before the warehouse had them`]),
    `${agree ? 'AGREE' : 'DIFFER'}: ${statements} statements of the record, ${queries} queries of the warehouse; ${unrecorded.length} not recorded, ${unknown.length} without trace, ${mismatched.length} with another query id${unproven.length === 0 ? '' : `, ${unproven.length} not proven`}.`,
  ];
  return `${rows.join('\n')}\n`;
}

function formatSection<T>(title: string, items: readonly T[], row: (item: T) => string): string[] {
  if (items.length === 0) return [];
  return [
    title,
    ...items.slice(0, maxRows).map((each) => `  ! ${row(each)}`),
    ...(items.length > maxRows ? [`  … and ${items.length - maxRows} more`] : []),
    '',
  ];
}

/** Of the text only its first word: it may hold literals, and the query id leads to the rest. */
function formatHistoryQuery({ queryId, user, at, session, text }: HistoryQuery): string {
  const when = at === undefined ? 'at an unreadable time' : formatTime(at);
  return [
    `${toPrintable(queryId)}, ${when}, ${toPrintable(user)}`,
    session === undefined ? '' : `session ${toPrintable(session)}`,
    text === undefined ? '' : (/^\s*([a-z]+)/i.exec(text)?.[1]?.toUpperCase() ?? ''),
  ]
    .filter((each) => each !== '')
    .join(', ');
}

function formatUnproven(event: EventView): string {
  return `${toPrintable(`statement ${event.statement ?? '-'}, session ${event.session ?? '-'}, ${formatTime(event.at)}, ${event.code}`)} ${formatProofFailure(event)}`;
}

function formatRecorded({ statement, session, at, outcome, queryId }: RecordedStatement): string {
  const ended = outcome === undefined ? 'without an outcome' : outcome;
  return toPrintable(
    [
      `statement ${statement}`,
      `session ${session ?? '-'}`,
      formatTime(at),
      ended,
      queryId === undefined ? '' : `recorded as ${queryId}`,
    ]
      .filter((each) => each !== '')
      .join(', '),
  );
}
