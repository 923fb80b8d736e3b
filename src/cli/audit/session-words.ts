import { z } from 'zod';
import { sessionEnds } from '../../core/index.js';
import { consentOf, decisionInWords, glassInWords } from './consent-words.js';
import { doubtInWords, fact, type Shown } from './event.js';
import { detailOf, whereOf, whoOf } from './event-words.js';
import { brief, printable, timeOf } from '../printable.js';

const textForm = z.object({ sql: z.string().optional(), summary: z.string().optional() }).optional();
const rewritingForm = z.object({ asked: textForm, rewritten: textForm, rewrites: z.array(z.object({ plugin: z.string(), rule: z.string().optional() })) });

const ends: ReadonlySet<string> = sessionEnds;
const answers: ReadonlySet<string> = new Set(['statement.executed', 'statement.failed', 'statement.unresolved', 'statement.resolved', 'statement.denied']);

/** A session for people, from its events in order. */
export function sessionInWords(session: string, events: readonly Shown[]): string {
  const [first, last] = [events[0], events.at(-1)];
  const asked = events.find(({ who, data }) => who !== undefined && data['requester'] === undefined) ?? first;
  const scoped = events.find(({ scope }) => scope !== undefined) ?? asked;
  const reason = events.map((each) => fact(each, 'purpose') ?? (each.statement === undefined && !each.code.endsWith('.denied') ? fact(each, 'reason') : undefined)).find((each) => each !== undefined);
  const consent = events.filter(({ statement }) => statement === undefined).map(consentOf).find((each) => each !== undefined);
  const end = events.find(({ code, doubt }) => ends.has(code) && doubt === undefined) ?? events.find(({ code }) => ends.has(code));
  const rows: (readonly [string, string])[] = [
    ['session', printable(session)], ['who', asked === undefined ? '' : `${whoOf(asked)}${asked.who?.client === undefined ? '' : `, client ${printable(asked.who.client)}`}`],
    ['scope', scoped === undefined ? '' : whereOf(scoped)], ['reason', reason === undefined ? '' : brief(reason, 200)], ['consent', consent ?? ''], ['glass', glassInWords(events) ?? ''],
    ['from', first === undefined ? '' : timeOf(first.at)],
    ['end', end === undefined ? `none is recorded; the last event is of ${timeOf(last?.at ?? 0)}` : [timeOf(end.at), printable(end.code), doubtInWords(end), detailOf(own(end))].filter((each) => each !== '').join(' ')],
  ];
  return `${[...rows.filter(([, value]) => value !== '').map(([name, value]) => `${name.padEnd(10)}${value}`), '', ...timeline(events, asked)].join('\n')}\n`;
}

/** The session's own events as they are; of each statement one entry, where it was announced. */
function timeline(events: readonly Shown[], owner: Shown | undefined): string[] {
  const statements = new Map<string, Shown[]>();
  for (const event of events) if (event.statement !== undefined) statements.set(event.statement, [...(statements.get(event.statement) ?? []), event]);
  const told = new Set<string>();
  return events.flatMap((event) => {
    const { statement, at, code } = event;
    if (statement === undefined) return [[`${timeOf(at)}  ${printable(code)}`, whoElse(event, owner), doubtInWords(event), detailOf(own(event))].filter((each) => each !== '').join('  ')];
    if (told.has(statement)) return [];
    told.add(statement);
    return statementRows(statement, statements.get(statement) ?? [event]);
  });
}

function statementRows(statement: string, events: readonly Shown[]): string[] {
  const [first] = events;
  if (first === undefined) return [];
  const intent = events.find(({ code }) => code === 'statement.authorized');
  const answer = events.findLast(({ code, doubt }) => answers.has(code) && doubt === undefined) ?? events.findLast(({ code }) => answers.has(code));
  const text = events.map((each) => fact(each, 'sql') ?? fact(each, 'summary')).find((each) => each !== undefined);
  const rules = events.map((each) => each.data['rules']).find((each) => Array.isArray(each));
  const consent = intent === undefined ? undefined : consentOf(intent);
  const by = rules === undefined ? '' : ` by ${brief(rules.map(String).join(', '), 120)}`;
  const decision = intent === undefined ? 'not authorized' : `authorized${doubted(intent)}${by}${consent === undefined ? '' : `, ${consent}`}`;
  const waited = events.find(({ code }) => code === 'statement.approval_requested');
  const held = answer === undefined && waited !== undefined && intent === undefined;
  const replayed = answer === undefined && intent === undefined && events.some(({ code }) => code === 'statement.replayed');
  const took = intent === undefined || answer === undefined ? '' : `, ${answer.at - intent.at} ms`;
  const ended = answer === undefined ? 'no outcome is recorded' : `${outcome(answer)}${took}`;
  return [
    `${timeOf(first.at)}  statement ${printable(statement)}`,
    ...(text === undefined ? [] : [`    ${brief(text, 400)}`]),
    ...otherText(events),
    `    ${replayed ? 'told again what became of an earlier one; nothing ran' : held ? `held for a person${by}; ${outcomeFacts(waited)}` : `${decision}; ${ended}`}`,
    ...events.filter((each) => each !== intent && each !== answer && !(held && each === waited)).map(otherRow),
  ];
}

/** The text beside it, where a plugin rewrote the statement. */
function otherText(events: readonly Shown[]): string[] {
  const about = events.find(({ data }) => data['rewrites'] !== undefined)?.data;
  if (about === undefined) return [];
  const told = rewritingForm.safeParse(about).data;
  const words = brief(told?.asked?.sql ?? told?.asked?.summary ?? told?.rewritten?.sql ?? told?.rewritten?.summary ?? '', 400);
  const by = brief((told?.rewrites ?? []).map(({ plugin, rule }) => `${plugin}${rule === undefined ? '' : ` (rule ${rule})`}`).join(', '), 120);
  return [told?.asked === undefined ? `    the plugin ${by} made of it: ${words}` : `    rewritten by the plugin ${by} from: ${words}`];
}

function otherRow(event: Shown): string {
  return event.code === 'statement.approval_decided' ? `${decisionInWords(event)}${doubted(event)}` : `    ${timeOf(event.at)} ${printable(event.code)}${doubted(event)} ${outcomeFacts(event)}`.trimEnd();
}

/** Who did it, where that is not whose session it is. */
function whoElse(event: Shown, owner: Shown | undefined): string {
  const who = whoOf(event);
  return who === '' || owner === undefined || who === whoOf(owner) ? '' : `by ${who}`;
}

function outcome(event: Shown): string {
  return `${printable(event.code.replace('statement.', ''))}${doubted(event)} ${outcomeFacts(event)}`.trimEnd();
}

function doubted(event: Shown): string {
  const words = doubtInWords(event);
  return words === '' ? '' : ` ${words}`;
}

/** All but the statement, which stands above. */
function outcomeFacts(event: Shown): string {
  const { sql: _sql, summary: _summary, ...data } = event.data;
  return detailOf(own({ ...event, data }));
}

/** Without what is said of the session as a whole. */
function own(event: Shown): Shown {
  const { approval: _approval, breakGlass: _breakGlass, ...data } = event.data;
  return { ...event, data };
}
