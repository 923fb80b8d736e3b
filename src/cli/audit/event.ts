import { isScope, isWho, readLine, standingAt, type Place, type Told } from '../../adapters/ocsf/verify/index.js';
import type { AuditEvent } from '../../core/index.js';
import type { RecordLine } from './record-line.js';

/** Why what an event says is not to be believed: it only stands for one that was too large, or its content is not what its fingerprint says. */
export type Doubt = 'stub' | 'altered';

/** An event of a log, as far as a person wants to see it. Its place in the chain and who signed it are not verified. */
export interface Shown {
  readonly id: string;
  readonly code: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly session: string | undefined;
  readonly statement?: string;
  readonly who?: NonNullable<AuditEvent['who']>;
  readonly connection?: string;
  readonly scope?: NonNullable<AuditEvent['scope']>;
  /** Where it stands in the order of its writer: the clock may have been turned. */
  readonly place: { readonly chain: string; readonly sequence: number };
  readonly data: Readonly<Record<string, unknown>>;
  readonly doubt?: Doubt;
}

interface Written {
  readonly query_info?: { readonly query_string?: unknown };
  readonly unmapped: { readonly sallyport: Pick<Shown, 'statement' | 'who' | 'connection' | 'scope' | 'data'> };
}

/** The event of a line; undefined for anything else. */
export function shownOf(text: string | undefined, place: Place): Shown | undefined {
  const line = text === undefined ? undefined : readLine(text, standingAt(place), true);
  if (line?.kind !== 'event') return undefined;
  const { unmapped: { sallyport: { statement, who, connection, scope, data } }, query_info: query } = line.value as unknown as Written;
  const { id, code, at, session, chain, sequence } = line.told;
  // The text of a statement stands in its own place only.
  const sql = data['sql_chars'] === undefined || query?.query_string === undefined ? {} : { sql: query.query_string };
  const doubt = doubtOf(line.told);
  return {
    id, code, at, session, place: { chain, sequence }, data: { ...data, ...sql }, ...(statement === undefined ? {} : { statement }), ...(who === undefined || !isWho(who) ? {} : { who }),
    ...(typeof connection === 'string' ? { connection } : {}), ...(scope === undefined || !isScope(scope) ? {} : { scope }), ...(doubt === undefined ? {} : { doubt }),
  };
}

function doubtOf({ stub, actual, fingerprint }: Told): Doubt | undefined {
  if (stub) return 'stub';
  return actual === fingerprint ? undefined : 'altered';
}

const doubts: Readonly<Record<Doubt, string>> = { stub: '[NOT PROVEN: a stub, the whole event is not here]', altered: '[NOT PROVEN: it was changed]' };

/** What to say of an event that nothing proves; empty for any other. */
export function doubtInWords({ doubt }: Shown): string {
  return doubt === undefined ? '' : doubts[doubt];
}

/** The events among lines, each as often as it is there. */
export async function* eventsOf(lines: AsyncIterable<RecordLine>): AsyncGenerator<Shown> {
  for await (const { text, place } of lines) {
    const event = shownOf(text, place);
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
