import type { DecisionInput } from '../approvals/view.js';
import type { Access, Bind, Transport } from '../model.js';
import type { Credential } from '../ports.js';

/** Who calls, and how the call came in. `transport` defaults to `{ protocol: 'code' }`. */
export interface Caller {
  readonly credential: Credential;
  readonly transport?: Transport;
  /**
   * The address at which the credential was shown (RFC 8707): one that was issued for others only is refused there,
   * UNAUTHENTICATED.
   */
  readonly resource?: string;
}

export interface IdentifyRequest extends Caller {
  /**
   * Asked only to end something with `close` or `revoke`, however much this caller asks: it does not count, and lets
   * nothing else in.
   */
  readonly ending?: boolean;
}

export interface OpenRequest extends Caller {
  readonly connection: string;
  /** `DATABASE.SCHEMA`, as `parseSchema` reads it. */
  readonly schema: string;
  readonly access: Access;
  /** Milliseconds asked for; the grant may be shorter, never longer. */
  readonly ttlMs: number;
  readonly reason: string;
  /** Opens under the policy's `breakglass` rules: told at once, in every event, and reviewed afterwards. */
  readonly breakGlass?: boolean;
  /** The ticket of an earlier pending answer to the same request. */
  readonly ticket?: string;
}

export interface RunRequest extends Caller {
  readonly session: string;
  readonly sql: string;
  readonly binds?: readonly Bind[];
  readonly ticket?: string;
  /**
   * Names this request in its session, 1 to 255 characters: what changes something runs once under it. Asked again with
   * the same text and binds, the answer is what became
   * of it (`replayed`); with others it is INVALID_REQUEST, reason `key.reused`. A denial, and what surely had no
   * effect, is not remembered.
   */
  readonly idempotencyKey?: string;
}

export interface SessionRequest extends Caller {
  readonly session: string;
}

export interface RecordRequest extends SessionRequest {
  /** `next` of the page before; the first page where it is left out. */
  readonly after?: string;
  /** Most events of the answer, 1 to 1,000; 200 where it is left out. */
  readonly limit?: number;
}

export interface ExplainRequest extends SessionRequest {
  readonly sql: string;
}

export interface ApprovalsRequest extends Caller {
  /** `pending` unless told. */
  readonly state?: 'pending' | 'decided';
}

export interface ApprovalRead extends Caller {
  readonly ticket: string;
  /** Waits so long for an answer while there is none; milliseconds, at most 60,000. */
  readonly waitMs?: number;
}

export interface DecisionRequest extends Caller, DecisionInput {}

export interface RevokeRequest extends SessionRequest {
  /** For the record and the owner to read; at most 1,000 characters. */
  readonly comment?: string;
}

export interface SignRequest extends SessionRequest {
  /** What was found; 1 to 1,000 characters. */
  readonly comment: string;
}

export interface SuspendRequest extends Caller {
  /** The id of the actor, as sessions and the record name it: `idp:orders-agent`. */
  readonly actor: string;
  /** For how long, milliseconds: 1,000 to 2,592,000,000 (30 days); 3,600,000 (an hour) where it is left out. */
  readonly forMs?: number;
  /** For the record and for reviewers to read; at most 1,000 characters. */
  readonly comment?: string;
}

export interface ReinstateRequest extends Caller {
  /** The id of the actor. */
  readonly actor: string;
  /** For the record; at most 1,000 characters. */
  readonly comment?: string;
}
