import type { Access, Bind, Identity, Json, RequestKind, Rewriter, StatementKind } from '../model.js';
import type { RequestedAction, Checkable, Question } from '../ports.js';
import type { ApprovalTerms } from './terms.js';

/**
 * `pending` until people answer; `approved` until it is used, once. `expired`: its time was over; `void`: what it was
 * for is gone.
 */
export type TicketState = 'pending' | 'approved' | 'rejected' | 'expired' | 'void' | 'used';

/** Why a ticket expired or is void. */
export type TicketEnd =
  | 'time'
  | 'session_closed'
  | 'session_expired'
  | 'session_revoked'
  | 'actor_suspended'
  | 'policy_changed'
  | 'gateway_stopped';

/** Somebody who is named by an identity provider. */
export interface PrincipalRef {
  readonly id: string;
  readonly name?: string;
}

/** One reviewer's answer. */
export interface TicketDecision {
  readonly reviewer: PrincipalRef;
  /** As the policy knows them: it is asked again when the ticket is used. */
  readonly identity: Identity;
  /** The human behind the reviewer's identity; one human counts once. */
  readonly person: string;
  readonly decision: 'approve' | 'reject';
  readonly comment?: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** Which of the ticket's terms this reviewer may speak for, by index. */
  readonly terms: readonly number[];
}

/** A statement, as a reviewer sees it: facts that were computed, and the text itself. */
export interface TicketStatement {
  readonly kind: StatementKind;
  readonly operation: string;
  readonly summary: string;
  readonly canonical: string;
  readonly redacted: string;
  readonly binds: readonly Bind[];
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  readonly functions: readonly string[];
  /** Present where plugins rewrote the statement: who, in order. */
  readonly rewrites?: readonly Rewriter[];
  /** What the caller asked for, where plugins rewrote it. */
  readonly asked?: OriginalStatement;
}

/** The statement as its caller sent it, before plugins rewrote it. */
export type OriginalStatement = Pick<
  TicketStatement,
  'kind' | 'operation' | 'summary' | 'canonical' | 'redacted' | 'reads' | 'writes'
>;

/** Consent that is asked for, and what became of it. Plain data: a store may keep it anywhere. */
export interface Ticket {
  readonly id: string;
  /** Counts its changes, for compare-and-set. */
  readonly version: number;
  readonly state: TicketState;
  readonly ended?: TicketEnd;
  readonly moment: RequestKind;
  /**
   * SHA-256 of everything that is agreed to, this ticket, its expiry and a salt, lower-case hex. A decision must echo
   * it.
   */
  readonly digest: string;
  /** Everything that the consent is bound to, by name. */
  readonly bound: Readonly<Record<string, Json>>;
  /** The rules and obligations that asked for consent. */
  readonly decided: string;
  /** Id of the request that asked: the statement's, or of the session to be. */
  readonly request: string;
  readonly identity: Identity;
  readonly connection: string;
  /** `DATABASE.SCHEMA`. */
  readonly schema: string;
  readonly access: Access;
  /** Of a run. */
  readonly session?: string;
  /** Asked for under the rules for emergencies. */
  readonly breakGlass?: true;
  /** The requester's own words. */
  readonly reason: string;
  readonly statement?: TicketStatement;
  /** Of an open: what was asked for, milliseconds. */
  readonly ttlMs?: number;
  /** What the policy was asked when it demanded consent. */
  readonly question: Pick<Question, 'asks' | 'context'>;
  /** What the policy must permit to whoever reviews it. */
  readonly asks: readonly RequestedAction[];
  readonly rules: readonly string[];
  readonly policyVersion: string;
  readonly terms: readonly ApprovalTerms[];
  readonly decisions: readonly TicketDecision[];
  /** Epoch milliseconds. */
  readonly requestedAt: number;
  readonly expiresAt: number;
}

/** What tickets are looked for by. */
export interface TicketFilter {
  readonly states?: readonly TicketState[];
  readonly session?: string;
  readonly actor?: string;
}

/** Where tickets are kept. All methods may be called by several processes at once. */
export interface TicketStore extends Checkable {
  /** Keeps a new ticket. Throws where there is one of this id. */
  put(ticket: Ticket): Promise<void>;
  get(id: string): Promise<Ticket | undefined>;
  /** Oldest first. */
  list(filter: TicketFilter): Promise<readonly Ticket[]>;
  /** Replaces the ticket of this id if its version is still one less; resolves to whether it did. */
  swap(next: Ticket): Promise<boolean>;
  /** True where tickets outlive this process; else what is still of use is voided when the gateway stops. */
  readonly outlives?: boolean;
  close?(): Promise<void>;
}
