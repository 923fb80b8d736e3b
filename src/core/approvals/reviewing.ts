import type { Clock } from '../clock.js';
import { newId } from '../id.js';
import type { Identity } from '../model.js';
import { deny, type Denied } from '../outcome.js';
import { Turns } from '../turns.js';
import { noticeOf, type Crier } from './crier.js';
import type { Desk, TicketNote } from './desk.js';
import { isAgreed, type Reviewer, type Reviewers } from './reviewers.js';
import type { Ticket, TicketDecision } from './ticket.js';
import { namedOf, viewOf, type ApprovalView, type Decided } from './view.js';

export interface ReviewingParts {
  readonly desk: Desk;
  readonly reviewers: Reviewers;
  readonly clock: Clock;
  readonly crier: Crier;
  readonly note: TicketNote;
}

const [longestWaitMs, mostListed, mostListedSize] = [60_000, 500, 8_388_608];

/** Lists, shows and decides. What may not be seen and what does not exist look the same. */
export class Reviewing {
  readonly #parts: ReviewingParts;
  readonly #turns = new Turns();

  constructor(parts: ReviewingParts) {
    this.#parts = parts;
  }

  /** What waits, oldest first, or what was decided, newest first: of either at most 500, and of what was decided some 8 MiB. */
  async list(identity: Identity, state: 'pending' | 'decided', signal: AbortSignal): Promise<readonly ApprovalView[] | Denied> {
    const refusal = this.#parts.reviewers.refusal(identity);
    if (refusal !== undefined) return refusal;
    const all = await this.#parts.desk.list(state === 'pending' ? ['pending'] : ['approved', 'rejected', 'expired', 'void', 'used']);
    const seen: ApprovalView[] = [];
    let size = 0;
    for (const ticket of state === 'pending' ? all : all.toReversed()) {
      if (seen.length === mostListed || (state === 'decided' && size > mostListedSize)) break;
      if (!(await this.#maySee(identity, ticket, signal))) continue;
      seen.push(await this.#shown(ticket, identity));
      size += JSON.stringify(ticket.statement ?? '').length;
    }
    return seen;
  }

  /** One, for a reviewer or for whoever asked; waits up to `waitMs` for an answer. */
  async one(identity: Identity, id: string, waitMs: number, signal: AbortSignal): Promise<ApprovalView | Denied> {
    const ticket = await this.#visible(identity, id, signal);
    if ('status' in ticket) return ticket;
    return this.#shown(await this.#answered(ticket, waitMs, identity.actor.id, signal), identity);
  }

  /** Takes one reviewer's answer: recorded before it counts. One at a time for each ticket. */
  decide(by: Reviewer, decided: Decided, signal: AbortSignal): Promise<ApprovalView | Denied> {
    return this.#turns.take(decided.ticket, () => this.#decide(by, decided, signal));
  }

  /** The ticket when somebody answered, the time is over, or the signal aborts; at once where this actor waits too often already. */
  async #answered(ticket: Ticket, waitMs: number, actor: string, signal: AbortSignal): Promise<Ticket> {
    const { clock, desk } = this.#parts;
    const place = ticket.state === 'pending' && waitMs > 0 ? desk.watchers.enter(actor) : undefined;
    if (place === undefined) return ticket;
    const until = clock.monotonic() + Math.min(waitMs, longestWaitMs);
    try {
      for (let now = ticket; ;) {
        const left = until - clock.monotonic();
        if (now.state !== 'pending' || left <= 0 || signal.aborted) return now;
        await place.changed(ticket.id, left, signal);
        now = (await desk.find(ticket.id)) ?? now;
      }
    } finally {
      place.leave();
    }
  }

  async #decide(by: Reviewer, decided: Decided, signal: AbortSignal): Promise<ApprovalView | Denied> {
    const { reviewers, desk } = this.#parts;
    const { identity } = by;
    const ticket = await desk.find(decided.ticket);
    const refusal = await this.#refusal(ticket, identity, decided.decision, signal);
    // Whoever would decide on their own is told of, before any rule is asked, and whatever else stands in the way.
    if (ticket !== undefined && reviewers.isParty(identity, ticket.identity)) await this.#attempted(ticket, by, refusal?.reason);
    if (refusal !== undefined || ticket === undefined) return refusal ?? unknown();
    if (await reviewers.isStale(ticket, signal)) {
      await desk.end(ticket.id, 'void', 'policy_changed');
      return denied('approval.policy');
    }
    if (decided.digest !== ticket.digest) return deny('APPROVAL_EXPIRED', words['approval.digest'], { reason: 'approval.digest', hint: 'Look at it again, and decide on what is shown then.' });
    const said = await this.#said(ticket, identity, decided);
    return decided.decision === 'reject' ? this.#reject(ticket, said, by, decided, signal) : this.#approve(ticket, said, by, signal);
  }

  /** Consent counts when it is recorded, and not before. */
  async #approve(ticket: Ticket, said: TicketDecision, by: Reviewer, signal: AbortSignal): Promise<ApprovalView | Denied> {
    const { reviewers, desk, note } = this.#parts;
    const state = isAgreed(ticket, [...(await reviewers.standing(ticket, signal)), said]) ? 'approved' : 'pending';
    const code = ticket.moment === 'run' ? 'statement.approval_decided' : 'session.approved';
    const told = { ticket: ticket.id, binding: ticket.digest, ...commented(said) };
    await note(code, ticket, { ...told, decision: 'approve', state }, by);
    const next = await desk.swap(ticket, { decisions: [...ticket.decisions, said], state });
    if (next !== undefined) return this.#answer(next, said, by);
    await note(code, ticket, { ...told, decision: 'late', why: 'approval.state' }, by);
    return denied('approval.state');
  }

  /** Takes consent away, or refuses it: that counts at once, until the ticket is used, and the record has it only where it did. */
  async #reject(ticket: Ticket, said: TicketDecision, by: Reviewer, decided: Decided, signal: AbortSignal): Promise<ApprovalView | Denied> {
    const { desk, note } = this.#parts;
    const next = await desk.swap(ticket, { decisions: [...ticket.decisions, said], state: 'rejected' });
    // Somebody was faster: used, it cannot be taken back; approved meanwhile, it can.
    if (next === undefined) return this.#decide(by, decided, signal);
    const withdrawn = ticket.state === 'approved' || ticket.decisions.some(({ person }) => person === said.person) ? { withdrawn: true } : {};
    const code = ticket.moment === 'run' ? 'statement.approval_decided' : 'session.denied';
    const told = { ticket: ticket.id, binding: ticket.digest, decision: 'reject', state: 'rejected', ...withdrawn, ...commented(said) };
    try {
      await note(code, ticket, { ...told, ...(code === 'session.denied' ? { code: 'APPROVAL_REJECTED', at: 'approval' } : {}) }, by);
    } finally {
      this.#tell(next, said, withdrawn);
    }
    return this.#shown(next, by.identity);
  }

  async #answer(next: Ticket, said: TicketDecision, { identity }: Reviewer): Promise<ApprovalView> {
    this.#tell(next, said);
    return this.#shown(next, identity);
  }

  #tell(next: Ticket, said: TicketDecision, withdrawn: { readonly withdrawn?: boolean } = {}): void {
    const { crier, clock } = this.#parts;
    const by = { by: said.reviewer, decision: said.decision, ...commented(said), ...(withdrawn.withdrawn === true ? { withdrawn: true as const } : {}) };
    crier.tell({ ...noticeOf(next), type: 'approval.decided', id: newId(clock.now()), at: clock.now(), ...by });
  }

  async #said(ticket: Ticket, identity: Identity, { decision, comment }: Decided): Promise<TicketDecision> {
    const { reviewers, clock } = this.#parts;
    return Object.freeze({
      reviewer: namedOf(identity.principal), identity, person: reviewers.personOf(identity), decision, ...(comment === undefined ? {} : { comment }), at: clock.now(), terms: await reviewers.termsOf(identity, ticket),
    });
  }

  /** Why this identity cannot decide so on this ticket; undefined where it can. */
  async #refusal(ticket: Ticket | undefined, identity: Identity, decision: Decided['decision'], signal: AbortSignal): Promise<Denied | undefined> {
    const refusal = this.#parts.reviewers.refusal(identity);
    if (refusal !== undefined) return refusal;
    const may = ticket !== undefined && (await this.#maySee(identity, ticket, signal));
    if (ticket === undefined || !(may || isRequester(ticket, identity))) return unknown();
    if (!may) return deny('NOT_PERMITTED', 'No rule lets this person review it.', { reason: 'review.not_permitted' });
    const why = await this.#hindrance(ticket, identity, decision);
    return why === undefined ? undefined : denied(why);
  }

  /** Why this ticket cannot be decided by this reviewer now. */
  async #hindrance(ticket: Ticket, identity: Identity, decision: Decided['decision']): Promise<keyof typeof words | undefined> {
    const { reviewers } = this.#parts;
    if (reviewers.isParty(identity, ticket.identity)) return 'review.self';
    if (reviewers.isAgent(identity)) return 'review.agent';
    const open = ticket.state === 'pending' || (decision === 'reject' && ticket.state === 'approved');
    if (!open) return ticket.ended === 'policy_changed' ? 'approval.policy' : 'approval.state';
    if (decision === 'approve' && ticket.decisions.some(({ person }) => person === reviewers.personOf(identity))) return 'approval.twice';
    return (await reviewers.termsOf(identity, ticket)).length === 0 ? 'review.role' : undefined;
  }

  /** Records that somebody would have decided on their own request, by whatever path. */
  async #attempted(ticket: Ticket, by: Reviewer, reason: string | undefined): Promise<void> {
    const why = reason?.startsWith('review.') === true ? reason : 'review.self';
    await this.#parts.note('statement.approval_decided', ticket, { ticket: ticket.id, binding: ticket.digest, decision: 'refused', why, code: 'NOT_PERMITTED', reason: 'approval.self' }, by);
  }

  async #visible(identity: Identity, id: string, signal: AbortSignal): Promise<Ticket | Denied> {
    const ticket = await this.#parts.desk.find(id);
    const asked = ticket !== undefined && isRequester(ticket, identity);
    if (ticket !== undefined && (asked || (this.#parts.reviewers.refusal(identity) === undefined && (await this.#maySee(identity, ticket, signal))))) return ticket;
    return unknown();
  }

  #maySee(identity: Identity, { connection, asks }: Ticket, signal: AbortSignal): Promise<boolean> {
    return this.#parts.reviewers.may(identity, connection, asks, signal);
  }

  async #shown(ticket: Ticket, identity: Identity): Promise<ApprovalView> {
    const refusal = this.#parts.reviewers.refusal(identity)?.reason;
    const why = refusal ?? (await this.#hindrance(ticket, identity, 'approve'));
    if (why === undefined) return viewOf(ticket, { may: true });
    const withdraw = refusal === undefined && (await this.#hindrance(ticket, identity, 'reject')) === undefined;
    return viewOf(ticket, { may: false, why, ...(withdraw ? { withdraw } : {}) });
  }
}

function unknown(): Denied {
  return deny('NOT_FOUND', undefined, { reason: 'approval.unknown' });
}

function denied(why: keyof typeof words): Denied {
  return deny(why.startsWith('review.') ? 'NOT_PERMITTED' : 'APPROVAL_EXPIRED', words[why], { reason: why });
}

function commented({ comment }: TicketDecision): { readonly comment?: string } {
  return comment === undefined ? {} : { comment };
}

const words = {
  'review.self': 'Nobody decides on what they asked for, what is asked for them, or what their own agent asks.',
  'review.agent': 'Consent is a person\'s: somebody answers for this identity.',
  'review.role': 'The rule asks for reviewers of another role.',
  'approval.state': 'It is no longer waited for: it was decided, used, or is over.',
  'approval.policy': 'The policy has changed since it was asked for; it must be asked for again.',
  'approval.twice': 'This person has answered already.',
  'approval.digest': 'What was decided on is not what is asked for.',
} as const;

function isRequester({ identity: asked }: Ticket, { principal, actor, client }: Identity): boolean {
  return asked.principal.id === principal.id && asked.actor.id === actor.id && asked.client === client;
}
