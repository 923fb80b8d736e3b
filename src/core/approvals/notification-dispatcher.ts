import type { Notice, NoticeStatement, Notifier } from './notice.js';
import type { Ticket, TicketStatement } from './ticket.js';
import { toPrincipalRef } from './view.js';

/** Tells every notifier, and waits for none. */
export class NotificationDispatcher {
  /** Each with a signal of its own: those who listen to one are few. */
  readonly #notifiers: ReadonlyMap<Notifier, AbortController>;
  readonly #dispatching = new Set<Promise<void>>();

  constructor(notifiers: readonly Notifier[]) {
    this.#notifiers = new Map(notifiers.map((each) => [each, new AbortController()]));
  }

  dispatch(notice: Notice): void {
    for (const [notifier, { signal }] of this.#notifiers) {
      const telling = this.#notify(notifier, Object.freeze(notice), signal).finally(() =>
        this.#dispatching.delete(telling),
      );
      this.#dispatching.add(telling);
    }
  }

  async close(): Promise<void> {
    for (const stop of this.#notifiers.values()) stop.abort();
    await Promise.allSettled([...this.#dispatching, ...[...this.#notifiers.keys()].map((each) => each.close?.())]);
  }

  async #notify(notifier: Notifier, notice: Notice, signal: AbortSignal): Promise<void> {
    try {
      await notifier.notify(notice, signal);
    } catch {
      // Its own affair: the record has it, and the ticket waits on the list.
    }
  }
}

/** What a notice says of a ticket. */
export function createTicketNotice(ticket: Ticket): Omit<Notice, 'type' | 'id' | 'at'> {
  const {
    id,
    digest,
    state,
    connection,
    schema,
    access,
    identity,
    reason,
    session,
    statement,
    ttlMs,
    expiresAt,
    bound,
  } = ticket;
  return {
    ticket: id,
    digest,
    state,
    connection,
    schema,
    access,
    principal: toPrincipalRef(identity.principal),
    actor: toPrincipalRef(identity.actor),
    reason,
    ...(session === undefined ? {} : { session }),
    expiresAt,
    ...(statement === undefined ? {} : { statement: createNoticeStatement(statement) }),
    ...(ttlMs === undefined ? {} : { ttlMs }),
    ...(bound['breakGlass'] === true ? { breakGlass: true } : {}),
  };
}

function createNoticeStatement({
  kind,
  operation,
  summary,
  canonical,
  redacted,
  binds,
  reads,
  writes,
  rewrites,
  asked,
}: TicketStatement): NoticeStatement {
  const whole =
    redacted === canonical && binds.length === 0 && (asked === undefined || asked.redacted === asked.canonical);
  const told = { kind, operation, summary, redacted, whole, reads, writes };
  if (asked === undefined) return told;
  const from = { kind: asked.kind, operation: asked.operation, summary: asked.summary, redacted: asked.redacted };
  return { ...told, ...(rewrites === undefined ? {} : { rewrites }), asked: from };
}
