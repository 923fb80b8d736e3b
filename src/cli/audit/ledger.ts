import { eventsOf, fact, type Shown } from './event.js';
import type { Ran } from './history.js';
import type { RecordLine } from './record-line.js';
import { Setups } from './setups.js';

/** What is looked at. Times are epoch milliseconds; `to` is not included. */
export interface Window {
  readonly from: number;
  readonly to: number;
  /** Only what these ran, in any case. Default everybody. */
  readonly users?: readonly string[];
}

/** A statement as the record has it. */
export interface Recorded {
  readonly statement: string;
  readonly session: string | undefined;
  readonly at: number;
  /** `executed`, `failed`, `unresolved`; undefined for none. */
  outcome: string | undefined;
  queryId: string | undefined;
  /** The query that ran under its id. */
  ran: string | undefined;
}

export interface Differences {
  readonly agree: boolean;
  /** Statements, and queries of the users, that were compared. */
  readonly statements: number;
  readonly queries: number;
  /** Queries that open and close sessions: they belong to no statement. */
  readonly setup: ReadonlyMap<string, number>;
  readonly unrecorded: readonly Ran[];
  readonly unknown: readonly Recorded[];
  /** Statements that failed and never reached the warehouse: as it should be. */
  readonly neverSent: number;
  readonly mismatched: readonly { readonly statement: Recorded; readonly queryId: string }[];
  /** Events that are here only as stubs, or changed: they count for nothing. */
  readonly unproven: readonly Shown[];
}

/** A statement may be sent a while after it was authorized, and the two clocks may differ. */
const slackMs = 3_600_000;

const outcomes: ReadonlySet<string> = new Set(['statement.executed', 'statement.failed', 'statement.unresolved', 'statement.resolved']);

/** The statements of a record, held against the queries of a warehouse one by one. */
export class Ledger {
  readonly #window: Window;
  readonly #users: ReadonlySet<string> | undefined;
  readonly #statements = new Map<string, Recorded>();
  /** Outcomes that were read before what announces them: files and partitions come in any order. */
  readonly #early = new Map<string, Pick<Recorded, 'outcome' | 'queryId'>>();
  readonly #byQuery = new Map<string, Recorded>();
  readonly #sessions = new Set<string>();
  readonly #setups = new Setups();
  readonly #unrecorded: Ran[] = [];
  readonly #mismatched: Differences['mismatched'][number][] = [];
  /** What nothing proves, by statement and code: of no account once the same is proven. */
  readonly #doubtful = new Map<string, Shown>();
  #queries = 0;

  constructor(window: Window) {
    this.#window = window;
    this.#users = window.users === undefined ? undefined : new Set(window.users.map((user) => user.toUpperCase()));
  }

  /** The number of events read. */
  async read(lines: AsyncIterable<RecordLine>): Promise<number> {
    let events = 0;
    for await (const event of eventsOf(lines)) {
      events += 1;
      if (event.at < this.#window.from - slackMs * 24 || event.at >= this.#window.to + slackMs * 24) continue;
      if (event.session !== undefined) this.#sessions.add(event.session);
      this.#setups.read(event);
      this.#take(event);
    }
    return events;
  }

  note(ran: Ran): void {
    if (this.#users?.has(ran.user.toUpperCase()) === false) return;
    if (this.#counts(ran.at)) this.#queries += 1;
    const statement = this.#statementOf(ran);
    if (statement !== undefined) return this.#match(statement, ran);
    if (!this.#setups.take(ran, this.#sessionOf(ran)) && this.#counts(ran.at)) this.#unrecorded.push(ran);
  }

  async differences(): Promise<Differences> {
    const { own, other } = await this.#setups.sort();
    const setup = new Map<string, number>();
    for (const { text } of own.filter(({ at }) => this.#counts(at))) {
      const kind = /^\s*(\w+)/.exec(text)?.[1]?.toUpperCase() ?? '';
      setup.set(kind, (setup.get(kind) ?? 0) + 1);
    }
    const unrecorded = [...this.#unrecorded, ...other.filter(({ at }) => this.#counts(at))];
    const looked = [...this.#statements.values()].filter(({ at }) => this.#counts(at));
    const absent = looked.filter(({ ran }) => ran === undefined);
    const unknown = absent.filter(({ outcome }) => outcome !== 'failed');
    const unproven = [...this.#doubtful.values()].filter((event) => this.#counts(event.at) && !this.#isProven(event));
    return {
      agree: unrecorded.length + unknown.length + this.#mismatched.length + unproven.length === 0, unproven,
      statements: looked.length, queries: this.#queries, setup, unrecorded, unknown, neverSent: absent.length - unknown.length, mismatched: this.#mismatched,
    };
  }

  #take(event: Shown): void {
    const { code, statement: id, session, at } = event;
    if (id === undefined) return;
    if (event.doubt !== undefined) {
      if (code === 'statement.authorized' || outcomes.has(code)) this.#doubtful.set(JSON.stringify([id, code]), event);
      return;
    }
    if (code === 'statement.authorized') {
      const { outcome, queryId } = this.#early.get(id) ?? {};
      this.#early.delete(id);
      if (!this.#statements.has(id)) this.#statements.set(id, { statement: id, session, at, outcome: undefined, queryId: undefined, ran: undefined });
      return this.#end(id, outcome, queryId);
    }
    if (!outcomes.has(code)) return;
    const [outcome, queryId] = [code.slice('statement.'.length), fact(event, 'queryId')];
    if (this.#statements.has(id)) this.#end(id, outcome, queryId);
    else this.#early.set(id, { outcome, queryId: queryId ?? this.#early.get(id)?.queryId });
  }

  #isProven({ statement = '', code }: Shown): boolean {
    const known = this.#statements.get(statement);
    return known !== undefined && (code === 'statement.authorized' || known.outcome !== undefined);
  }

  #end(id: string, outcome: string | undefined, queryId: string | undefined): void {
    const known = this.#statements.get(id);
    if (known === undefined || outcome === undefined) return;
    known.outcome = outcome;
    known.queryId = queryId ?? known.queryId;
    if (known.queryId !== undefined) this.#byQuery.set(known.queryId, known);
  }

  #counts(at: number | undefined): boolean {
    return at === undefined || (at >= this.#window.from && at < this.#window.to);
  }

  #statementOf({ statement, ids, queryId }: Ran): Recorded | undefined {
    const tagged = statement === undefined ? undefined : this.#statements.get(statement);
    return tagged ?? ids.map((id) => this.#statements.get(id)).find((each) => each !== undefined) ?? this.#byQuery.get(queryId);
  }

  #match(statement: Recorded, { queryId }: Ran): void {
    if (statement.ran === queryId) return;
    const expected = statement.queryId ?? statement.ran ?? queryId;
    if (expected !== queryId) this.#mismatched.push({ statement, queryId });
    if (statement.ran !== statement.queryId) statement.ran = queryId;
  }

  /** Of a query that its tag gives to a session, and to no statement. */
  #sessionOf({ session, statement, ids }: Ran): string | undefined {
    return statement === undefined ? [session, ...ids].find((id) => id !== undefined && this.#sessions.has(id)) : undefined;
  }
}
