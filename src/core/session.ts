import type { Clock } from './clock.js';
import { AccessError, type DenialCode } from './errors.js';
import type { EndReason, SessionState } from './gateway.js';
import { timeLeft } from './grant.js';
import { Lane } from './lane.js';
import type { Grant, Identity, Json } from './model.js';
import { formatSchema } from './names.js';
import type { Connector, EngineSession } from './ports.js';
import { within } from './within.js';

const endCodes: Readonly<Record<EndReason, DenialCode>> = {
  agent: 'SESSION_CLOSED', deadline: 'SESSION_EXPIRED', revoked: 'SESSION_REVOKED', shutdown: 'SESSION_CLOSED', fault: 'SESSION_CLOSED',
};

/** Who ended a session, and why, where it was not its owner. */
export type EndWords = Readonly<Record<string, Json>>;

/** Something under way in a session: can be told to stop, and settles when it has. */
export interface Running {
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
  readonly ended: (session: Session, by: EndReason, clean: boolean, said: EndWords) => Promise<void>;
}

/** What reaches the engine, also by what it closes over. */
type Path = Pick<SessionParts, 'engine' | 'dispose' | 'ended'>;

/** One live path: open, then closing, then closed, never back. At the deadline it ends by itself. */
export class Session {
  readonly grant: Grant;
  readonly connector: Connector;
  readonly lane: Lane;
  readonly #parts: Omit<SessionParts, keyof Path>;
  /** What holds the path at the engine. Let go of with it: of ended sessions many are remembered, and a driver's connection is large. */
  #path: Path | undefined;
  readonly #running = new Set<Running>();
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
    this.lane = new Lane(parts.waiting);
    this.#disarm = parts.clock.after(timeLeft(parts.grant, parts.clock), () => void this.end('deadline'));
  }

  get id(): string {
    return this.grant.session;
  }

  /** Throws SESSION_CLOSED once the path is gone. */
  get engine(): EngineSession {
    if (this.#path === undefined) throw new AccessError('SESSION_CLOSED');
    return this.#path.engine;
  }

  /** Undefined while statements may run; else the code to refuse them with. A deadline that passed ends the session here and now. */
  refusal(): DenialCode | undefined {
    if (this.#state === 'open' && timeLeft(this.grant, this.#parts.clock) <= 0) void this.end('deadline');
    return this.#endedBy === undefined ? undefined : endCodes[this.#endedBy];
  }

  /** True for the same principal, actor and client that opened it. */
  belongsTo(identity: Identity): boolean {
    const owner = this.grant.identity;
    return owner.principal.id === identity.principal.id && owner.actor.id === identity.actor.id && owner.client === identity.client;
  }

  /** Tracks a running statement until it settles; it is aborted when the session ends. */
  track(running: Running): void {
    this.#running.add(running);
    void running.settled.then(() => this.#running.delete(running));
    const refused = this.refusal();
    if (refused !== undefined) running.abort(new AccessError(refused));
  }

  state(): SessionState {
    const { grant, connector, reason } = this.#parts;
    return {
      id: grant.session, connection: grant.scope.connection, engine: connector.engine, schema: formatSchema(grant.scope), access: grant.scope.access,
      state: this.#state, principal: grant.identity.principal.id, actor: grant.identity.actor.id, reason,
      openedAt: grant.issuedAt, expiresAt: grant.expiresAt, ...(grant.breakGlass === true ? { breakGlass: true } : {}), ...(this.#endedBy === undefined ? {} : { endedBy: this.#endedBy }),
    };
  }

  /** Ends the session once; later calls join. Resolves true when the engine confirmed that nothing is left. Rejects when the end cannot be recorded. */
  end(by: EndReason, said: EndWords = {}): Promise<boolean> {
    this.#end ??= this.#finish(by, said);
    this.#end.catch(() => undefined);
    return this.#end;
  }

  async #finish(by: EndReason, said: EndWords): Promise<boolean> {
    this.#state = 'closing';
    this.#endedBy = by;
    this.#disarm();
    const { clock, closeTimeoutMs } = this.#parts;
    const path = this.#path;
    for (const running of this.#running) running.abort(new AccessError(endCodes[by]));
    await within(clock, closeTimeoutMs, Promise.all([...this.#running].map((each) => each.settled)));
    const clean = await within(clock, closeTimeoutMs, path?.dispose() ?? Promise.resolve());
    this.#path = undefined;
    this.#state = 'closed';
    await path?.ended(this, by, clean, said);
    return clean;
  }
}
