import { formatConsent } from './format-approval.js';
import { formatProofFailure, formatFact, type EventView } from './event-view.js';
import { truncate, toPrintable, formatTime } from '../text/printable.js';

/** One line for an event, without its newline. */
export function formatEvent(event: EventView): string {
  const { at, code, session } = event;
  return [
    formatTime(at),
    toPrintable(code).padEnd(29),
    toPrintable(session ?? '-'),
    formatRequester(event),
    formatScope(event),
    formatProofFailure(event),
    formatDetail(event),
  ]
    .filter((each) => each !== '')
    .join('  ');
}

/** `alice via agent-7`; empty where nobody is named. */
export function formatRequester({ who }: EventView): string {
  if (who === undefined) return '';
  return toPrintable(who.actor === who.principal ? who.principal : `${who.principal} via ${who.actor}`);
}

export function formatScope({ connection, scope }: EventView): string {
  const schema =
    scope === undefined
      ? ''
      : `${scope.database}.${scope.schema}${scope.access === undefined ? '' : ` ${scope.access}`}`;
  return toPrintable([connection ?? '', schema].filter((each) => each !== '').join(' '));
}

const detailNames = [
  'code',
  'reason',
  'purpose',
  'message',
  'by',
  'revokedBy',
  'cause',
  'sink',
  'percent',
  'rows',
  'affected',
  'durationMs',
  'queryId',
  'engineCode',
  'step',
  'role',
  'decision',
  'state',
  'why',
  'comment',
  'ticket',
  'before',
  'after',
  'breakGlass',
];

/** What is worth knowing of an event in a few words: the statement, why not, how much. */
export function formatDetail(event: EventView): string {
  const told = detailNames.flatMap((name) => {
    const value = formatFact(event, name);
    return value === undefined ? [] : [`${name}=${truncate(value, 120)}`];
  });
  const statement = formatFact(event, 'sql') ?? formatFact(event, 'summary');
  const consent = formatConsent(event);
  return [
    ...(statement === undefined ? [] : [truncate(statement, 200)]),
    ...told,
    ...(consent === undefined ? [] : [consent]),
  ].join(' ');
}
