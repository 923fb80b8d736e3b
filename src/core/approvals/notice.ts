import type { Access, Rewriter, StatementKind } from '../model.js';
import type { Checkable } from '../ports.js';
import type { PrincipalRef } from './ticket.js';

/** A statement, as far as people may be told of it outside. */
export interface NoticeStatement {
  readonly kind: StatementKind;
  readonly operation: string;
  readonly summary: string;
  /** Every literal is a `?`; empty where that cannot be done surely. */
  readonly redacted: string;
  /**
   * True where nothing is hidden: `redacted` is, to the byte, all that would run (and so is what it was rewritten
   * from), and there are no binds.
   */
  readonly whole: boolean;
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /** Present where plugins rewrote the statement: who, in order. */
  readonly rewrites?: readonly Rewriter[];
  /** What was asked for, where plugins rewrote it; every literal is a `?`. */
  readonly asked?: {
    readonly kind: StatementKind;
    readonly operation: string;
    readonly summary: string;
    readonly redacted: string;
  };
}

/** What people are told of as it happens. No statement text but its redacted form, no binds, no credential. */
export interface Notice {
  readonly type:
    | 'approval.requested'
    | 'approval.decided'
    | 'approval.closed'
    | 'session.revoked'
    | 'breakglass.activated'
    | 'breakglass.reviewed';
  /** UUIDv7 of this notice; deduplicate by it. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly connection: string;
  /** `DATABASE.SCHEMA`. */
  readonly schema: string;
  readonly access: Access;
  readonly principal: PrincipalRef;
  readonly actor: PrincipalRef;
  /** The requester's own words: not to be believed. */
  readonly reason: string;
  readonly session?: string;
  readonly ticket?: string;
  /** What a decision must echo. */
  readonly digest?: string;
  readonly state?: string;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
  readonly statement?: NoticeStatement;
  /** Of an opening: how long the session would last, milliseconds. */
  readonly ttlMs?: number;
  /** Of an opening under the rules for emergencies. */
  readonly breakGlass?: true;
  /** Who decided, revoked or signed, and what they said. */
  readonly by?: PrincipalRef;
  readonly decision?: 'approve' | 'reject';
  readonly comment?: string;
  /** The rejection took consent away that had been given. */
  readonly withdrawn?: true;
}

/** Tells people. What it throws is nobody's concern but its own: no request waits for it, and none fails by it. */
export interface Notifier extends Checkable {
  /** Called once for each notice, in no promised order; the signal aborts when the gateway shuts down. */
  notify(notice: Notice, signal: AbortSignal): Promise<void>;
  close?(): Promise<void>;
}
