import { readEvents, formatFact, type EventView } from './event-view.js';
import type { HistoryQuery } from './query-history.js';
import type { RecordLine } from './record-line.js';
import { Setups } from './setups.js';

/** What is looked at. Times are epoch milliseconds; `to` is not included. */
export interface TimeWindow {
  readonly from: number;
  readonly to: number;
  /** Only what these ran, in any case. Default everybody. */
  readonly users?: readonly string[];
}

/** A statement as the record has it. */
export interface RecordedStatement {
  readonly statement: string;
  readonly session: string | undefined;
  readonly at: number;
  /** `executed`, `failed`, `unresolved`; undefined for none. */
  outcome: string | undefined;
  queryId: string | undefined;
  /** The query that ran under its id. */
  executedQueryId: string | undefined;
}

export interface Differences {
  readonly agree: boolean;
  /** Statements, and queries of the users, that were compared. */
  readonly statements: number;
  readonly queries: number;
  /** Queries that open and close sessions: they belong to no statement. */
  readonly setup: ReadonlyMap<string, number>;
  readonly unrecorded: readonly HistoryQuery[];
  readonly unknown: readonly RecordedStatement[];
  /** Statements that failed and never reached the warehouse: as it should be. */
  readonly neverSent: number;
  readonly mismatched: readonly { readonly statement: RecordedStatement; readonly queryId: string }[];
  /** Events that are here only as stubs, or changed: they count for nothing. */
  readonly unproven: readonly EventView[];
}

/** A statement may be sent a while after it was authorized, and the two clocks may differ. */
const slackMs = 3_600_000;

const outcomeCodes: ReadonlySet<string> = new Set([
  'statement.executed',
  'statement.failed',
  'statement.unresolved',
  'statement.resolved',
]);

/** The statements of a record, held against the queries of a warehouse one by one. */
export class Reconciliation {
  readonly #window: TimeWindow;
  readonly #users: ReadonlySet<string> | undefined;
  readonly #statements = new Map<string, RecordedStatement>();
  /** Outcomes that were read before what announces them: files and partitions come in any order. */
  readonly #pendingOutcomes = new Map<string, Pick<RecordedStatement, 'outcome' | 'queryId'>>();
  readonly #byQuery = new Map<string, RecordedStatement>();
  readonly #sessions = new Set<string>();
  readonly #setups = new Setups();
  readonly #unrecorded: HistoryQuery[] = [];
  readonly #mismatched: Differences['mismatched'][number][] = [];
  /** What nothing proves, by statement and code: of no account once the same is proven. */
  readonly #unproven = new Map<string, EventView>();
  #queries = 0;

  constructor(window: TimeWindow) {
    this.#window = window;
    this.#users = window.users === undefined ? undefined : new Set(window.users.map((user) => user.toUpperCase()));
  }

  /** The number of events read. */
  async addRecord(lines: AsyncIterable<RecordLine>): Promise<number> {
    let events = 0;
    for await (const event of readEvents(lines)) {
      events += 1;
      if (event.at < this.#window.from - slackMs * 24 || event.at >= this.#window.to + slackMs * 24) continue;
      if (event.session !== undefined) this.#sessions.add(event.session);
      this.#setups.read(event);
      this.#addEvent(event);
    }
    return events;
  }

  addQuery(ran: HistoryQuery): void {
    if (this.#users?.has(ran.user.toUpperCase()) === false) return;
    if (this.#isInWindow(ran.at)) this.#queries += 1;
    const statement = this.#findStatement(ran);
    if (statement !== undefined) return this.#match(statement, ran);
    if (!this.#setups.take(ran, this.#sessionOf(ran)) && this.#isInWindow(ran.at)) this.#unrecorded.push(ran);
  }

  async computeDifferences(): Promise<Differences> {
    const { own, other } = await this.#setups.sort();
    const setupPattern = new Map<string, number>();
    for (const { text } of own.filter(({ at }) => this.#isInWindow(at))) {
      const kind = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? '';
      setupPattern.set(kind, (setupPattern.get(kind) ?? 0) + 1);
    }
    const unrecorded = [...this.#unrecorded, ...other.filter(({ at }) => this.#isInWindow(at))];
    const looked = [...this.#statements.values()].filter(({ at }) => this.#isInWindow(at));
    const absent = looked.filter(({ executedQueryId: ran }) => ran === undefined);
    const unknown = absent.filter(({ outcome }) => outcome !== 'failed');
    const unproven = [...this.#unproven.values()].filter(
      (event) => this.#isInWindow(event.at) && !this.#isProven(event),
    );
    return {
      agree: unrecorded.length + unknown.length + this.#mismatched.length + unproven.length === 0,
      unproven,
      statements: looked.length,
      queries: this.#queries,
      setup: setupPattern,
      unrecorded,
      unknown,
      neverSent: absent.length - unknown.length,
      mismatched: this.#mismatched,
    };
  }

  #addEvent(event: EventView): void {
    const { code, statement: id, session, at } = event;
    if (id === undefined) return;
    if (event.proofFailure !== undefined) {
      if (code === 'statement.authorized' || outcomeCodes.has(code))
        this.#unproven.set(JSON.stringify([id, code]), event);
      return;
    }
    if (code === 'statement.authorized') {
      const { outcome, queryId } = this.#pendingOutcomes.get(id) ?? {};
      this.#pendingOutcomes.delete(id);
      if (!this.#statements.has(id))
        this.#statements.set(id, {
          statement: id,
          session,
          at,
          outcome: undefined,
          queryId: undefined,
          executedQueryId: undefined,
        });
      return this.#applyOutcome(id, outcome, queryId);
    }
    if (!outcomeCodes.has(code)) return;
    const [outcome, queryId] = [code.slice('statement.'.length), formatFact(event, 'queryId')];
    if (this.#statements.has(id)) this.#applyOutcome(id, outcome, queryId);
    else this.#pendingOutcomes.set(id, { outcome, queryId: queryId ?? this.#pendingOutcomes.get(id)?.queryId });
  }

  #isProven({ statement = '', code }: EventView): boolean {
    const known = this.#statements.get(statement);
    return known !== undefined && (code === 'statement.authorized' || known.outcome !== undefined);
  }

  #applyOutcome(id: string, outcome: string | undefined, queryId: string | undefined): void {
    const known = this.#statements.get(id);
    if (known === undefined || outcome === undefined) return;
    known.outcome = outcome;
    known.queryId = queryId ?? known.queryId;
    if (known.queryId !== undefined) this.#byQuery.set(known.queryId, known);
  }

  #isInWindow(at: number | undefined): boolean {
    return at === undefined || (at >= this.#window.from && at < this.#window.to);
  }

  #findStatement({ statement, ids, queryId }: HistoryQuery): RecordedStatement | undefined {
    const tagged = statement === undefined ? undefined : this.#statements.get(statement);
    return (
      tagged ??
      ids.map((id) => this.#statements.get(id)).find((each) => each !== undefined) ??
      this.#byQuery.get(queryId)
    );
  }

  #match(statement: RecordedStatement, { queryId }: HistoryQuery): void {
    if (statement.executedQueryId === queryId) return;
    const expected = statement.queryId ?? statement.executedQueryId ?? queryId;
    if (expected !== queryId) this.#mismatched.push({ statement, queryId });
    if (statement.executedQueryId !== statement.queryId) statement.executedQueryId = queryId;
  }

  /** Of a query that its tag gives to a session, and to no statement. */
  #sessionOf({ session, statement, ids }: HistoryQuery): string | undefined {
    return statement === undefined
      ? [session, ...ids].find((id) => id !== undefined && this.#sessions.has(id))
      : undefined;
  }
}
