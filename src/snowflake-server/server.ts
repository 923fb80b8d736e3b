import { randomUUID } from 'node:crypto';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Catalog } from './catalog.js';
import { proven, type Integration, type Login } from './credentials.js';
import { functions } from './dialect.js';
import { Failure, failures } from './failure.js';
import { Results, type Laid } from './results.js';
import { groundOf, run, type Bind } from './run.js';
import { Session } from './session.js';
import { typeOfText } from './statement-types.js';
import { Underway, type QueryAnswer } from './underway.js';
import { command } from './commands.js';
import type { Answer } from './wire.js';

/** One line of the query history. */
export interface HistoryRow {
  readonly queryId: string;
  readonly text: string;
  readonly user: string;
  readonly role: string;
  readonly session: number;
  readonly tag: string;
  readonly startedAt: number;
  endedAt?: number;
  /** The code of the failure; absent while it runs and where it succeeded. */
  error?: string;
}

export interface QueryBody {
  readonly sqlText?: string;
  readonly bindings?: Readonly<Record<string, Bind>>;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** It is to run with nobody waiting. */
  readonly asyncExec?: boolean;
}

/** What an answer says otherwise than it is. */
export interface Told {
  readonly role?: string;
  readonly statementTypeId?: number;
}

/** Snowflake's defaults, by which the driver writes times as text. */
const formats = Object.entries({
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD', TIME_OUTPUT_FORMAT: 'HH24:MI:SS', TIMESTAMP_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM', TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3',
  TIMESTAMP_LTZ_OUTPUT_FORMAT: '', TIMESTAMP_TZ_OUTPUT_FORMAT: '', TIMEZONE: 'UTC',
}).map(([name, value]) => ({ name, value }));

/** The account: its sessions, and what it does for them. */
export class Server {
  readonly sessions = new Map<string, Session>();
  readonly history: HistoryRow[] = [];
  readonly results = new Results();
  readonly #underway: Underway;
  readonly #account: string;
  readonly #instance: DuckDBInstance;
  readonly #catalog: Catalog;
  readonly #integrations: readonly Integration[];

  constructor(account: string, instance: DuckDBInstance, catalog: Catalog, integrations: readonly Integration[], answerMs: number) {
    this.#underway = new Underway(answerMs);
    this.#account = account;
    this.#instance = instance;
    this.#catalog = catalog;
    this.#integrations = integrations;
  }

  /** The `data` of the answer. Throws Failure. */
  async login(login: Login & { readonly SESSION_PARAMETERS?: Readonly<Record<string, unknown>> }, query: URLSearchParams): Promise<object> {
    const who = await proven(login, this.#account, this.#catalog, this.#integrations);
    const session = new Session(who, await this.#connect());
    for (const [name, value] of Object.entries(who.user.parameters ?? {})) session.parameters.set(name, value);
    for (const [name, value] of Object.entries(login.SESSION_PARAMETERS ?? {})) session.parameters.set(name.toUpperCase(), String(value));
    const asked = query.get('roleName')?.toUpperCase();
    const role = who.role ?? asked ?? who.user.defaultRole ?? 'PUBLIC';
    if (asked !== undefined && asked !== role) throw failures.token('[3]');
    if (!this.#catalog.roles.has(role) || !this.#catalog.usable(who.user.name, role)) throw who.role === undefined ? failures.login() : failures.token('[2]');
    session.role = role;
    session.warehouse = query.get('warehouse')?.toUpperCase();
    for (const [parameter, word] of [['databaseName', 'DATABASE'], ['schemaName', 'SCHEMA']] as const) {
      const name = query.get(parameter);
      // What cannot be used is left out, as Snowflake does at login.
      if (name !== null) await command(`USE ${word} ${name}`, groundOf(session, this.#catalog, this.#instance)).catch(() => undefined);
    }
    this.sessions.set(session.token, session);
    return {
      token: session.token, masterToken: session.masterToken, validityInSeconds: 3_600, masterValidityInSeconds: 14_400, sessionId: session.id, parameters: formats,
      sessionInfo: { databaseName: session.database ?? null, schemaName: session.schema ?? null, warehouseName: session.warehouse ?? null, roleName: session.role },
    };
  }

  async #connect(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    for (const each of functions) await connection.run(each);
    return connection;
  }

  /** The session of a token. Throws Failure. */
  session(token: string | undefined): Session {
    const session = this.sessions.get(token ?? '');
    if (session === undefined || session.closed || session.expiresAt <= Date.now()) throw failures.gone();
    return session;
  }

  renew(masterToken: string | undefined): object {
    const session = [...this.sessions.values()].find((each) => each.masterToken === masterToken && !each.closed);
    if (session === undefined) throw failures.gone();
    this.sessions.delete(session.token);
    session.renew();
    this.sessions.set(session.token, session);
    return { sessionToken: session.token, validityInSecondsST: 3_600, masterToken: session.masterToken, validityInSecondsMT: 14_400 };
  }

  async end(session: Session): Promise<void> {
    this.sessions.delete(session.token);
    await session.close();
  }

  /** Throws Failure, with the query's id in `data`. */
  query(session: Session, body: QueryBody, requestId: string, base: string, told: Told = {}): Promise<QueryAnswer> {
    // A request that is sent again is answered again: the statement runs once.
    const asked = session.asked.get(requestId) ?? this.#begin(session, body, requestId, base, told);
    return this.#underway.answer(asked.queryId, asked.work, body.asyncExec === true);
  }

  #begin(session: Session, body: QueryBody, requestId: string, base: string, told: Told): { readonly queryId: string; readonly work: Promise<object> } {
    const queryId = randomUUID();
    const asked = { queryId, work: this.#perform(queryId, session, body, requestId, base, told) };
    if (requestId !== '') session.remember(requestId, asked);
    return asked;
  }

  /** Of a query that was under way. Throws Failure. */
  async result(session: Session, queryId: string): Promise<QueryAnswer> {
    const known = this.history.some((row) => row.queryId === queryId && row.user === session.user.name);
    const answer = known ? await this.#underway.again(queryId) : undefined;
    if (answer === undefined) throw failures.absent('Query', queryId);
    return answer;
  }

  /** How it stands with a query, in Snowflake's words. */
  status(session: Session, queryId: string): object {
    const row = this.history.find((each) => each.queryId === queryId && each.user === session.user.name);
    const status = row?.endedAt === undefined ? 'RUNNING' : row.error === undefined ? 'SUCCESS' : 'FAILED_WITH_ERROR';
    return { queries: row === undefined ? [] : [{ id: queryId, status, errorCode: row.error ?? null, errorMessage: null }] };
  }

  async #perform(queryId: string, session: Session, body: QueryBody, requestId: string, base: string, told: Told): Promise<object> {
    const cancel = new AbortController();
    session.running.set(queryId, { requestId, cancel });
    const row: HistoryRow = { queryId, text: body.sqlText ?? '', user: session.user.name, role: session.role, session: session.id, tag: typeof body.parameters?.['QUERY_TAG'] === 'string' ? body.parameters['QUERY_TAG'] : session.tag, startedAt: Date.now() };
    this.history.push(row);
    try {
      const laid = await session.inTurn(async () => {
        if (cancel.signal.aborted) throw failures.cancelled();
        const asking = { sql: body.sqlText ?? '', binds: body.bindings ?? {}, parameters: body.parameters ?? {} };
        const take = async (answer: Answer, stop: AbortSignal): Promise<Laid & { readonly answer: Answer }> => ({ answer, ...(await this.results.lay(queryId, answer, base, stop)) });
        return run(asking, session, this.#catalog, this.#instance, cancel.signal, take);
      });
      return {
        queryId, rowtype: laid.answer.columns, rowset: laid.rowset, total: laid.total, returned: laid.total, parameters: formats, version: 1, queryResultFormat: 'json',
        statementTypeId: told.statementTypeId ?? laid.answer.statementTypeId ?? typeOfText(row.text),
        finalDatabaseName: session.database ?? null, finalSchemaName: session.schema ?? null, finalWarehouseName: session.warehouse ?? null, finalRoleName: told.role ?? session.role,
        ...(laid.chunks.length === 0 ? {} : { chunks: laid.chunks, chunkHeaders: {} }),
      };
    } catch (error) {
      const failure = error instanceof Failure ? error : failures.syntax(error instanceof Error ? error.message : String(error));
      row.error = failure.code;
      throw Object.assign(failure, { queryId });
    } finally {
      row.endedAt = Date.now();
      session.running.delete(queryId);
    }
  }

  /** By the id of a query, or of the request that began it. */
  abort(session: Session, id: string): void {
    for (const [queryId, { requestId, cancel }] of session.running) if (queryId === id || requestId === id) cancel.abort();
  }
}
