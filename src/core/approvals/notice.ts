import type { Access, StatementKind } from '../model.js';
import type { Named } from './ticket.js';

/** What people are told of as it happens. No statement text but its redacted form, no binds, no credential. */
export interface Notice {
  readonly type: 'approval.requested' | 'approval.decided' | 'approval.closed' | 'session.revoked' | 'breakglass.activated' | 'breakglass.reviewed';
  /** UUIDv7 of this notice; deduplicate by it. */
  readonly id: string;
  /** Epoch milliseconds. */
  readonly at: number;
  readonly connection: string;
  /** `DATABASE.SCHEMA`. */
  readonly schema: string;
  readonly access: Access;
  readonly principal: Named;
  readonly actor: Named;
  /** The requester's own words: not to be believed. */
  readonly reason: string;
  readonly session?: string;
  readonly ticket?: string;
  /** What a decision must echo. */
  readonly digest?: string;
  readonly state?: string;
  /** Epoch milliseconds. */
  readonly expiresAt?: number;
  readonly statement?: { readonly kind: StatementKind; readonly operation: string; readonly summary: string; readonly redacted: string; readonly reads: readonly string[]; readonly writes: readonly string[] };
  /** Who decided, revoked or signed, and what they said. */
  readonly by?: Named;
  readonly decision?: 'approve' | 'reject';
  readonly comment?: string;
}

/** Tells people. What it throws is nobody's concern but its own: no request waits for it, and none fails by it. */
export interface Notifier {
  /** Called once for each notice, in no promised order; the signal aborts when the gateway shuts down. */
  notify(notice: Notice, signal: AbortSignal): Promise<void>;
  close?(): Promise<void>;
}
