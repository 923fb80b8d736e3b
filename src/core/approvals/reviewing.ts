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

  async #decide(by: Reviewer, { ticket: id, decision, digest, comment }: Decided, signal: AbortSignal): Promise<ApprovalView | Denied> {
    const { reviewers, desk, note, clock } = this.#parts;
    const { identity } = by;
    const refusal = reviewers.refusal(identity);
    if (refusal !== undefined) {
      await this.#attempted(await desk.find(id), by, refusal.reason);
      return refusal;
    }
    const ticket = await this.#visible(identity, id, signal);
    if ('status' in ticket) return ticket;
    if (!(await reviewers.may(identity, ticket.connection, ticket.asks, signal))) return deny('NOT_PERMITTED', 'No rule lets this person review it.', { reason: 'review.not_permitted' });
    const why = await this.#hindrance(ticket, identity);
    await this.#attempted(ticket, by, why);
    if (why !== undefined) return why.startsWith('review.') ? deny('NOT_PERMITTED', words[why], { reason: why }) : deny('APPROVAL_EXPIRED', words[why], { reason: why });
    if (await reviewers.isStale(ticket, signal)) {
      await desk.end(id, 'void', 'policy_changed');
      return deny('APPROVAL_EXPIRED', words['approval.policy'], { reason: 'approval.policy' });
    }
    if (digest !== ticket.digest) return deny('APPROVAL_EXPIRED', words['approval.digest'], { reason: 'approval.digest', hint: 'Look at it again, and decide on what is shown then.' });
    const said: TicketDecision = Object.freeze({
      reviewer: namedOf(identity.principal), identity, person: reviewers.personOf(identity), decision, ...(comment === undefined ? {} : { comment }), at: clock.now(), terms: await reviewers.termsOf(identity, ticket),
    });
    const decisions = [...ticket.decisions, said];
    const state = decision === 'reject' ? 'rejected' : isAgreed(ticket, [...(await reviewers.standing(ticket, signal)), said]) ? 'approved' : 'pending';
    const code = ticket.moment === 'run' ? 'statement.approval_decided' : decision === 'approve' ? 'session.approved' : 'session.denied';
    await note(code, ticket, { ticket: id, binding: digest, decision, state, ...(comment === undefined ? {} : { comment }), ...(code === 'session.denied' ? { code: 'APPROVAL_REJECTED', at: 'approval' } : {}) }, by);
    const next = await desk.swap(ticket, { decisions, state });
    if (next === undefined) return deny('APPROVAL_EXPIRED', words['approval.state'], { reason: 'approval.state' });
    this.#parts.crier.tell({ ...noticeOf(next), type: 'approval.decided', id: newId(clock.now()), at: clock.now(), by: said.reviewer, decision, ...(comment === undefined ? {} : { comment }) });
    return this.#shown(next, identity);
  }

  /** Why this ticket cannot be decided by this reviewer now. */
  async #hindrance(ticket: Ticket, identity: Identity): Promise<keyof typeof words | undefined> {
    const { reviewers } = this.#parts;
    if (reviewers.isParty(identity, ticket.identity)) return 'review.self';
    if (reviewers.isAgent(identity)) return 'review.agent';
    if (ticket.state !== 'pending') return ticket.ended === 'policy_changed' ? 'approval.policy' : 'approval.state';
    if (ticket.decisions.some(({ person }) => person === reviewers.personOf(identity))) return 'approval.twice';
    return (await reviewers.termsOf(identity, ticket)).length === 0 ? 'review.role' : undefined;
  }

  /** Records that somebody would have decided on their own request, by whatever path. */
  async #attempted(ticket: Ticket | undefined, by: Reviewer, why: string | undefined): Promise<void> {
    if (ticket === undefined || why?.startsWith('review.') !== true || !this.#parts.reviewers.isParty(by.identity, ticket.identity)) return;
    await this.#parts.note('statement.approval_decided', ticket, { ticket: ticket.id, binding: ticket.digest, decision: 'refused', why, code: 'NOT_PERMITTED', reason: 'approval.self' }, by);
  }

  async #visible(identity: Identity, id: string, signal: AbortSignal): Promise<Ticket | Denied> {
    const ticket = await this.#parts.desk.find(id);
    const asked = ticket !== undefined && isRequester(ticket, identity);
    if (ticket !== undefined && (asked || (this.#parts.reviewers.refusal(identity) === undefined && (await this.#maySee(identity, ticket, signal))))) return ticket;
    return deny('NOT_FOUND', undefined, { reason: 'approval.unknown' });
  }

  #maySee(identity: Identity, { connection, asks }: Ticket, signal: AbortSignal): Promise<boolean> {
    return this.#parts.reviewers.may(identity, connection, asks, signal);
  }

  async #shown(ticket: Ticket, identity: Identity): Promise<ApprovalView> {
    const why = this.#parts.reviewers.refusal(identity)?.reason ?? (await this.#hindrance(ticket, identity));
    return viewOf(ticket, why === undefined ? { may: true } : { may: false, why });
  }
}

const words = {
  'review.self': 'Nobody decides on what they asked for, what is asked for them, or what their own agent asks.',
  'review.agent': 'Consent is a person\'s: somebody answers for this identity.',
  'review.role': 'The rule asks for reviewers of another role.',
  'approval.state': 'It is no longer waited for.',
  'approval.policy': 'The policy has changed since it was asked for; it must be asked for again.',
  'approval.twice': 'This person has answered already.',
  'approval.digest': 'What was decided on is not what is asked for.',
} as const;

function isRequester({ identity: asked }: Ticket, { principal, actor, client }: Identity): boolean {
  return asked.principal.id === principal.id && asked.actor.id === actor.id && asked.client === client;
}
