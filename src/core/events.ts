import type { Json, SchemaRef } from './model.js';

/**
 * The catalogue. A statement's intent is `authorized`; its outcome is `executed`, `failed`, `denied` or `unresolved`.
 */
export const eventCodes = [
  'gateway.started',
  'gateway.stopped',
  'session.requested',
  'session.approval_requested',
  'session.approved',
  'session.denied',
  'session.opened',
  'session.failed',
  'session.closed',
  'session.expired',
  'session.revoked',
  'statement.authorized',
  'statement.denied',
  'statement.approval_requested',
  'statement.approval_decided',
  'statement.executed',
  'statement.failed',
  'statement.delivered',
  'statement.replayed',
  'statement.unresolved',
  'statement.resolved',
  'engine.disagrees',
  'grant.applied',
  'grant.removed',
  'policy.changed',
  'config.changed',
  'breakglass.activated',
  'breakglass.reviewed',
  'identity.shared',
  'identity.refused',
  'actor.limited',
  'actor.suspended',
  'actor.reinstated',
  'clock.changed',
  'audit.removed',
  'audit.degraded',
  'audit.recovered',
  'audit.gap',
] as const;
export type EventCode = (typeof eventCodes)[number];

export interface EventActor {
  readonly principal: string;
  readonly actor: string;
  readonly issuer: string;
  readonly client?: string;
  readonly tokenId?: string;
}

/** One line of the record. No binds, rows, tokens or verbatim engine messages. */
export interface AuditEvent {
  /** UUIDv7; deduplicate by it. */
  readonly id: string;
  readonly code: EventCode;
  /** Epoch milliseconds. */
  readonly at: number;
  /** The process start that wrote it. */
  readonly instance: string;
  readonly session?: string;
  readonly statement?: string;
  /** Absent when nobody was authenticated, and for the gateway's own events. */
  readonly who?: EventActor;
  readonly connection?: string;
  readonly scope?: SchemaRef & { readonly access: 'read' | 'write' };
  /** Facts of this code, documented in docs/record.md. */
  readonly data: Readonly<Record<string, Json>>;
  /**
   * The statement's own text, where the policy says `record: full`. A log keeps it apart, never gives it back, and may
   * drop it.
   */
  readonly text?: string;
  /** The same of the caller's own text, where plugins rewrote it and `text` is theirs. */
  readonly askedText?: string;
}

/** Codes that announce an effect; each is followed by exactly one outcome. */
export const intents: ReadonlySet<EventCode> = new Set(['session.requested', 'statement.authorized']);

/** Codes that end a session. */
export const sessionEnds: ReadonlySet<EventCode> = new Set(['session.closed', 'session.expired', 'session.revoked']);

/** Codes that answer the intent `statement.authorized`. */
export const statementOutcomes: ReadonlySet<EventCode> = new Set([
  'statement.executed',
  'statement.failed',
  'statement.unresolved',
]);
