import { AccessError } from '../errors.js';
import type { Ticket, TicketStore } from './ticket.js';

interface StoredTicket {
  readonly ticket: Ticket;
  /** About what it takes, as JSON. */
  readonly size: number;
}

/** Tickets and what they take together, within bounds. */
class BoundedTickets {
  readonly #tickets = new Map<string, StoredTicket>();
  readonly #limits: { readonly tickets: number; readonly size: number };
  #size = 0;

  constructor(most: { readonly tickets: number; readonly size: number }) {
    this.#limits = most;
  }

  get isFull(): boolean {
    return this.#tickets.size >= this.#limits.tickets || this.#size >= this.#limits.size;
  }

  get(id: string): Ticket | undefined {
    return this.#tickets.get(id)?.ticket;
  }

  list(): Ticket[] {
    return [...this.#tickets.values()].map(({ ticket }) => ticket);
  }

  /** A ticket keeps its place when it changes. */
  put(ticket: Ticket): void {
    const size = JSON.stringify(ticket).length;
    this.#size += size - (this.#tickets.get(ticket.id)?.size ?? 0);
    this.#tickets.set(ticket.id, { ticket, size });
  }

  remove(id: string): void {
    this.#size -= this.#tickets.get(id)?.size ?? 0;
    this.#tickets.delete(id);
  }

  /** Makes room, the oldest first. */
  trim(): void {
    for (const id of this.#tickets.keys()) {
      if (this.#tickets.size <= this.#limits.tickets && this.#size <= this.#limits.size) return;
      this.remove(id);
    }
  }
}

const openStates: ReadonlySet<string> = new Set(['pending', 'approved']);

/**
 * Tickets in this process: a restart forgets them, which voids what was pending. At most 10,000 are open at once, and
 * 256 MiB of them: one more
 * throws APPROVAL_UNAVAILABLE. Of those that are over, the latest 5,000 are kept, and at most 64 MiB of them.
 */
export function memoryTickets(): TicketStore {
  const live = new BoundedTickets({ tickets: 10_000, size: 2 ** 28 });
  const over = new BoundedTickets({ tickets: 5_000, size: 2 ** 26 });
  const find = (id: string): Ticket | undefined => live.get(id) ?? over.get(id);
  return {
    async put(ticket) {
      if (find(ticket.id) !== undefined) throw new AccessError('INTERNAL', 'there is a ticket of this id');
      if (live.isFull) throw new AccessError('APPROVAL_UNAVAILABLE', 'too many approvals are waited for');
      live.put(ticket);
    },
    get: async (id) => find(id),
    async list({ states, session, actor }) {
      const wanted = (each: Ticket): boolean =>
        (states === undefined || states.includes(each.state)) &&
        (session === undefined || each.session === session) &&
        (actor === undefined || each.identity.actor.id === actor);
      const all =
        states?.every((state) => openStates.has(state)) === true ? live.list() : [...over.list(), ...live.list()];
      return all.filter(wanted);
    },
    async swap(next) {
      if (live.get(next.id)?.version !== next.version - 1) return false;
      if (openStates.has(next.state)) live.put(next);
      else {
        live.remove(next.id);
        over.put(next);
        over.trim();
      }
      return true;
    },
  };
}
