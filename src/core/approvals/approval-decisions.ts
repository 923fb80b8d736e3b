import type { Clock } from '../async/clock.js';
import { newId } from '../data/id.js';
import type { Identity } from '../model.js';
import { deny, type Denied } from '../outcome.js';
import { KeyedMutex } from '../async/keyed-mutex.js';
import { createTicketNotice, type NotificationDispatcher } from './notification-dispatcher.js';
import type { TicketApprover, RecordTicketEvent } from './ticket-approver.js';
import { isAgreed, type Reviewer, type ReviewerPolicy } from './reviewer-policy.js';
import type { Ticket, TicketDecision } from './ticket.js';
import { toPrincipalRef, createApprovalView, type ApprovalView, type DecisionInput } from './view.js';

export interface ApprovalDecisionsParts {
  readonly approver: TicketApprover;
  readonly reviewers: ReviewerPolicy;
  readonly clock: Clock;
  readonly notifications: NotificationDispatcher;
  readonly recordEvent: RecordTicketEvent;
}

const [maxWaitMs, maxListed, maxListedSize] = [60_000, 500, 8_388_608];

/** Lists, shows and decides. What may not be seen and what does not exist look the same. */
export class ApprovalDecisions {
  readonly #parts: ApprovalDecisionsParts;
  readonly #mutex = new KeyedMutex();

  constructor(parts: ApprovalDecisionsParts) {
    this.#parts = parts;
  }

  /**
   * What waits, oldest first, or what was decided, newest first: of either at most 500, and of what was decided some 8
   * MiB.
   */
  async list(
    identity: Identity,
    state: 'pending' | 'decided',
    signal: AbortSignal,
  ): Promise<readonly ApprovalView[] | Denied> {
    const refusal = this.#parts.reviewers.getRefusal(identity);
    if (refusal !== undefined) return refusal;
    const all = await this.#parts.approver.list(
      state === 'pending' ? ['pending'] : ['approved', 'rejected', 'expired', 'void', 'used'],
    );
    const seen: ApprovalView[] = [];
    let size = 0;
    for (const ticket of state === 'pending' ? all : all.toReversed()) {
      if (seen.length === maxListed || (state === 'decided' && size > maxListedSize)) break;
      if (!(await this.#maySee(identity, ticket, signal))) continue;
      seen.push(await this.#createView(ticket, identity));
      size += JSON.stringify(ticket.statement ?? '').length;
    }
    return seen;
  }

  /** One, for a reviewer or for whoever asked; waits up to `waitMs` for an answer. */
  async get(identity: Identity, id: string, waitMs: number, signal: AbortSignal): Promise<ApprovalView | Denied> {
    const ticket = await this.#findVisible(identity, id, signal);
    if ('status' in ticket) return ticket;
    return this.#createView(await this.#waitForDecision(ticket, waitMs, identity.actor.id, signal), identity);
  }

  /** Takes one reviewer's answer: recorded before it counts. One at a time for each ticket. */
  decide(by: Reviewer, decided: DecisionInput, signal: AbortSignal): Promise<ApprovalView | Denied> {
    return this.#mutex.runExclusive(decided.ticket, () => this.#decide(by, decided, signal));
  }

  /**
   * The ticket when somebody answered, the time is over, or the signal aborts; at once where this actor waits too often
   * already.
   */
  async #waitForDecision(ticket: Ticket, waitMs: number, actor: string, signal: AbortSignal): Promise<Ticket> {
    const { clock, approver } = this.#parts;
    const place = ticket.state === 'pending' && waitMs > 0 ? approver.watchers.acquire(actor) : undefined;
    if (place === undefined) return ticket;
    const until = clock.monotonic() + Math.min(waitMs, maxWaitMs);
    try {
      for (let now = ticket; ;) {
        const left = until - clock.monotonic();
        if (now.state !== 'pending' || left <= 0 || signal.aborted) return now;
        await place.waitForChange(ticket.id, left, signal);
        now = (await approver.find(ticket.id)) ?? now;
      }
    } finally {
      place.release();
    }
  }

  async #decide(by: Reviewer, decided: DecisionInput, signal: AbortSignal): Promise<ApprovalView | Denied> {
    const { reviewers, approver } = this.#parts;
    const { identity } = by;
    const ticket = await approver.find(decided.ticket);
    const refusal = await this.#getRefusal(ticket, identity, decided.decision, signal);
    // Whoever would decide on their own is told of, before any rule is asked, and whatever else stands in the way.
    if (ticket !== undefined && reviewers.isInvolved(identity, ticket.identity))
      await this.#recordSelfReview(ticket, by, refusal?.reason);
    if (refusal !== undefined || ticket === undefined) return refusal ?? denyUnknownTicket();
    if (await reviewers.isStale(ticket, signal)) {
      await approver.end(ticket.id, 'void', 'policy_changed');
      return denyDecision('approval.policy');
    }
    if (decided.digest !== ticket.digest)
      return deny('APPROVAL_EXPIRED', denialMessages['approval.digest'], {
        reason: 'approval.digest',
        hint: 'Look at it again, and decide on what is shown then.',
      });
    const said = await this.#createDecision(ticket, identity, decided);
    return decided.decision === 'reject'
      ? this.#reject(ticket, said, by, decided, signal)
      : this.#approve(ticket, said, by, signal);
  }

  /** Consent counts when it is recorded, and not before. */
  async #approve(
    ticket: Ticket,
    said: TicketDecision,
    by: Reviewer,
    signal: AbortSignal,
  ): Promise<ApprovalView | Denied> {
    const { reviewers, approver, recordEvent: note } = this.#parts;
    const state = isAgreed(ticket, [...(await reviewers.filterValidDecisions(ticket, signal)), said])
      ? 'approved'
      : 'pending';
    const code = ticket.moment === 'run' ? 'statement.approval_decided' : 'session.approved';
    const told = { ticket: ticket.id, binding: ticket.digest, ...pickComment(said) };
    await note(code, ticket, { ...told, decision: 'approve', state }, by);
    const next = await approver.swap(ticket, { decisions: [...ticket.decisions, said], state });
    if (next !== undefined) return this.#createAnswer(next, said, by);
    await note(code, ticket, { ...told, decision: 'late', why: 'approval.state' }, by);
    return denyDecision('approval.state');
  }

  /**
   * Takes consent away, or refuses it: that counts at once, until the ticket is used, and the record has it only where
   * it did.
   */
  async #reject(
    ticket: Ticket,
    said: TicketDecision,
    by: Reviewer,
    decided: DecisionInput,
    signal: AbortSignal,
  ): Promise<ApprovalView | Denied> {
    const { approver, recordEvent: note } = this.#parts;
    const next = await approver.swap(ticket, { decisions: [...ticket.decisions, said], state: 'rejected' });
    // Somebody was faster: used, it cannot be taken back; approved meanwhile, it can.
    if (next === undefined) return this.#decide(by, decided, signal);
    const withdrawn =
      ticket.state === 'approved' || ticket.decisions.some(({ person }) => person === said.person)
        ? { withdrawn: true }
        : {};
    const code = ticket.moment === 'run' ? 'statement.approval_decided' : 'session.denied';
    const told = {
      ticket: ticket.id,
      binding: ticket.digest,
      decision: 'reject',
      state: 'rejected',
      ...withdrawn,
      ...pickComment(said),
    };
    try {
      await note(
        code,
        ticket,
        { ...told, ...(code === 'session.denied' ? { code: 'APPROVAL_REJECTED', at: 'approval' } : {}) },
        by,
      );
    } finally {
      this.#notify(next, said, withdrawn);
    }
    return this.#createView(next, by.identity);
  }

  async #createAnswer(next: Ticket, said: TicketDecision, { identity }: Reviewer): Promise<ApprovalView> {
    this.#notify(next, said);
    return this.#createView(next, identity);
  }

  #notify(next: Ticket, said: TicketDecision, withdrawn: { readonly withdrawn?: boolean } = {}): void {
    const { notifications, clock } = this.#parts;
    const by = {
      by: said.reviewer,
      decision: said.decision,
      ...pickComment(said),
      ...(withdrawn.withdrawn === true ? { withdrawn: true as const } : {}),
    };
    notifications.dispatch({
      ...createTicketNotice(next),
      type: 'approval.decided',
      id: newId(clock.now()),
      at: clock.now(),
      ...by,
    });
  }

  async #createDecision(
    ticket: Ticket,
    identity: Identity,
    { decision, comment }: DecisionInput,
  ): Promise<TicketDecision> {
    const { reviewers, clock } = this.#parts;
    return Object.freeze({
      reviewer: toPrincipalRef(identity.principal),
      identity,
      person: reviewers.resolvePerson(identity),
      decision,
      ...(comment === undefined ? {} : { comment }),
      at: clock.now(),
      terms: await reviewers.findTerms(identity, ticket),
    });
  }

  /** Why this identity cannot decide so on this ticket; undefined where it can. */
  async #getRefusal(
    ticket: Ticket | undefined,
    identity: Identity,
    decision: DecisionInput['decision'],
    signal: AbortSignal,
  ): Promise<Denied | undefined> {
    const refusal = this.#parts.reviewers.getRefusal(identity);
    if (refusal !== undefined) return refusal;
    const may = ticket !== undefined && (await this.#maySee(identity, ticket, signal));
    if (ticket === undefined || !(may || isRequester(ticket, identity))) return denyUnknownTicket();
    if (!may) return deny('NOT_PERMITTED', 'No rule lets this person review it.', { reason: 'review.not_permitted' });
    const why = await this.#findObstacle(ticket, identity, decision);
    return why === undefined ? undefined : denyDecision(why);
  }

  /** Why this ticket cannot be decided by this reviewer now. */
  async #findObstacle(
    ticket: Ticket,
    identity: Identity,
    decision: DecisionInput['decision'],
  ): Promise<keyof typeof denialMessages | undefined> {
    const { reviewers } = this.#parts;
    if (reviewers.isInvolved(identity, ticket.identity)) return 'review.self';
    if (reviewers.isAgent(identity)) return 'review.agent';
    const open = ticket.state === 'pending' || (decision === 'reject' && ticket.state === 'approved');
    if (!open) return ticket.ended === 'policy_changed' ? 'approval.policy' : 'approval.state';
    if (decision === 'approve' && ticket.decisions.some(({ person }) => person === reviewers.resolvePerson(identity)))
      return 'approval.twice';
    return (await reviewers.findTerms(identity, ticket)).length === 0 ? 'review.role' : undefined;
  }

  /** Records that somebody would have decided on their own request, by whatever path. */
  async #recordSelfReview(ticket: Ticket, by: Reviewer, reason: string | undefined): Promise<void> {
    const why = reason?.startsWith('review.') === true ? reason : 'review.self';
    await this.#parts.recordEvent(
      'statement.approval_decided',
      ticket,
      {
        ticket: ticket.id,
        binding: ticket.digest,
        decision: 'refused',
        why,
        code: 'NOT_PERMITTED',
        reason: 'approval.self',
      },
      by,
    );
  }

  async #findVisible(identity: Identity, id: string, signal: AbortSignal): Promise<Ticket | Denied> {
    const ticket = await this.#parts.approver.find(id);
    const asked = ticket !== undefined && isRequester(ticket, identity);
    if (
      ticket !== undefined &&
      (asked ||
        (this.#parts.reviewers.getRefusal(identity) === undefined && (await this.#maySee(identity, ticket, signal))))
    )
      return ticket;
    return denyUnknownTicket();
  }

  #maySee(identity: Identity, { connection, asks }: Ticket, signal: AbortSignal): Promise<boolean> {
    return this.#parts.reviewers.isPermitted(identity, connection, asks, signal);
  }

  async #createView(ticket: Ticket, identity: Identity): Promise<ApprovalView> {
    const refusal = this.#parts.reviewers.getRefusal(identity)?.reason;
    const why = refusal ?? (await this.#findObstacle(ticket, identity, 'approve'));
    if (why === undefined) return createApprovalView(ticket, { may: true });
    const withdraw = refusal === undefined && (await this.#findObstacle(ticket, identity, 'reject')) === undefined;
    return createApprovalView(ticket, { may: false, why, ...(withdraw ? { withdraw } : {}) });
  }
}

function denyUnknownTicket(): Denied {
  return deny('NOT_FOUND', undefined, { reason: 'approval.unknown' });
}

function denyDecision(why: keyof typeof denialMessages): Denied {
  return deny(why.startsWith('review.') ? 'NOT_PERMITTED' : 'APPROVAL_EXPIRED', denialMessages[why], { reason: why });
}

function pickComment({ comment }: TicketDecision): { readonly comment?: string } {
  return comment === undefined ? {} : { comment };
}

const denialMessages = {
  'review.self': 'Nobody decides on what they asked for, what is asked for them, or what their own agent asks.',
  'review.agent': "Consent is a person's: somebody answers for this identity.",
  'review.role': 'The rule asks for reviewers of another role.',
  'approval.state': 'It is no longer waited for: it was decided, used, or is over.',
  'approval.policy': 'The policy has changed since it was asked for; it must be asked for again.',
  'approval.twice': 'This person has answered already.',
  'approval.digest': 'What was decided on is not what is asked for.',
} as const;

function isRequester({ identity: asked }: Ticket, { principal, actor, client }: Identity): boolean {
  return asked.principal.id === principal.id && asked.actor.id === actor.id && asked.client === client;
}
