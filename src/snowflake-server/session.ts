import { randomBytes, randomUUID } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { Proven } from './credentials.js';
import type { User } from './catalog.js';

/** What a session remembers between statements. */
export class Session {
  readonly id = Math.floor(Math.random() * 2 ** 48);
  token = token();
  readonly masterToken = token();
  readonly user: User;
  /** It keeps the role it began with. */
  readonly restricted: boolean;
  /** It came in by an integration for agents. */
  readonly #agentic: boolean;
  readonly expiresAt: number;
  readonly connection: DuckDBConnection;
  role = 'PUBLIC';
  secondary: 'ALL' | 'NONE' = 'ALL';
  database: string | undefined;
  schema: string | undefined;
  warehouse: string | undefined;
  readonly parameters = new Map<string, string>();
  closed = false;
  /** Statements that run or wait, by query id, with the way to end them. */
  readonly running = new Map<string, { readonly requestId: string; readonly cancel: AbortController }>();
  /** What the last requests asked for, by the id of the request. */
  readonly asked = new Map<string, { readonly queryId: string; readonly work: Promise<object> }>();
  #line: Promise<unknown> = Promise.resolve();

  constructor({ user, restricted = false, agentic = false, expiresAt }: Proven, connection: DuckDBConnection) {
    this.user = user;
    this.restricted = restricted;
    this.#agentic = agentic;
    this.expiresAt = expiresAt ?? Number.POSITIVE_INFINITY;
    this.connection = connection;
    this.secondary = restricted ? 'NONE' : (user.defaultSecondaryRoles ?? 'ALL');
  }

  /** One statement after the other: DuckDB has one connection for each session. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#line.then(work);
    this.#line = turn.catch(() => undefined);
    return turn;
  }

  remember(requestId: string, asked: { readonly queryId: string; readonly work: Promise<object> }): void {
    this.asked.set(requestId, asked);
    if (this.asked.size > 20) this.asked.delete(this.asked.keys().next().value as string);
  }

  /** Whether an agent is active (IS_AGENT_ACTIVATED in Snowflake's reference). */
  get agentActive(): boolean {
    return this.#agentic || this.user.type === 'SERVICE_AGENT';
  }

  get tag(): string {
    return this.parameters.get('QUERY_TAG') ?? '';
  }

  renew(): void {
    this.token = token();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const { cancel } of this.running.values()) cancel.abort();
    await this.#line;
    this.connection.closeSync();
  }
}

function token(): string {
  return `ver:3-hint:${randomUUID()}-${randomBytes(16).toString('base64url')}`;
}
