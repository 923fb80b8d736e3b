import { callWithSignal } from '../async/abort-signal.js';
import { checkDecision } from '../request/validate-adapter-output.js';
import { AccessError } from '../errors.js';
import type { Decision, Identified, Identity, Principal } from '../model.js';
import { deny, type Denied } from '../outcome.js';
import type { RequestedAction, PolicyDecisionPoint, Question } from '../ports.js';
import { serializeDecision } from './binding.js';
import type { ApprovalSettings } from './options.js';
import type { Ticket, TicketDecision } from './ticket.js';

/** Who answers, and how the answer came in. */
export type Reviewer = Pick<Identified, 'identity' | 'transport'>;

/** Who may speak for whom. */
export class ReviewerPolicy {
  readonly #policy: PolicyDecisionPoint;
  readonly #settings: ApprovalSettings;

  constructor(policy: PolicyDecisionPoint, settings: ApprovalSettings) {
    this.#policy = policy;
    this.#settings = settings;
  }

  /** Why this identity is no reviewer's at all: it acts for somebody else, or its token is not one for reviewing. */
  getRefusal({ principal, actor, scopes = [] }: Identity): Denied | undefined {
    if (principal.id !== actor.id)
      return deny('NOT_PERMITTED', 'A delegated identity cannot review.', { reason: 'review.delegated' });
    if (!scopes.includes(this.#settings.scope)) {
      return deny('NOT_PERMITTED', 'This token is not one for reviewing.', {
        reason: 'review.scope',
        hint: `A reviewer signs in with the scope ${this.#settings.scope}.`,
      });
    }
    return undefined;
  }

  /** The human behind a reviewer's identity. */
  resolvePerson({ principal }: Identity): string {
    return this.#resolvePerson(principal);
  }

  /** True for the same identity, and for another of the same human. */
  isSamePerson(identity: Identity, who: Principal): boolean {
    return identity.principal.id === who.id || this.resolvePerson(identity) === this.#resolvePerson(who);
  }

  /** True for whoever asked, for whomever it was asked, and for who answers for either. */
  isInvolved(identity: Identity, requester: Identity): boolean {
    const parties = [requester.principal, requester.actor].flatMap((each) => [
      each.id,
      this.#resolvePerson(each),
      this.#resolveOwner(each),
    ]);
    return parties.includes(identity.principal.id) || parties.includes(this.resolvePerson(identity));
  }

  /** True for an identity that somebody answers for: it is nobody's consent. */
  isAgent({ principal }: Identity): boolean {
    return this.#resolveOwner(principal) !== undefined;
  }

  async isPermitted(
    identity: Identity,
    connection: string,
    asks: readonly RequestedAction[],
    signal: AbortSignal,
  ): Promise<boolean> {
    return (await this.requestDecision({ identity, connection, asks, context: {} }, signal)).effect === 'permit';
  }

  /** What the policy says now. Throws POLICY_UNAVAILABLE. */
  async requestDecision(question: Question, signal: AbortSignal): Promise<Decision> {
    try {
      return checkDecision(await callWithSignal(() => this.#policy.decide(question, signal), signal));
    } catch (error) {
      throw AccessError.from(error, 'POLICY_UNAVAILABLE');
    }
  }

  /** Which of a ticket's terms this reviewer may speak for, by index. */
  async findTerms(identity: Identity, { terms, connection }: Ticket): Promise<readonly number[]> {
    const held = await Promise.all(
      terms.map(async ({ reviewers }) => reviewers === undefined || this.#holdsRole(identity, reviewers, connection)),
    );
    return terms.flatMap((_, index) => (held[index] === true ? [index] : []));
  }

  /**
   * Of the answers to a ticket those that count now: of people who may still review it, for what they may still speak
   * for.
   */
  async filterValidDecisions(ticket: Ticket, signal: AbortSignal): Promise<readonly TicketDecision[]> {
    const { connection, asks } = ticket;
    const now = await Promise.all(
      ticket.decisions.map(async (each) => {
        const held = (await this.isPermitted(each.identity, connection, asks, signal))
          ? await this.findTerms(each.identity, ticket)
          : [];
        return { ...each, terms: each.terms.filter((term) => held.includes(term)) };
      }),
    );
    return now.filter(({ terms }) => terms.length > 0);
  }

  /** Whether the rules of now would answer otherwise than those that asked for consent. */
  async isStale(
    { policyVersion, identity, connection, question, decided }: Ticket,
    signal: AbortSignal,
  ): Promise<boolean> {
    if (policyVersion === this.#policy.version) return false;
    const decision = await this.requestDecision({ identity, connection, ...question }, signal);
    return decision.effect === 'deny' || serializeDecision(decision) !== decided;
  }

  #resolvePerson(who: Principal): string {
    const person: unknown = callOption(() => this.#settings.personOf(who), 'personOf');
    if (typeof person !== 'string' || person === '')
      throw new AccessError('APPROVAL_UNAVAILABLE', 'personOf named nobody');
    return person;
  }

  #resolveOwner(who: Principal): string | undefined {
    const owner: unknown = callOption(() => this.#settings.ownerOf(who), 'ownerOf');
    if (owner === undefined || (typeof owner === 'string' && owner !== '')) return owner;
    throw new AccessError('APPROVAL_UNAVAILABLE', 'ownerOf named nobody');
  }

  async #holdsRole(identity: Identity, role: string, connection: string): Promise<boolean> {
    if (this.#policy.holds === undefined)
      throw new AccessError('POLICY_UNAVAILABLE', 'the policy cannot say who holds a role');
    const held: unknown = await this.#policy.holds(identity.principal.id, role, connection);
    return held === true;
  }
}

/** Whether as many different people agreed as every term demands. */
export function isAgreed({ terms }: Ticket, decisions: readonly TicketDecision[]): boolean {
  return terms.every(
    ({ quorum }, index) =>
      new Set(
        decisions
          .filter((each) => each.decision === 'approve' && each.terms.includes(index))
          .map(({ person }) => person),
      ).size >= quorum,
  );
}

function callOption(ask: () => unknown, name: string): unknown {
  try {
    return ask();
  } catch (error) {
    throw new AccessError('APPROVAL_UNAVAILABLE', `${name} failed`, { cause: error });
  }
}
