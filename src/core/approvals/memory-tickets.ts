import { AccessError } from '../errors.js';
import type { Ticket, TicketStore } from './ticket.js';

interface Kept {
  readonly ticket: Ticket;
  /** About what it takes, as JSON. */
  readonly size: number;
}

/** Tickets and what they take together, within bounds. */
class Shelf {
  readonly #kept = new Map<string, Kept>();
  readonly #most: { readonly tickets: number; readonly size: number };
  #size = 0;

  constructor(most: { readonly tickets: number; readonly size: number }) {
    this.#most = most;
  }

  get isFull(): boolean {
    return this.#kept.size >= this.#most.tickets || this.#size >= this.#most.size;
  }

  get(id: string): Ticket | undefined {
    return this.#kept.get(id)?.ticket;
  }

  all(): Ticket[] {
    return [...this.#kept.values()].map(({ ticket }) => ticket);
  }

  /** A ticket keeps its place when it changes. */
  put(ticket: Ticket): void {
    const size = JSON.stringify(ticket).length;
    this.#size += size - (this.#kept.get(ticket.id)?.size ?? 0);
    this.#kept.set(ticket.id, { ticket, size });
  }

  take(id: string): void {
    this.#size -= this.#kept.get(id)?.size ?? 0;
    this.#kept.delete(id);
  }

  /** Makes room, the oldest first. */
  trim(): void {
    for (const id of this.#kept.keys()) {
      if (this.#kept.size <= this.#most.tickets && this.#size <= this.#most.size) return;
      this.take(id);
    }
  }
}

const open: ReadonlySet<string> = new Set(['pending', 'approved']);

/**
 * Tickets in this process: a restart forgets them, which voids what was pending. At most 10,000 are open at once, and 256 MiB of them: one more
 * throws APPROVAL_UNAVAILABLE. Of those that are over, the latest 5,000 are kept, and at most 64 MiB of them.
 */
export function memoryTickets(): TicketStore {
  const live = new Shelf({ tickets: 10_000, size: 2 ** 28 });
  const over = new Shelf({ tickets: 5_000, size: 2 ** 26 });
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
        (states === undefined || states.includes(each.state)) && (session === undefined || each.session === session) && (actor === undefined || each.identity.actor.id === actor);
      const all = states?.every((state) => open.has(state)) === true ? live.all() : [...over.all(), ...live.all()];
      return all.filter(wanted);
    },
    async swap(next) {
      if (live.get(next.id)?.version !== next.version - 1) return false;
      if (open.has(next.state)) live.put(next);
      else {
        live.take(next.id);
        over.put(next);
        over.trim();
      }
      return true;
    },
  };
}
