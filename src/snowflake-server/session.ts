import { randomBytes, randomUUID } from 'node:crypto';
import type { DuckDBConnection } from '@duckdb/node-api';
import type { AuthenticatedUser } from './credentials.js';
import type { User } from './catalog.js';

/** What a session remembers between statements. */
export class ServerSession {
  readonly id = Math.floor(Math.random() * 2 ** 48);
  token = createToken();
  readonly masterToken = createToken();
  readonly user: User;
  /** It keeps the role it began with. */
  readonly restricted: boolean;
  /** It came in by an integration for agents. */
  readonly #agentic: boolean;
  readonly expiresAt: number;
  readonly connection: DuckDBConnection;
  role = 'PUBLIC';
  secondaryRoles: 'ALL' | 'NONE' = 'ALL';
  database: string | undefined;
  schema: string | undefined;
  warehouse: string | undefined;
  readonly parameters = new Map<string, string>();
  closed = false;
  /** Statements that run or wait, by query id, with the way to end them. */
  readonly running = new Map<string, { readonly requestId: string; readonly cancel: AbortController }>();
  /** What the last requests asked for, by the id of the request. */
  readonly recentRequests = new Map<string, { readonly queryId: string; readonly work: Promise<object> }>();
  #queue: Promise<unknown> = Promise.resolve();

  constructor(
    { user, restricted = false, agentic = false, expiresAt }: AuthenticatedUser,
    connection: DuckDBConnection,
  ) {
    this.user = user;
    this.restricted = restricted;
    this.#agentic = agentic;
    this.expiresAt = expiresAt ?? Number.POSITIVE_INFINITY;
    this.connection = connection;
    this.secondaryRoles = restricted ? 'NONE' : (user.defaultSecondaryRoles ?? 'ALL');
  }

  /** One statement after the other: DuckDB has one connection for each session. */
  enqueue<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#queue.then(work);
    this.#queue = turn.catch(() => undefined);
    return turn;
  }

  remember(requestId: string, asked: { readonly queryId: string; readonly work: Promise<object> }): void {
    this.recentRequests.set(requestId, asked);
    if (this.recentRequests.size > 20) this.recentRequests.delete(this.recentRequests.keys().next().value as string);
  }

  /** Whether an agent is active (IS_AGENT_ACTIVATED in Snowflake's reference). */
  get agentActive(): boolean {
    return this.#agentic || this.user.type === 'SERVICE_AGENT';
  }

  get tag(): string {
    return this.parameters.get('QUERY_TAG') ?? '';
  }

  renew(): void {
    this.token = createToken();
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.closed = true;
    for (const { cancel } of this.running.values()) cancel.abort();
    await this.#queue;
    this.connection.closeSync();
  }
}

function createToken(): string {
  return `ver:3-hint:${randomUUID()}-${randomBytes(16).toString('base64url')}`;
}
