import type { Clock } from '../clock.js';
import { newId } from '../id.js';
import type { Identity } from '../model.js';
import { deny, type Denied } from '../outcome.js';
import type { PolicyDecisionPoint } from '../ports.js';
import { decidedOf } from './bound.js';
import { noticeOf, type Crier } from './crier.js';
import type { Desk, TicketNote } from './desk.js';
import type { Reviewers } from './reviewers.js';
import type { Ticket, TicketDecision } from './ticket.js';
import { namedOf, viewOf, type ApprovalView, type Decided } from './view.js';

export interface ReviewingParts {
  readonly desk: Desk;
  readonly reviewers: Reviewers;
  readonly policy: PolicyDecisionPoint;
  readonly clock: Clock;
  readonly crier: Crier;
  readonly note: TicketNote;
}

const [longestWaitMs, mostListed] = [60_000, 500];

/** Lists, shows and decides. What may not be seen and what does not exist look the same. */
export class Reviewing {
  readonly #parts: ReviewingParts;
  readonly #lines = new Map<string, Promise<unknown>>();

  constructor(parts: ReviewingParts) {
    this.#parts = parts;
  }

  /** What waits, oldest first, or what was decided, newest first: of either at most 500. */
  async list(identity: Identity, state: 'pending' | 'decided', signal: AbortSignal): Promise<readonly ApprovalView[] | Denied> {
    const refusal = this.#parts.reviewers.refusal(identity);
    if (refusal !== undefined) return refusal;
    const all = await this.#parts.desk.list(state === 'pending' ? ['pending'] : ['approved', 'rejected', 'expired', 'void', 'used']);
    const seen: ApprovalView[] = [];
    for (const ticket of state === 'pending' ? all : all.toReversed()) {
      if (seen.length === mostListed) break;
      if (await this.#maySee(identity, ticket, signal)) seen.push(await this.#shown(ticket, identity));
    }
    return seen;
  }

  /** One, for a reviewer or for whoever asked; waits up to `waitMs` for an answer. */
  async one(identity: Identity, id: string, waitMs: number, signal: AbortSignal): Promise<ApprovalView | Denied> {
    const ticket = await this.#visible(identity, id, signal);
    if ('status' in ticket) return ticket;
    if (ticket.state !== 'pending' || !(waitMs > 0)) return this.#shown(ticket, identity);
    const until = this.#parts.clock.monotonic() + Math.min(waitMs, longestWaitMs);
    for (let now: Ticket | undefined = ticket; ;) {
      const left = until - this.#parts.clock.monotonic();
      if (now.state !== 'pending' || left <= 0 || signal.aborted) return this.#shown(now, identity);
      await this.#parts.desk.changed(id, left, signal);
      now = (await this.#parts.desk.find(id)) ?? now;
    }
  }

  /** Takes one reviewer's answer: recorded before it counts. One at a time for each ticket. */
  decide(identity: Identity, decided: Decided, signal: AbortSignal): Promise<ApprovalView | Denied> {
    const before = this.#lines.get(decided.ticket) ?? Promise.resolve();
    const turn = before.then(() => this.#decide(identity, decided, signal));
    const line = turn.catch(() => undefined).then(() => {
      if (this.#lines.get(decided.ticket) === line) this.#lines.delete(decided.ticket);
    });
    this.#lines.set(decided.ticket, line);
    return turn;
  }

  async #decide(identity: Identity, { ticket: id, decision, digest, comment }: Decided, signal: AbortSignal): Promise<ApprovalView | Denied> {
    const { reviewers, desk, note, clock } = this.#parts;
    const refusal = reviewers.refusal(identity);
    if (refusal !== undefined) return refusal;
    const ticket = await this.#visible(identity, id, signal);
    if ('status' in ticket) return ticket;
    if (!(await reviewers.may(identity, ticket.connection, ticket.asks, signal))) return deny('NOT_PERMITTED', 'No rule lets this person review it.', { reason: 'review.not_permitted' });
    const why = await this.#hindrance(ticket, identity);
    if (why === 'review.self') await this.#noted(ticket, identity, { decision: 'refused', why });
    if (why !== undefined) return why.startsWith('review.') ? deny('NOT_PERMITTED', words[why], { reason: why }) : deny('APPROVAL_EXPIRED', words[why], { reason: why });
    if (await this.#isStale(ticket, signal)) {
      await desk.end(id, 'void', 'policy_changed');
      return deny('APPROVAL_EXPIRED', words['approval.policy'], { reason: 'approval.policy' });
    }
    if (digest !== ticket.digest) return deny('APPROVAL_EXPIRED', words['approval.digest'], { reason: 'approval.digest', hint: 'Look at it again, and decide on what is shown then.' });
    const said: TicketDecision = Object.freeze({
      reviewer: namedOf(identity.principal), person: reviewers.personOf(identity), decision, ...(comment === undefined ? {} : { comment }), at: clock.now(), terms: await reviewers.termsOf(identity, ticket),
    });
    const decisions = [...ticket.decisions, said];
    const state = decision === 'reject' ? 'rejected' : isAgreed(ticket, decisions) ? 'approved' : 'pending';
    const code = ticket.moment === 'run' ? 'statement.approval_decided' : decision === 'approve' ? 'session.approved' : 'session.denied';
    await note(code, ticket, { ticket: id, binding: digest, decision, state, ...(comment === undefined ? {} : { comment }), ...(code === 'session.denied' ? { code: 'APPROVAL_REJECTED', at: 'approval' } : {}) }, identity);
    const next = await desk.swap(ticket, { decisions, state });
    if (next === undefined) return deny('APPROVAL_EXPIRED', words['approval.state'], { reason: 'approval.state' });
    this.#parts.crier.tell({ ...noticeOf(next), type: 'approval.decided', id: newId(clock.now()), at: clock.now(), by: said.reviewer, decision, ...(comment === undefined ? {} : { comment }) });
    return this.#shown(next, identity);
  }

  /** Why this ticket cannot be decided by this reviewer now. */
  async #hindrance(ticket: Ticket, identity: Identity): Promise<keyof typeof words | undefined> {
    const { reviewers } = this.#parts;
    if (reviewers.isParty(identity, ticket.identity)) return 'review.self';
    if (ticket.state !== 'pending') return 'approval.state';
    if (ticket.decisions.some(({ person }) => person === reviewers.personOf(identity))) return 'approval.twice';
    return (await reviewers.termsOf(identity, ticket)).length === 0 ? 'review.role' : undefined;
  }

  /** Whether the rules of now would answer otherwise than those that asked for consent. */
  async #isStale({ policyVersion, identity, connection, question, decided }: Ticket, signal: AbortSignal): Promise<boolean> {
    if (policyVersion === this.#parts.policy.version) return false;
    const decision = await this.#parts.reviewers.ask({ identity, connection, ...question }, signal);
    return decision.effect === 'deny' || decidedOf(decision) !== decided;
  }

  async #noted(ticket: Ticket, identity: Identity, data: { readonly decision: string; readonly why: string }): Promise<void> {
    await this.#parts.note('statement.approval_decided', ticket, { ticket: ticket.id, binding: ticket.digest, ...data }, identity);
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
  'review.role': 'The rule asks for reviewers of another role.',
  'approval.state': 'It is no longer waited for.',
  'approval.policy': 'The policy has changed since it was asked for; it must be asked for again.',
  'approval.twice': 'This person has answered already.',
  'approval.digest': 'What was decided on is not what is asked for.',
} as const;

function isAgreed({ terms }: Ticket, decisions: readonly TicketDecision[]): boolean {
  return terms.every(({ quorum }, index) => new Set(decisions.filter((each) => each.decision === 'approve' && each.terms.includes(index)).map(({ person }) => person)).size >= quorum);
}

function isRequester({ identity: asked }: Ticket, { principal, actor, client }: Identity): boolean {
  return asked.principal.id === principal.id && asked.actor.id === actor.id && asked.client === client;
}
