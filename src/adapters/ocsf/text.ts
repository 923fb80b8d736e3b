import type { AuditEvent } from '../../core/index.js';

/** The text of a statement, apart from its event: for a topic of its own, with its own readers and a short life. */
export interface SqlText {
  readonly v: 1;
  readonly id: string;
  readonly at: number;
  readonly session?: string;
  readonly statement?: string;
  /** From 1. */
  readonly part: number;
  readonly of: number;
  readonly text: string;
  /** `asked`: what the caller sent, where plugins rewrote it and another text ran. Absent on the text that runs. */
  readonly role?: 'asked';
}

const longest = 32_768;

/** The lines of an event's texts, each in parts that any receiver takes. */
export function textLines(event: AuditEvent): readonly string[] {
  const { text = '', askedText } = event;
  return [...partsOf(event, text), ...(askedText === undefined ? [] : partsOf(event, askedText, 'asked'))];
}

function partsOf({ id, at, session, statement }: AuditEvent, text: string, role?: 'asked'): readonly string[] {
  const of = Math.max(1, Math.ceil(text.length / longest));
  const own = role === undefined ? id : `${id}.${role}`;
  return Array.from({ length: of }, (_, index) => {
    const sqltext: SqlText = {
      v: 1, id: `${own}.${index + 1}`, at, part: index + 1, of, text: text.slice(index * longest, (index + 1) * longest), ...(role === undefined ? {} : { role }),
      ...(session === undefined ? {} : { session }), ...(statement === undefined ? {} : { statement }),
    };
    return JSON.stringify({ sqltext });
  });
}
