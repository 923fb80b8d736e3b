import {
  isScope,
  isWho,
  parseLine,
  resolveLineSource,
  type LinePosition,
  type EventClaims,
} from '../../adapters/ocsf/verify/index.js';
import type { AuditEvent } from '../../core/index.js';
import type { RecordLine } from './record-line.js';

/**
 * Why what an event says is not to be believed: it only stands for one that was too large, or its content is not what
 * its fingerprint says.
 */
export type ProofFailure = 'stub' | 'altered';

/** An event of a log, as far as a person wants to see it. Its place in the chain and who signed it are not verified. */
export interface EventView {
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
  readonly position: { readonly chain: string; readonly sequence: number };
  readonly data: Readonly<Record<string, unknown>>;
  readonly proofFailure?: ProofFailure;
}

interface WrittenEvent {
  readonly query_info?: { readonly query_string?: unknown };
  readonly unmapped: { readonly sallyport: Pick<EventView, 'statement' | 'who' | 'connection' | 'scope' | 'data'> };
}

/** The event of a line; undefined for anything else. */
export function parseEventView(text: string | undefined, place: LinePosition): EventView | undefined {
  const line = text === undefined ? undefined : parseLine(text, resolveLineSource(place), true);
  if (line?.kind !== 'event') return undefined;
  const {
    unmapped: {
      sallyport: { statement, who, connection, scope, data },
    },
    query_info: query,
  } = line.value as unknown as WrittenEvent;
  const { id, code, at, session, chain, sequence } = line.claims;
  // The text of a statement stands in its own place only.
  const sql = data['sql_chars'] === undefined || query?.query_string === undefined ? {} : { sql: query.query_string };
  const doubt = findProofFailure(line.claims);
  return {
    id,
    code,
    at,
    session,
    position: { chain, sequence },
    data: { ...data, ...sql },
    ...(statement === undefined ? {} : { statement }),
    ...(who === undefined || !isWho(who) ? {} : { who }),
    ...(typeof connection === 'string' ? { connection } : {}),
    ...(scope === undefined || !isScope(scope) ? {} : { scope }),
    ...(doubt === undefined ? {} : { proofFailure: doubt }),
  };
}

function findProofFailure({ stub, computedFingerprint: actual, fingerprint }: EventClaims): ProofFailure | undefined {
  if (stub) return 'stub';
  return actual === fingerprint ? undefined : 'altered';
}

const proofFailureTexts: Readonly<Record<ProofFailure, string>> = {
  stub: '[NOT PROVEN: a stub, the whole event is not here]',
  altered: '[NOT PROVEN: it was changed]',
};

/** What to say of an event that nothing proves; empty for any other. */
export function formatProofFailure({ proofFailure: doubt }: EventView): string {
  return doubt === undefined ? '' : proofFailureTexts[doubt];
}

/** The events among lines, each as often as it is there. */
export async function* readEvents(lines: AsyncIterable<RecordLine>): AsyncGenerator<EventView> {
  for await (const { text, position: place } of lines) {
    const event = parseEventView(text, place);
    if (event !== undefined) yield event;
  }
}

/** Behind the writer's name a chain's own ends in a UUIDv7: the later one is the greater. */
const getChainStart = (chain: string): string => chain.slice(-36);

/** As they were written. */
export function compareEvents({ position: one, at }: EventView, { position: other, at: later }: EventView): number {
  if (one.chain !== other.chain) return getChainStart(one.chain) < getChainStart(other.chain) ? -1 : 1;
  return one.sequence - other.sequence || at - later;
}

/** A fact as text; undefined where there is none. */
export function formatFact({ data }: EventView, name: string): string | undefined {
  const value = data[name];
  if (value === undefined || value === null) return undefined;
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : JSON.stringify(value);
}
