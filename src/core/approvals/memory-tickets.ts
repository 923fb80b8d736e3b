import { AccessError } from '../errors.js';
import type { Ticket, TicketStore } from './ticket.js';

const [mostOpen, mostKept] = [10_000, 5_000];
const open: ReadonlySet<string> = new Set(['pending', 'approved']);

/** Tickets in this process: a restart forgets them, which voids what was pending. Of those that are over, the latest 5,000 are kept. */
export function memoryTickets(): TicketStore {
  const live = new Map<string, Ticket>();
  const over = new Map<string, Ticket>();
  const find = (id: string): Ticket | undefined => live.get(id) ?? over.get(id);
  return {
    async put(ticket) {
      if (find(ticket.id) !== undefined) throw new AccessError('INTERNAL', 'there is a ticket of this id');
      if (live.size >= mostOpen) throw new AccessError('APPROVAL_UNAVAILABLE', 'too many approvals are waited for');
      live.set(ticket.id, ticket);
    },
    get: async (id) => find(id),
    async list({ states, session, actor }) {
      const wanted = (each: Ticket): boolean =>
        (states === undefined || states.includes(each.state)) && (session === undefined || each.session === session) && (actor === undefined || each.identity.actor.id === actor);
      const all = states?.every((state) => open.has(state)) === true ? [...live.values()] : [...over.values(), ...live.values()];
      return all.filter(wanted);
    },
    async swap(next) {
      if (live.get(next.id)?.version !== next.version - 1) return false;
      if (open.has(next.state)) live.set(next.id, next);
      else {
        live.delete(next.id);
        over.set(next.id, next);
        if (over.size > mostKept) over.delete(over.keys().next().value as string);
      }
      return true;
    },
  };
}
