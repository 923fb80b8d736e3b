import { consentOf } from './consent-words.js';
import { doubtInWords, fact, type Shown } from './event.js';
import { brief, printable, timeOf } from '../printable.js';

/** One line for an event, without its newline. */
export function eventInWords(event: Shown): string {
  const { at, code, session } = event;
  return [timeOf(at), printable(code).padEnd(29), printable(session ?? '-'), whoOf(event), whereOf(event), doubtInWords(event), detailOf(event)].filter((each) => each !== '').join('  ');
}

/** `alice via agent-7`; empty where nobody is named. */
export function whoOf({ who }: Shown): string {
  if (who === undefined) return '';
  return printable(who.actor === who.principal ? who.principal : `${who.principal} via ${who.actor}`);
}

export function whereOf({ connection, scope }: Shown): string {
  const schema = scope === undefined ? '' : `${scope.database}.${scope.schema}${scope.access === undefined ? '' : ` ${scope.access}`}`;
  return printable([connection ?? '', schema].filter((each) => each !== '').join(' '));
}

const facts = [
  'code', 'reason', 'purpose', 'message', 'by', 'revokedBy', 'cause', 'sink', 'percent', 'rows', 'affected', 'durationMs', 'queryId', 'engineCode', 'step', 'role', 'decision', 'state', 'why', 'comment', 'ticket', 'before', 'after', 'breakGlass',
];

/** What is worth knowing of an event in a few words: the statement, why not, how much. */
export function detailOf(event: Shown): string {
  const told = facts.flatMap((name) => {
    const value = fact(event, name);
    return value === undefined ? [] : [`${name}=${brief(value, 120)}`];
  });
  const statement = fact(event, 'sql') ?? fact(event, 'summary');
  const consent = consentOf(event);
  return [...(statement === undefined ? [] : [brief(statement, 200)]), ...told, ...(consent === undefined ? [] : [consent])].join(' ');
}
