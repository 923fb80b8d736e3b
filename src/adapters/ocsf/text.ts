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
}

const longest = 32_768;

/** The lines of an event's text, in parts that any receiver takes. */
export function textLines({ id, at, session, statement, text = '' }: AuditEvent): readonly string[] {
  const of = Math.max(1, Math.ceil(text.length / longest));
  return Array.from({ length: of }, (_, index) => {
    const sqltext: SqlText = {
      v: 1, id: `${id}.${index + 1}`, at, part: index + 1, of, text: text.slice(index * longest, (index + 1) * longest),
      ...(session === undefined ? {} : { session }), ...(statement === undefined ? {} : { statement }),
    };
    return JSON.stringify({ sqltext });
  });
}
