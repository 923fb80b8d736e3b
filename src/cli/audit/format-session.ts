import { z } from 'zod';
import { sessionEnds } from '../../core/index.js';
import { formatConsent, formatDecision, formatBreakGlass } from './format-approval.js';
import { formatProofFailure, formatFact, type EventView } from './event-view.js';
import { formatDetail, formatScope, formatRequester } from './format-event.js';
import { truncate, toPrintable, formatTime } from '../text/printable.js';

const textSchema = z.object({ sql: z.string().optional(), summary: z.string().optional() }).optional();
const rewritesSchema = z.object({
  asked: textSchema,
  rewritten: textSchema,
  rewrites: z.array(z.object({ plugin: z.string(), rule: z.string().optional() })),
});

const endCodes: ReadonlySet<string> = sessionEnds;
const outcomeCodes: ReadonlySet<string> = new Set([
  'statement.executed',
  'statement.failed',
  'statement.unresolved',
  'statement.resolved',
  'statement.denied',
]);

/** A session for people, from its events in order. */
export function formatSession(session: string, events: readonly EventView[]): string {
  const [first, last] = [events[0], events.at(-1)];
  const asked = events.find(({ who, data }) => who !== undefined && data['requester'] === undefined) ?? first;
  const scoped = events.find(({ scope }) => scope !== undefined) ?? asked;
  const reason = events
    .map(
      (each) =>
        formatFact(each, 'purpose') ??
        (each.statement === undefined && !each.code.endsWith('.denied') ? formatFact(each, 'reason') : undefined),
    )
    .find((each) => each !== undefined);
  const consent = events
    .filter(({ statement }) => statement === undefined)
    .map(formatConsent)
    .find((each) => each !== undefined);
  const end =
    events.find(({ code, proofFailure: doubt }) => endCodes.has(code) && doubt === undefined) ??
    events.find(({ code }) => endCodes.has(code));
  const rows: (readonly [string, string])[] = [
    ['session', toPrintable(session)],
    [
      'who',
      asked === undefined
        ? ''
        : `${formatRequester(asked)}${asked.who?.client === undefined ? '' : `, client ${toPrintable(asked.who.client)}`}`,
    ],
    ['scope', scoped === undefined ? '' : formatScope(scoped)],
    ['reason', reason === undefined ? '' : truncate(reason, 200)],
    ['consent', consent ?? ''],
    ['break-glass', formatBreakGlass(events) ?? ''],
    ['from', first === undefined ? '' : formatTime(first.at)],
    [
      'end',
      end === undefined
        ? `none is recorded; the last event is of ${formatTime(last?.at ?? 0)}`
        : [formatTime(end.at), toPrintable(end.code), formatProofFailure(end), formatDetail(omitSessionFacts(end))]
            .filter((each) => each !== '')
            .join(' '),
    ],
  ];
  return `${[...rows.filter(([, value]) => value !== '').map(([name, value]) => `${name.padEnd(12)}${value}`), '', ...formatTimeline(events, asked)].join('\n')}\n`;
}

/** The session's own events as they are; of each statement one entry, where it was announced. */
function formatTimeline(events: readonly EventView[], owner: EventView | undefined): string[] {
  const statements = new Map<string, EventView[]>();
  for (const event of events)
    if (event.statement !== undefined)
      statements.set(event.statement, [...(statements.get(event.statement) ?? []), event]);
  const told = new Set<string>();
  return events.flatMap((event) => {
    const { statement, at, code } = event;
    if (statement === undefined)
      return [
        [
          `${formatTime(at)}  ${toPrintable(code)}`,
          formatOtherActor(event, owner),
          formatProofFailure(event),
          formatDetail(omitSessionFacts(event)),
        ]
          .filter((each) => each !== '')
          .join('  '),
      ];
    if (told.has(statement)) return [];
    told.add(statement);
    return formatStatement(statement, statements.get(statement) ?? [event]);
  });
}

function formatStatement(statement: string, events: readonly EventView[]): string[] {
  const [first] = events;
  if (first === undefined) return [];
  const intent = events.find(({ code }) => code === 'statement.authorized');
  const answer =
    events.findLast(({ code, proofFailure: doubt }) => outcomeCodes.has(code) && doubt === undefined) ??
    events.findLast(({ code }) => outcomeCodes.has(code));
  const text = events
    .map((each) => formatFact(each, 'sql') ?? formatFact(each, 'summary'))
    .find((each) => each !== undefined);
  const rules = events.map((each) => each.data['rules']).find((each) => Array.isArray(each));
  const consent = intent === undefined ? undefined : formatConsent(intent);
  const by = rules === undefined ? '' : ` by ${truncate(rules.map(String).join(', '), 120)}`;
  const decision =
    intent === undefined
      ? 'not authorized'
      : `authorized${formatProofSuffix(intent)}${by}${consent === undefined ? '' : `, ${consent}`}`;
  const waited = events.find(({ code }) => code === 'statement.approval_requested');
  const held = answer === undefined && waited !== undefined && intent === undefined;
  const replayed =
    answer === undefined && intent === undefined && events.some(({ code }) => code === 'statement.replayed');
  const took = intent === undefined || answer === undefined ? '' : `, ${answer.at - intent.at} ms`;
  const ended = answer === undefined ? 'no outcome is recorded' : `${formatOutcome(answer)}${took}`;
  return [
    `${formatTime(first.at)}  statement ${toPrintable(statement)}`,
    ...(text === undefined ? [] : [`    ${truncate(text, 400)}`]),
    ...formatRewrite(events),
    `    ${replayed ? 'returned the outcome of an earlier statement; nothing ran' : held ? `waiting for approval${by}; ${formatOutcomeDetail(waited)}` : `${decision}; ${ended}`}`,
    ...events.filter((each) => each !== intent && each !== answer && !(held && each === waited)).map(formatOtherEvent),
  ];
}

/** The text beside it, where a plugin rewrote the statement. */
function formatRewrite(events: readonly EventView[]): string[] {
  const about = events.find(({ data }) => data['rewrites'] !== undefined)?.data;
  if (about === undefined) return [];
  const told = rewritesSchema.safeParse(about).data;
  const words = truncate(
    told?.asked?.sql ?? told?.asked?.summary ?? told?.rewritten?.sql ?? told?.rewritten?.summary ?? '',
    400,
  );
  const by = truncate(
    (told?.rewrites ?? [])
      .map(({ plugin, rule }) => `${plugin}${rule === undefined ? '' : ` (rule ${rule})`}`)
      .join(', '),
    120,
  );
  return [
    told?.asked === undefined
      ? `    the plugin ${by} made of it: ${words}`
      : `    rewritten by the plugin ${by} from: ${words}`,
  ];
}

function formatOtherEvent(event: EventView): string {
  return event.code === 'statement.approval_decided'
    ? `${formatDecision(event)}${formatProofSuffix(event)}`
    : `    ${formatTime(event.at)} ${toPrintable(event.code)}${formatProofSuffix(event)} ${formatOutcomeDetail(event)}`.trimEnd();
}

/** Who did it, where that is not whose session it is. */
function formatOtherActor(event: EventView, owner: EventView | undefined): string {
  const who = formatRequester(event);
  return who === '' || owner === undefined || who === formatRequester(owner) ? '' : `by ${who}`;
}

function formatOutcome(event: EventView): string {
  return `${toPrintable(event.code.replace('statement.', ''))}${formatProofSuffix(event)} ${formatOutcomeDetail(event)}`.trimEnd();
}

function formatProofSuffix(event: EventView): string {
  const words = formatProofFailure(event);
  return words === '' ? '' : ` ${words}`;
}

/** All but the statement, which stands above. */
function formatOutcomeDetail(event: EventView): string {
  const { sql: _sql, summary: _summary, ...data } = event.data;
  return formatDetail(omitSessionFacts({ ...event, data }));
}

/** Without what is said of the session as a whole. */
function omitSessionFacts(event: EventView): EventView {
  const { approval: _approval, breakGlass: _breakGlass, ...data } = event.data;
  return { ...event, data };
}
