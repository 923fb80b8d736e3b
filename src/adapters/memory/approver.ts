import { deny, newId, systemClock, type ApprovalRequest, type Approver, type Pending } from '../../core/index.js';

interface MemoryTicket {
  readonly digest: string;
  readonly expiresAt: number;
  readonly requesters: ReadonlySet<string>;
  reviewer?: string;
  rejected?: boolean;
}

/** An approver whose reviewers are function calls. For tests and trials. */
export interface MemoryApprover extends Approver {
  /** The open tickets, oldest first. */
  tickets(): readonly string[];
  /** Says yes. False for an unknown ticket, and for a reviewer who asked for it. */
  approve(ticket: string, reviewer: string): boolean;
  /** Says no. */
  reject(ticket: string, reviewer: string): boolean;
}

/** Hands out tickets that fit one request only, once, for `ttlMs`. */
export function memoryApprover(ttlMs = 300_000): MemoryApprover {
  const tickets = new Map<string, MemoryTicket>();
  const decide = (id: string, reviewer: string, change: Partial<MemoryTicket>): boolean => {
    const ticket = tickets.get(id);
    if (ticket === undefined || ticket.requesters.has(reviewer)) return false;
    Object.assign(ticket, { reviewer, ...change });
    return true;
  };
  const issue = (request: ApprovalRequest): Pending => {
    const now = systemClock.now();
    const id = newId(now);
    const { principal, actor } = request.facts.identity;
    tickets.set(id, { digest: request.digest, expiresAt: now + ttlMs, requesters: new Set([principal.id, actor.id]) });
    return {
      status: 'pending',
      ticket: id,
      message: 'a reviewer must agree; ask again with the ticket',
      expiresAt: now + ttlMs,
    };
  };
  return {
    tickets: () => [...tickets.keys()],
    approve: (id, reviewer) => decide(id, reviewer, {}),
    reject: (id, reviewer) => decide(id, reviewer, { rejected: true }),
    async seek(request) {
      const id = request.facts.ticket;
      if (id === undefined) return issue(request);
      const ticket = tickets.get(id);
      if (ticket === undefined || ticket.digest !== request.digest || ticket.expiresAt <= systemClock.now())
        return deny('APPROVAL_EXPIRED');
      if (ticket.reviewer === undefined)
        return { status: 'pending', ticket: id, message: 'no reviewer has answered yet', expiresAt: ticket.expiresAt };
      tickets.delete(id);
      return ticket.rejected === true
        ? deny('APPROVAL_REJECTED')
        : { ticket: id, reviewers: [ticket.reviewer], digest: ticket.digest };
    },
  };
}
