import { z } from 'zod';
import type { RecordLine } from './record-line.js';

const line = z.object({
  time: z.number(),
  metadata: z.object({ uid: z.string(), event_code: z.string(), sequence: z.number().optional(), correlation_uid: z.string().optional() }),
  query_info: z.object({ query_string: z.string() }).optional(),
  unmapped: z.object({
    sallyport: z.object({
      statement: z.string().optional(),
      who: z.object({ principal: z.string(), actor: z.string(), issuer: z.string().optional(), client: z.string().optional() }).optional(),
      connection: z.string().optional(),
      scope: z.object({ database: z.string(), schema: z.string(), access: z.string().optional() }).optional(),
      data: z.record(z.string(), z.unknown()).default({}),
    }),
  }),
});

type Ours = z.infer<typeof line>['unmapped']['sallyport'];

/** An event of a log, as far as a person wants to see it. Not verified. */
export interface Shown extends Omit<Ours, 'data'> {
  readonly id: string;
  readonly code: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly session: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

/** The event of a line; undefined for anything else. */
export function shownOf(text: string | undefined): Shown | undefined {
  if (text === undefined || !text.includes('"event_code"')) return undefined;
  try {
    const { time, metadata, unmapped, query_info: query } = line.parse(JSON.parse(text));
    const { data } = unmapped.sallyport;
    // The text of a statement stands in its own place only.
    const sql = data['sql_chars'] === undefined || query === undefined ? {} : { sql: query.query_string };
    return { ...unmapped.sallyport, data: { ...data, ...sql }, id: metadata.uid, code: metadata.event_code, at: time, session: metadata.correlation_uid };
  } catch {
    return undefined;
  }
}

/** The events among lines, each as often as it is there. */
export async function* eventsOf(lines: AsyncIterable<RecordLine>): AsyncGenerator<Shown> {
  for await (const { text } of lines) {
    const event = shownOf(text);
    if (event !== undefined) yield event;
  }
}

/** A fact as text; undefined where there is none. */
export function fact({ data }: Shown, name: string): string | undefined {
  const value = data[name];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}
