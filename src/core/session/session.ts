import type { Clock } from '../async/clock.js';
import { AccessError, type DenialCode } from '../errors.js';
import type { EndReason, SessionState } from '../gateway.js';
import { getTimeLeft } from './grant.js';
import { StatementQueue } from './statement-queue.js';
import type { Grant, Identity, Json } from '../model.js';
import { formatSchema } from '../data/names.js';
import type { Connector, EngineSession } from '../ports.js';
import { completesWithin } from '../async/timeout.js';

const endDenialCodes: Readonly<Record<EndReason, DenialCode>> = {
  agent: 'SESSION_CLOSED',
  deadline: 'SESSION_EXPIRED',
  revoked: 'SESSION_REVOKED',
  shutdown: 'SESSION_CLOSED',
  fault: 'SESSION_CLOSED',
};

/** Who ended a session, and why, where it was not its owner. */
export type EndDetails = Readonly<Record<string, Json>>;

/** Something under way in a session: can be told to stop, and settles when it has. */
export interface TrackedStatement {
  abort(reason: AccessError): void;
  readonly settled: Promise<void>;
}

/** What a session is made of. */
export interface SessionParts {
  readonly grant: Grant;
  readonly connector: Connector;
  readonly engine: EngineSession;
  readonly reason: string;
  readonly clock: Clock;
  readonly waiting: number;
  readonly closeTimeoutMs: number;
  /** Frees what the session owns at the engine; called once. */
  readonly dispose: () => Promise<void>;
  /** Called once, after the path is gone, whatever state the engine was left in. */
  readonly ended: (session: Session, by: EndReason, clean: boolean, said: EndDetails) => Promise<void>;
}

/** What reaches the engine, also by what it closes over. */
type EnginePath = Pick<SessionParts, 'engine' | 'dispose' | 'ended'>;

/** One live path: open, then closing, then closed, never back. At the deadline it ends by itself. */
export class Session {
  readonly grant: Grant;
  readonly connector: Connector;
  readonly queue: StatementQueue;
  readonly #parts: Omit<SessionParts, keyof EnginePath>;
  /**
   * What holds the path at the engine. Let go of with it: of ended sessions many are remembered, and a driver's
   * connection is large.
   */
  #path: EnginePath | undefined;
  readonly #running = new Set<TrackedStatement>();
  readonly #disarm: () => void;
  #state: SessionState['state'] = 'open';
  #endedBy: EndReason | undefined;
  #end: Promise<boolean> | undefined;

  constructor(parts: SessionParts) {
    const { engine, dispose, ended, ...rest } = parts;
    this.#parts = rest;
    this.#path = { engine, dispose, ended };
    this.grant = parts.grant;
    this.connector = parts.connector;
    this.queue = new StatementQueue(parts.waiting);
    this.#disarm = parts.clock.after(getTimeLeft(parts.grant, parts.clock), () => void this.end('deadline'));
  }

  get id(): string {
    return this.grant.session;
  }

  /** Throws SESSION_CLOSED once the path is gone. */
  get engine(): EngineSession {
    if (this.#path === undefined) throw new AccessError('SESSION_CLOSED');
    return this.#path.engine;
  }

  /**
   * Undefined while statements may run; else the code to refuse them with. A deadline that passed ends the session here
   * and now.
   */
  getRefusal(): DenialCode | undefined {
    if (this.#state === 'open' && getTimeLeft(this.grant, this.#parts.clock) <= 0) void this.end('deadline');
    return this.#endedBy === undefined ? undefined : endDenialCodes[this.#endedBy];
  }

  /** True for the same principal, actor and client that opened it. */
  belongsTo(identity: Identity): boolean {
    const owner = this.grant.identity;
    return (
      owner.principal.id === identity.principal.id &&
      owner.actor.id === identity.actor.id &&
      owner.client === identity.client
    );
  }

  /** Tracks a running statement until it settles; it is aborted when the session ends. */
  track(running: TrackedStatement): void {
    this.#running.add(running);
    void running.settled.then(() => this.#running.delete(running));
    const refused = this.getRefusal();
    if (refused !== undefined) running.abort(new AccessError(refused));
  }

  getState(): SessionState {
    const { grant, connector, reason } = this.#parts;
    return {
      id: grant.session,
      connection: grant.scope.connection,
      engine: connector.engine,
      schema: formatSchema(grant.scope),
      access: grant.scope.access,
      state: this.#state,
      principal: grant.identity.principal.id,
      actor: grant.identity.actor.id,
      reason,
      openedAt: grant.issuedAt,
      expiresAt: grant.expiresAt,
      ...(grant.breakGlass === true ? { breakGlass: true } : {}),
      ...(this.#endedBy === undefined ? {} : { endedBy: this.#endedBy }),
    };
  }

  /**
   * Ends the session once; later calls join. Resolves true when the engine confirmed that nothing is left. Rejects when
   * the end cannot be recorded.
   */
  end(by: EndReason, said: EndDetails = {}): Promise<boolean> {
    this.#end ??= this.#finish(by, said);
    this.#end.catch(() => undefined);
    return this.#end;
  }

  async #finish(by: EndReason, said: EndDetails): Promise<boolean> {
    this.#state = 'closing';
    this.#endedBy = by;
    this.#disarm();
    const { clock, closeTimeoutMs } = this.#parts;
    const path = this.#path;
    for (const running of this.#running) running.abort(new AccessError(endDenialCodes[by]));
    await completesWithin(clock, closeTimeoutMs, Promise.all([...this.#running].map((each) => each.settled)));
    const clean = await completesWithin(clock, closeTimeoutMs, path?.dispose() ?? Promise.resolve());
    this.#path = undefined;
    this.#state = 'closed';
    await path?.ended(this, by, clean, said);
    return clean;
  }
}
