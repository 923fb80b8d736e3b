import { randomUUID } from 'node:crypto';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Catalog } from './catalog.js';
import { authenticate, type Integration, type LoginData } from './credentials.js';
import { compatibilityMacros } from './dialect.js';
import { SnowflakeServerError, serverErrors } from './server-error.js';
import { ResultStore, type StoredResult } from './result-store.js';
import { createCommandContext, runStatement, type WireBind } from './run-statement.js';
import { ServerSession } from './session.js';
import { getTextType } from './statement-types.js';
import { PendingQueries, type QueryAnswer } from './pending-queries.js';
import { runCommand } from './commands.js';
import type { ResultTable } from './wire-format.js';

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
  readonly bindings?: Readonly<Record<string, WireBind>>;
  readonly parameters?: Readonly<Record<string, unknown>>;
  /** It is to run with nobody waiting. */
  readonly asyncExec?: boolean;
}

/** What an answer says otherwise than it is. */
export interface AnswerOverrides {
  readonly role?: string;
  readonly statementTypeId?: number;
}

/** Snowflake's defaults, by which the driver writes times as text. */
const outputFormats = Object.entries({
  DATE_OUTPUT_FORMAT: 'YYYY-MM-DD',
  TIME_OUTPUT_FORMAT: 'HH24:MI:SS',
  TIMESTAMP_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3 TZHTZM',
  TIMESTAMP_NTZ_OUTPUT_FORMAT: 'YYYY-MM-DD HH24:MI:SS.FF3',
  TIMESTAMP_LTZ_OUTPUT_FORMAT: '',
  TIMESTAMP_TZ_OUTPUT_FORMAT: '',
  TIMEZONE: 'UTC',
}).map(([name, value]) => ({ name, value }));

/** The account: its sessions, and what it does for them. */
export class SnowflakeAccount {
  readonly sessions = new Map<string, ServerSession>();
  readonly history: HistoryRow[] = [];
  readonly results = new ResultStore();
  readonly #pendingQueries: PendingQueries;
  readonly #account: string;
  readonly #instance: DuckDBInstance;
  readonly #catalog: Catalog;
  readonly #integrations: readonly Integration[];

  constructor(
    account: string,
    instance: DuckDBInstance,
    catalog: Catalog,
    integrations: readonly Integration[],
    answerMs: number,
  ) {
    this.#pendingQueries = new PendingQueries(answerMs);
    this.#account = account;
    this.#instance = instance;
    this.#catalog = catalog;
    this.#integrations = integrations;
  }

  /** The `data` of the answer. Throws Failure. */
  async login(
    login: LoginData & { readonly SESSION_PARAMETERS?: Readonly<Record<string, unknown>> },
    query: URLSearchParams,
  ): Promise<object> {
    const who = await authenticate(login, this.#account, this.#catalog, this.#integrations);
    const session = new ServerSession(who, await this.#connect());
    for (const [name, value] of Object.entries(who.user.parameters ?? {})) session.parameters.set(name, value);
    for (const [name, value] of Object.entries(login.SESSION_PARAMETERS ?? {}))
      session.parameters.set(name.toUpperCase(), String(value));
    const asked = query.get('roleName')?.toUpperCase();
    const role = who.role ?? asked ?? who.user.defaultRole ?? 'PUBLIC';
    if (asked !== undefined && asked !== role) throw serverErrors.token('[3]');
    if (!this.#catalog.roles.has(role) || !this.#catalog.usable(who.user.name, role))
      throw who.role === undefined ? serverErrors.login() : serverErrors.token('[2]');
    session.role = role;
    session.warehouse = query.get('warehouse')?.toUpperCase();
    for (const [parameter, word] of [
      ['databaseName', 'DATABASE'],
      ['schemaName', 'SCHEMA'],
    ] as const) {
      const name = query.get(parameter);
      // What cannot be used is left out, as Snowflake does at login.
      if (name !== null)
        await runCommand(`USE ${word} ${name}`, createCommandContext(session, this.#catalog, this.#instance)).catch(
          () => undefined,
        );
    }
    this.sessions.set(session.token, session);
    return {
      token: session.token,
      masterToken: session.masterToken,
      validityInSeconds: 3_600,
      masterValidityInSeconds: 14_400,
      sessionId: session.id,
      parameters: outputFormats,
      sessionInfo: {
        databaseName: session.database ?? null,
        schemaName: session.schema ?? null,
        warehouseName: session.warehouse ?? null,
        roleName: session.role,
      },
    };
  }

  async #connect(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    for (const each of compatibilityMacros) await connection.run(each);
    return connection;
  }

  /** The session of a token. Throws Failure. */
  session(token: string | undefined): ServerSession {
    const session = this.sessions.get(token ?? '');
    if (session === undefined || session.closed || session.expiresAt <= Date.now()) throw serverErrors.gone();
    return session;
  }

  renew(masterToken: string | undefined): object {
    const session = [...this.sessions.values()].find((each) => each.masterToken === masterToken && !each.closed);
    if (session === undefined) throw serverErrors.gone();
    this.sessions.delete(session.token);
    session.renew();
    this.sessions.set(session.token, session);
    return {
      sessionToken: session.token,
      validityInSecondsST: 3_600,
      masterToken: session.masterToken,
      validityInSecondsMT: 14_400,
    };
  }

  async closeSession(session: ServerSession): Promise<void> {
    this.sessions.delete(session.token);
    await session.close();
  }

  /** Throws Failure, with the query's id in `data`. */
  query(
    session: ServerSession,
    body: QueryBody,
    requestId: string,
    base: string,
    told: AnswerOverrides = {},
  ): Promise<QueryAnswer> {
    // A request that is sent again is answered again: the statement runs once.
    const asked = session.recentRequests.get(requestId) ?? this.#startQuery(session, body, requestId, base, told);
    return this.#pendingQueries.waitForResult(asked.queryId, asked.work, body.asyncExec === true);
  }

  #startQuery(
    session: ServerSession,
    body: QueryBody,
    requestId: string,
    base: string,
    told: AnswerOverrides,
  ): { readonly queryId: string; readonly work: Promise<object> } {
    const queryId = randomUUID();
    const asked = { queryId, work: this.#execute(queryId, session, body, requestId, base, told) };
    if (requestId !== '') session.remember(requestId, asked);
    return asked;
  }

  /** Of a query that was under way. Throws Failure. */
  async result(session: ServerSession, queryId: string): Promise<QueryAnswer> {
    const known = this.history.some((row) => row.queryId === queryId && row.user === session.user.name);
    const answer = known ? await this.#pendingQueries.resume(queryId) : undefined;
    if (answer === undefined) throw serverErrors.absent('Query', queryId);
    return answer;
  }

  /** How it stands with a query, in Snowflake's words. */
  status(session: ServerSession, queryId: string): object {
    const row = this.history.find((each) => each.queryId === queryId && each.user === session.user.name);
    const status = row?.endedAt === undefined ? 'RUNNING' : row.error === undefined ? 'SUCCESS' : 'FAILED_WITH_ERROR';
    return {
      queries: row === undefined ? [] : [{ id: queryId, status, errorCode: row.error ?? null, errorMessage: null }],
    };
  }

  async #execute(
    queryId: string,
    session: ServerSession,
    body: QueryBody,
    requestId: string,
    base: string,
    told: AnswerOverrides,
  ): Promise<object> {
    const cancel = new AbortController();
    session.running.set(queryId, { requestId, cancel });
    const row: HistoryRow = {
      queryId,
      text: body.sqlText ?? '',
      user: session.user.name,
      role: session.role,
      session: session.id,
      tag: typeof body.parameters?.['QUERY_TAG'] === 'string' ? body.parameters['QUERY_TAG'] : session.tag,
      startedAt: Date.now(),
    };
    this.history.push(row);
    try {
      const laid = await session.enqueue(async () => {
        if (cancel.signal.aborted) throw serverErrors.cancelled();
        const asking = { sql: body.sqlText ?? '', binds: body.bindings ?? {}, parameters: body.parameters ?? {} };
        const take = async (
          answer: ResultTable,
          stop: AbortSignal,
        ): Promise<StoredResult & { readonly answer: ResultTable }> => ({
          answer,
          ...(await this.results.store(queryId, answer, base, stop)),
        });
        return runStatement(asking, session, this.#catalog, this.#instance, cancel.signal, take);
      });
      return {
        queryId,
        rowtype: laid.answer.columns,
        rowset: laid.rowset,
        total: laid.total,
        returned: laid.total,
        parameters: outputFormats,
        version: 1,
        queryResultFormat: 'json',
        statementTypeId: told.statementTypeId ?? laid.answer.statementTypeId ?? getTextType(row.text),
        finalDatabaseName: session.database ?? null,
        finalSchemaName: session.schema ?? null,
        finalWarehouseName: session.warehouse ?? null,
        finalRoleName: told.role ?? session.role,
        ...(laid.chunks.length === 0 ? {} : { chunks: laid.chunks, chunkHeaders: {} }),
      };
    } catch (error) {
      const failure =
        error instanceof SnowflakeServerError
          ? error
          : serverErrors.syntax(error instanceof Error ? error.message : String(error));
      row.error = failure.code;
      throw Object.assign(failure, { queryId });
    } finally {
      row.endedAt = Date.now();
      session.running.delete(queryId);
    }
  }

  /** By the id of a query, or of the request that began it. */
  abort(session: ServerSession, id: string): void {
    for (const [queryId, { requestId, cancel }] of session.running)
      if (queryId === id || requestId === id) cancel.abort();
  }
}
