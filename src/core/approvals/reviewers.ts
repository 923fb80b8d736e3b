import { heeding } from '../abort.js';
import { checkDecision } from '../answers.js';
import { AccessError } from '../errors.js';
import type { Decision, Identity } from '../model.js';
import { deny, type Denied } from '../outcome.js';
import type { Ask, PolicyDecisionPoint, Question } from '../ports.js';
import type { ApprovalSettings } from './options.js';
import type { Ticket } from './ticket.js';

/** Who may speak for whom. */
export class Reviewers {
  readonly #policy: PolicyDecisionPoint;
  readonly #settings: ApprovalSettings;

  constructor(policy: PolicyDecisionPoint, settings: ApprovalSettings) {
    this.#policy = policy;
    this.#settings = settings;
  }

  /** Why this identity is no reviewer's at all: it acts for somebody else, or its token is not one for reviewing. */
  refusal({ principal, actor, scopes = [] }: Identity): Denied | undefined {
    if (principal.id !== actor.id) return deny('NOT_PERMITTED', 'Whoever acts for somebody else reviews nothing.', { reason: 'review.delegated' });
    if (!scopes.includes(this.#settings.scope)) {
      return deny('NOT_PERMITTED', 'This token is not one for reviewing.', { reason: 'review.scope', hint: `A reviewer signs in with the scope ${this.#settings.scope}.` });
    }
    return undefined;
  }

  /** The human behind a reviewer's identity. */
  personOf({ principal }: Identity): string {
    return this.#settings.personOf(principal);
  }

  /** True for whoever asked, for whomever it was asked, and for who answers for the agent. */
  isParty(identity: Identity, requester: Identity): boolean {
    const { personOf, ownerOf } = this.#settings;
    const parties = [requester.principal.id, requester.actor.id, personOf(requester.principal), personOf(requester.actor), ownerOf(requester.actor)];
    return parties.includes(identity.principal.id) || parties.includes(this.personOf(identity));
  }

  async may(identity: Identity, connection: string, asks: readonly Ask[], signal: AbortSignal): Promise<boolean> {
    return (await this.ask({ identity, connection, asks, context: {} }, signal)).effect === 'permit';
  }

  /** What the policy says now. Throws POLICY_UNAVAILABLE. */
  async ask(question: Question, signal: AbortSignal): Promise<Decision> {
    try {
      return checkDecision(await heeding(() => this.#policy.decide(question, signal), signal));
    } catch (error) {
      throw AccessError.from(error, 'POLICY_UNAVAILABLE');
    }
  }

  /** Which of a ticket's terms this reviewer may speak for, by index. */
  async termsOf(identity: Identity, { terms, connection }: Ticket): Promise<readonly number[]> {
    const held = await Promise.all(terms.map(async ({ reviewers }) => reviewers === undefined || this.#holds(identity, reviewers, connection)));
    return terms.flatMap((_, index) => (held[index] === true ? [index] : []));
  }

  async #holds(identity: Identity, role: string, connection: string): Promise<boolean> {
    if (this.#policy.holds === undefined) throw new AccessError('POLICY_UNAVAILABLE', 'the policy cannot say who holds a role');
    const held: unknown = await this.#policy.holds(identity.principal.id, role, connection);
    return held === true;
  }
}
