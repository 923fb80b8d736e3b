import type { Identity } from '../model.js';
import { deny, type Denied } from '../outcome.js';
import type { Session } from './session.js';

const maxEndedSessions = 10_000;

/** The live sessions of this process and, bounded, those that ended. */
export class Sessions {
  readonly #live = new Map<string, Session>();
  readonly #ended = new Map<string, Session>();
  readonly #reserved = new Map<string, number>();
  readonly #maxPerActor: number;

  constructor(mostPerActor: number) {
    this.#maxPerActor = mostPerActor;
  }

  /** Takes a place for the actor before anything is opened; the returned function gives it back. */
  reserve(actor: string): (() => void) | Denied {
    const held = this.#reserved.get(actor) ?? 0;
    if (held >= this.#maxPerActor) {
      return deny('TOO_MANY_SESSIONS', undefined, {
        hint: 'Close a session you no longer need, or wait for one to expire: also one that this actor opened for somebody else.',
      });
    }
    this.#reserved.set(actor, held + 1);
    let given = false;
    return () => {
      if (given) return;
      given = true;
      const now = (this.#reserved.get(actor) ?? 1) - 1;
      if (now === 0) this.#reserved.delete(actor);
      else this.#reserved.set(actor, now);
    };
  }

  add(session: Session): void {
    this.#live.set(session.id, session);
  }

  /** Moves a session to the ended ones, of which the latest 10,000 are remembered. */
  retire(session: Session): void {
    this.#live.delete(session.id);
    this.#ended.set(session.id, session);
    if (this.#ended.size > maxEndedSessions) this.#ended.delete(this.#ended.keys().next().value as string);
  }

  /** The session if it is this caller's; undefined both for unknown and for foreign. */
  find(id: string, identity: Identity): Session | undefined {
    const session = this.get(id);
    return session?.belongsTo(identity) === true ? session : undefined;
  }

  /** Whosever it is. */
  get(id: string): Session | undefined {
    return this.#live.get(id) ?? this.#ended.get(id);
  }

  listLive(): readonly Session[] {
    return [...this.#live.values()];
  }
}
