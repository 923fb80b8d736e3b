import { say, table } from './terminal.js';

export interface RecordedEvent {
  readonly code: string;
  readonly at: number;
  readonly who?: { readonly principal: string; readonly actor: string };
  readonly data: Readonly<Record<string, unknown>>;
}

/** The record as a timeline. */
export function printRecord(events: readonly RecordedEvent[]): void {
  const start = events[0]?.at ?? 0;
  say(
    table(
      ['after', 'event', 'actor', 'for', 'what'],
      events.map((event) => [
        `${((event.at - start) / 1000).toFixed(3)} s`,
        event.code,
        event.who?.actor,
        event.who?.principal,
        what(event),
      ]),
    ),
    5,
  );
}

function what({ code, data }: RecordedEvent): string {
  const words = code === 'session.requested' ? data['reason'] : undefined;
  const parts = [words, data['code'], data['decision'], data['comment'], data['summary'], countOf(data)];
  return parts.filter((part) => typeof part === 'string').join(' · ');
}

/** A change says how many rows it changed; what it gave out, none, would only confuse. */
function countOf({ rows, affected }: RecordedEvent['data']): string | undefined {
  if (typeof affected === 'number') return `${affected} rows changed`;
  return typeof rows === 'number' ? `${rows} rows` : undefined;
}
