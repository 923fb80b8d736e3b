import type { Clock } from '../async/clock.js';
import type { EventCode } from '../events.js';
import type { EndReason } from '../gateway.js';
import { newId } from '../data/id.js';
import type { Approval, Identity, Json, Scope } from '../model.js';
import { deny, type Denied, type Pending } from '../outcome.js';
import type { ApprovalRequest, Approver } from '../ports.js';
import { createSchemaKey } from './suspensions.js';
import { KeyedMutex } from '../async/keyed-mutex.js';
import type { ApprovalRequestLimits } from './request-limits.js';
import { createBinding, serializeDecision, findDifference, coversDecision } from './binding.js';
import { createTicketNotice, type NotificationDispatcher } from './notification-dispatcher.js';
import { measureReviewSize, createTicket } from './create-ticket.js';
import type { ApprovalSettings } from './options.js';
import { isAgreed, type Reviewer, type ReviewerPolicy } from './reviewer-policy.js';
import type { Ticket, TicketEnd, TicketState } from './ticket.js';
import { TicketWatchers } from './ticket-watchers.js';

/** Writes a line of the record about a ticket; `by` is who did it, else whoever asked. */
export type RecordTicketEvent = (
  code: EventCode,
  ticket: Ticket,
  data: Readonly<Record<string, Json>>,
  by?: Reviewer,
) => Promise<void>;

export interface TicketApproverParts {
  readonly clock: Clock;
  readonly settings: ApprovalSettings;
  readonly reviewers: ReviewerPolicy;
  readonly notifications: NotificationDispatcher;
  readonly requestLimits: ApprovalRequestLimits;
  readonly recordEvent: RecordTicketEvent;
  /** Why this actor may ask for nothing there. */
  readonly checkSuspended: (identity: Identity, scope: Scope) => Promise<Denied | undefined>;
  /** How a session ended; undefined while it goes on. */
  readonly getEndReason: (session: string) => EndReason | undefined;
}

const usableStates: ReadonlySet<TicketState> = new Set(['pending', 'approved']);

const ticketEnds: Readonly<Record<EndReason, TicketEnd>> = {
  agent: 'session_closed',
  deadline: 'session_expired',
  revoked: 'session_revoked',
  shutdown: 'gateway_stopped',
  fault: 'session_closed',
};

/** Where consent is asked for, waited for, and used: each ticket fits one request only, once. */
export class TicketApprover implements Approver {
  readonly watchers: TicketWatchers;
  readonly #parts: TicketApproverParts;
  readonly #timers = new Map<string, () => void>();
  readonly #mutex = new KeyedMutex();

  constructor(parts: TicketApproverParts) {
    this.#parts = parts;
    this.watchers = new TicketWatchers(parts.clock);
  }

  /** One after the other for each actor who asks, so that no two can each be the last that is let in. */
  seek(request: ApprovalRequest, signal: AbortSignal): Promise<Approval | Pending | Denied> {
    const { identity, ticket } = request.facts;
    return ticket === undefined
      ? this.#mutex.runExclusive(identity.actor.id, () => this.#ask(request))
      : this.#redeem(request, ticket, signal);
  }

  /** The ticket as it is now: one whose time is over is over, whatever the store says. */
  async find(id: string): Promise<Ticket | undefined> {
    const ticket = await this.#parts.settings.store.get(id);
    return ticket === undefined ? undefined : this.#expireIfDue(ticket);
  }

  async list(states: readonly TicketState[]): Promise<readonly Ticket[]> {
    const found = await this.#parts.settings.store.list({ states });
    return (await Promise.all(found.map((each) => this.#expireIfDue(each)))).filter((each) =>
      states.includes(each.state),
    );
  }

  /** Puts a changed ticket in the place of what it was made from; undefined when somebody else was faster. */
  async swap(from: Ticket, change: Partial<Ticket>): Promise<Ticket | undefined> {
    const next = Object.freeze({ ...from, ...change, version: from.version + 1 });
    if (!(await this.#parts.settings.store.swap(next))) return undefined;
    if (next.state === 'rejected') await this.#parts.requestLimits.recordRejection(next);
    if (!usableStates.has(next.state)) this.#stopTimer(next.id);
    this.watchers.notify(next.id);
    return next;
  }

  /** Ends a ticket that is still of use, and tells; nothing where it is not. */
  async end(id: string, state: 'expired' | 'void', why: TicketEnd): Promise<void> {
    for (;;) {
      const ticket = await this.#parts.settings.store.get(id);
      if (ticket === undefined || !usableStates.has(ticket.state)) return this.#stopTimer(id);
      const next = await this.swap(ticket, { state, ended: why });
      if (next === undefined) continue;
      this.#parts.notifications.dispatch({
        ...createTicketNotice(next),
        type: 'approval.closed',
        id: newId(this.#parts.clock.now()),
        at: this.#parts.clock.now(),
      });
      const data = { ticket: id, binding: next.digest, decision: state, why };
      await (
        next.moment === 'run'
          ? this.#parts.recordEvent('statement.approval_decided', next, data)
          : this.#parts.recordEvent('session.denied', next, { ...data, code: 'APPROVAL_EXPIRED', at: 'approval' })
      ).catch(() => undefined);
      return;
    }
  }

  /**
   * Goes through what outlived an earlier run: what was for a session that is over is void, what is overdue expires,
   * the rest ends in its time.
   */
  async restore(isOver: (session: string) => Promise<boolean>): Promise<void> {
    const { store } = this.#parts.settings;
    for (const ticket of store.outlives === true ? await store.list({ states: [...usableStates] }) : []) {
      if (ticket.expiresAt <= this.#parts.clock.now()) await this.end(ticket.id, 'expired', 'time');
      else if (ticket.session !== undefined && (await isOver(ticket.session)))
        await this.end(ticket.id, 'void', 'session_closed');
      else this.#startTimer(ticket);
    }
  }

  /** Voids what waits for, or holds, consent to run something in a session that ends. */
  async voidForSession(session: string, by: EndReason): Promise<void> {
    await this.#endAll(await this.#parts.settings.store.list({ session, states: [...usableStates] }), ticketEnds[by]);
  }

  /** Voids what this actor waits for, or holds consent for, at the places of these names; the ids of these tickets. */
  async voidForActor(actor: string, names: ReadonlySet<string>): Promise<readonly string[]> {
    const found = await this.#parts.settings.store.list({ actor, states: [...usableStates] });
    const its = found.filter((each) => names.has(createSchemaKey(each)));
    await this.#endAll(its, 'actor_suspended');
    return its.map(({ id }) => id);
  }

  /** Voids what other rules, which came into force, would answer otherwise. */
  async voidStale(signal: AbortSignal): Promise<void> {
    for (const each of await this.list([...usableStates]))
      if (await this.#parts.reviewers.isStale(each, signal)) await this.end(each.id, 'void', 'policy_changed');
  }

  /** Voids what is lost with this process, and forgets the time. */
  async close(): Promise<void> {
    const { store } = this.#parts.settings;
    if (store.outlives !== true) await this.#endAll(await store.list({ states: [...usableStates] }), 'gateway_stopped');
    for (const forget of this.#timers.values()) forget();
    this.#timers.clear();
  }

  async #endAll(tickets: readonly Ticket[], why: TicketEnd): Promise<void> {
    await Promise.all(tickets.map((each) => this.end(each.id, 'void', why)));
  }

  async #ask(request: ApprovalRequest): Promise<Pending | Denied> {
    const { settings, clock, notifications, getEndReason: endOf, requestLimits: asking } = this.#parts;
    const { facts } = request;
    const bound = createBinding(facts);
    const waiting = (await settings.store.list({ states: ['pending'], actor: facts.identity.actor.id })).filter(
      (each) => each.expiresAt > clock.now(),
    );
    const same = waiting.find(
      (each) => findDifference(each.bound, bound) === undefined && each.decided === serializeDecision(facts.decision),
    );
    if (same !== undefined) return createPending(same);
    const excess =
      (await asking.checkCooldown(bound, facts.analysis)) ??
      this.#checkLimits(request, waiting.length) ??
      (await asking.countRequest(facts.identity));
    if (excess !== undefined) return excess;
    const now = clock.now();
    const ticket = await createTicket(request, bound, newId(now), now, settings.expiresMs);
    await settings.store.put(ticket);
    this.#startTimer(ticket);
    notifications.dispatch({
      ...createTicketNotice(ticket),
      type: 'approval.requested',
      id: newId(clock.now()),
      at: clock.now(),
    });
    // A session that ended meanwhile has looked for its tickets already, and not found this one.
    const ended = ticket.session === undefined ? undefined : endOf(ticket.session);
    if (ended !== undefined) {
      await this.end(ticket.id, 'void', ticketEnds[ended]);
      return denyExpired('void', 'The ticket is over.');
    }
    // And so has whoever suspended the actor meanwhile.
    const suspended = await this.#parts.checkSuspended(facts.identity, facts.scope);
    if (suspended !== undefined) await this.end(ticket.id, 'void', 'actor_suspended');
    return suspended ?? createPending(ticket);
  }

  /** Why no more can be asked for: of people, or of this process. */
  #checkLimits({ facts }: ApprovalRequest, waiting: number): Denied | undefined {
    const { pendingPerActor, reviewableSize } = this.#parts.settings;
    if (waiting >= pendingPerActor)
      return deny('TOO_MANY_APPROVALS', undefined, {
        reason: 'approval.flood',
        hint: `At most ${pendingPerActor} approvals may be waited for at once. Wait for an answer.`,
      });
    if (measureReviewSize(facts) <= reviewableSize) return undefined;
    return deny('NOT_PERMITTED', 'this needs a person to agree, and is longer than anybody would read', {
      reason: 'approval.too_large',
      hint: `Ask for less at a time: text and binds of at most ${reviewableSize} characters.`,
    });
  }

  async #redeem(
    { facts, digest }: ApprovalRequest,
    id: string,
    signal: AbortSignal,
  ): Promise<Approval | Pending | Denied> {
    const bound = createBinding(facts);
    for (;;) {
      const ticket = await this.find(id);
      if (ticket === undefined || !isSameRequester(ticket.bound, bound))
        return denyExpired(
          'unknown',
          'There is no such ticket, or it is not yours. A restart voids the ones before it.',
        );
      const differs = findDifference(ticket.bound, bound);
      if (differs !== undefined) return denyExpired(differs, `The ticket is for another request: ${differs} differs.`);
      const differently = serializeDecision(facts.decision) !== ticket.decided;
      const changed = ticket.policyVersion !== facts.decision.policyVersion && differently;
      if (changed) await this.end(id, 'void', 'policy_changed');
      if (changed || ticket.ended === 'policy_changed')
        return denyExpired('policy', 'The policy has changed since the ticket was asked for.');
      if (
        differently &&
        usableStates.has(ticket.state) &&
        !coversDecision(ticket, facts.decision, this.#parts.clock.now())
      ) {
        return denyExpired('terms', 'Asked now, the policy demands something else than when the ticket was asked for.');
      }
      if (ticket.state === 'pending') return createPending(ticket);
      if (ticket.state === 'rejected') return denyRejected(ticket);
      if (ticket.state !== 'approved') return denyEnded(ticket);
      const used = await this.#use(ticket, signal);
      if (used === 'again') continue;
      return 'status' in used
        ? used
        : {
            ticket: id,
            reviewers: used.decisions.map(({ reviewer }) => reviewer.id),
            digest,
            binding: ticket.digest,
            expiresAt: ticket.expiresAt,
          };
    }
  }

  /** Spends it, if those who agreed may still do so. */
  async #use(ticket: Ticket, signal: AbortSignal): Promise<Ticket | Denied | 'again'> {
    if (!isAgreed(ticket, await this.#parts.reviewers.filterValidDecisions(ticket, signal))) {
      await this.end(ticket.id, 'void', 'policy_changed');
      return denyExpired('reviewers', 'Who agreed may not decide on it any more.');
    }
    if (ticket.expiresAt <= this.#parts.clock.now()) return 'again';
    return (await this.swap(ticket, { state: 'used' })) ?? 'again';
  }

  async #expireIfDue(ticket: Ticket): Promise<Ticket> {
    if (!usableStates.has(ticket.state) || ticket.expiresAt > this.#parts.clock.now()) return ticket;
    await this.end(ticket.id, 'expired', 'time');
    return (await this.#parts.settings.store.get(ticket.id)) ?? ticket;
  }

  #startTimer({ id, expiresAt }: Ticket): void {
    const { clock } = this.#parts;
    this.#timers.set(
      id,
      clock.after(expiresAt - clock.now(), () => void this.end(id, 'expired', 'time').catch(() => undefined)),
    );
  }

  #stopTimer(id: string): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
  }
}

const requesterParts = ['principal', 'actor', 'client'] as const;

function isSameRequester(one: Ticket['bound'], other: Ticket['bound']): boolean {
  return requesterParts.every((name) => one[name] === other[name]);
}

function createPending({ id, expiresAt, digest }: Ticket): Pending {
  return {
    status: 'pending',
    ticket: id,
    message: 'A person must agree. Ask again with the ticket.',
    expiresAt,
    binding: digest,
  };
}

function denyRejected({ decisions }: Ticket): Denied {
  const comment = decisions.find(({ decision }) => decision === 'reject')?.comment;
  return deny('APPROVAL_REJECTED', undefined, {
    reason: 'approval.rejected',
    ...(comment === undefined ? {} : { hint: `The reviewer said: ${comment}` }),
  });
}

function denyEnded({ state, moment }: Ticket): Denied {
  if (state !== 'used') return denyExpired(state, 'The ticket is over.');
  const hint =
    moment === 'run'
      ? "It may have run: look in the session's record before you ask again without a ticket."
      : 'It may have opened a session. If its id did not arrive, ask again without a ticket: the other one ends by itself.';
  return deny(
    'APPROVAL_EXPIRED',
    'The ticket was used, and what came of it is not remembered here: it runs one statement, or opens one session, once.',
    { reason: 'approval.used', hint },
  );
}

function denyExpired(why: string, message: string): Denied {
  return deny('APPROVAL_EXPIRED', message, { reason: `approval.${why}`, hint: 'Ask again without a ticket.' });
}
