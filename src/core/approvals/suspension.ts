import type { PrincipalRef } from './ticket.js';

/** Schemas of a connection. */
export interface SuspensionTarget {
  readonly connection: string;
  /** Each as `DATABASE.SCHEMA`. */
  readonly schemas: readonly string[];
}

/** An actor that may neither open nor run anything at some places. Times are epoch milliseconds. */
export interface Suspension {
  readonly actor: string;
  /** As far as whoever reads this oversees them. */
  readonly places: readonly SuspensionTarget[];
  readonly by: PrincipalRef;
  readonly comment?: string;
  readonly suspendedAt: number;
  readonly expiresAt: number;
}

/** A suspension that begins, and what it ended. */
export interface Suspended extends Suspension {
  /** The ids of the sessions that were revoked. */
  readonly sessions: readonly string[];
  /** The tickets that are void now, beside those for statements of these sessions. */
  readonly tickets: readonly string[];
}

/** A suspension that is over before its time. */
export interface Reinstated {
  readonly actor: string;
  /** Where the actor may open sessions again, as far as the policy permits. */
  readonly places: readonly SuspensionTarget[];
  readonly by: PrincipalRef;
  readonly comment?: string;
  /** Epoch milliseconds. */
  readonly reinstatedAt: number;
}
