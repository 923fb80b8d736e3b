import { z } from 'zod';
import type { RecordLine } from './record-line.js';

const attestations = z.array(z.object({ chain_uid: z.string() }));

const line = z.object({
  time: z.number(),
  metadata: z.object({ uid: z.string(), event_code: z.string(), sequence: z.number().optional(), correlation_uid: z.string().optional() }),
  query_info: z.object({ query_string: z.string() }).optional(),
  attestation_list: attestations.optional(),
  unmapped: z.object({
    attestation_list: attestations.optional(),
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
  /** Where it stands in the order of its writer: the clock may have been turned. */
  readonly place: { readonly chain: string; readonly sequence: number };
  readonly data: Readonly<Record<string, unknown>>;
}

/** The event of a line; undefined for anything else. */
export function shownOf(text: string | undefined): Shown | undefined {
  if (text === undefined || !text.includes('"event_code"')) return undefined;
  try {
    const { time, metadata, unmapped: { sallyport, attestation_list: earlier }, query_info: query, attestation_list: list } = line.parse(JSON.parse(text));
    const { data } = sallyport;
    // The text of a statement stands in its own place only.
    const sql = data['sql_chars'] === undefined || query === undefined ? {} : { sql: query.query_string };
    const place = { chain: (list ?? earlier)?.[0]?.chain_uid ?? '', sequence: metadata.sequence ?? 0 };
    return { ...sallyport, data: { ...data, ...sql }, id: metadata.uid, code: metadata.event_code, at: time, session: metadata.correlation_uid, place };
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

/** Behind the writer's name a chain's own ends in a UUIDv7: the later one is the greater. */
const startOf = (chain: string): string => chain.slice(-36);

/** As they were written. */
export function inOrder({ place: one, at }: Shown, { place: other, at: later }: Shown): number {
  if (one.chain !== other.chain) return startOf(one.chain) < startOf(other.chain) ? -1 : 1;
  return one.sequence - other.sequence || at - later;
}

/** A fact as text; undefined where there is none. */
export function fact({ data }: Shown, name: string): string | undefined {
  const value = data[name];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : JSON.stringify(value);
}
