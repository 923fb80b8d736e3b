import type { Notice, NoticeStatement, Notifier } from './notice.js';
import type { Ticket, TicketStatement } from './ticket.js';
import { namedOf } from './view.js';

/** Tells every notifier, and waits for none. */
export class Crier {
  /** Each with a signal of its own: those who listen to one are few. */
  readonly #notifiers: ReadonlyMap<Notifier, AbortController>;
  readonly #telling = new Set<Promise<void>>();

  constructor(notifiers: readonly Notifier[]) {
    this.#notifiers = new Map(notifiers.map((each) => [each, new AbortController()]));
  }

  tell(notice: Notice): void {
    for (const [notifier, { signal }] of this.#notifiers) {
      const telling = this.#one(notifier, Object.freeze(notice), signal).finally(() => this.#telling.delete(telling));
      this.#telling.add(telling);
    }
  }

  async close(): Promise<void> {
    for (const stop of this.#notifiers.values()) stop.abort();
    await Promise.allSettled([...this.#telling, ...[...this.#notifiers.keys()].map((each) => each.close?.())]);
  }

  async #one(notifier: Notifier, notice: Notice, signal: AbortSignal): Promise<void> {
    try {
      await notifier.notify(notice, signal);
    } catch {
      // Its own affair: the record has it, and the ticket waits on the list.
    }
  }
}

/** What a notice says of a ticket. */
export function noticeOf(ticket: Ticket): Omit<Notice, 'type' | 'id' | 'at'> {
  const { id, digest, state, connection, schema, access, identity, reason, session, statement, ttlMs, expiresAt, bound } = ticket;
  return {
    ticket: id, digest, state, connection, schema, access, principal: namedOf(identity.principal), actor: namedOf(identity.actor), reason, ...(session === undefined ? {} : { session }), expiresAt,
    ...(statement === undefined ? {} : { statement: toldOf(statement) }), ...(ttlMs === undefined ? {} : { ttlMs }), ...(bound['breakGlass'] === true ? { breakGlass: true } : {}),
  };
}

function toldOf({ kind, operation, summary, canonical, redacted, binds, reads, writes, rewrites, asked }: TicketStatement): NoticeStatement {
  const whole = redacted === canonical && binds.length === 0 && (asked === undefined || asked.redacted === asked.canonical);
  const told = { kind, operation, summary, redacted, whole, reads, writes };
  if (asked === undefined) return told;
  const from = { kind: asked.kind, operation: asked.operation, summary: asked.summary, redacted: asked.redacted };
  return { ...told, ...(rewrites === undefined ? {} : { rewrites }), asked: from };
}
