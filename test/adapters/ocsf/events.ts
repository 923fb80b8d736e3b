import { sampleEvent } from '../../../src/core/contract/index.js';
import { eventCodes, type AuditEvent, type EventCode } from '../../../src/core/index.js';
import { asked, changed, failing, fooled, ran, recovered, rewritten, turned } from './driven/outcome-events.js';
import { decided } from './driven/approval-events.js';
import { troubled } from './driven/journal-events.js';
import { granted } from './driven/engine-events.js';

const statement = {
  kind: 'read',
  operation: 'SELECT',
  summary: 'SELECT ACME.OPS.ORDERS',
  sql: 'SELECT ID FROM ORDERS WHERE ID = ?',
  recorded: 'redacted',
  digest: 'd'.repeat(64),
  renderedDigest: 'c'.repeat(64),
  reads: ['ACME.OPS.ORDERS'],
  writes: [],
  rules: ['r1', 'r2'],
  policyVersion: 'v1',
  transport: { protocol: 'rest', address: '10.0.4.17', userAgent: 'desk-agent/1.4' },
  approval: { ticket: 'apr-1', reviewers: ['idp:bob'], digest: 'e'.repeat(64) },
  context: { opentelemetry: { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736', span_id: '00f067aa0ba902b7' } },
};

/** One event of every code with everything in it that may be. */
export function fullEvents(): readonly AuditEvent[] {
  return eventCodes.map((code) =>
    sampleEvent(code, {
      who: { principal: 'idp:alice', actor: 'idp:agent', issuer: 'idp', client: 'desk', tokenId: 'jti-1' },
      ...(code.startsWith('gateway.') || code.startsWith('audit.')
        ? {}
        : { session: 's-1', scope: { database: 'ACME', schema: 'OPS', access: 'read' } }),
      ...(code.startsWith('statement.') ? { statement: 't-1' } : {}),
      data: {
        ...(code.startsWith('statement.') ? statement : {}),
        grant: 'grant-1',
        code: 'NOT_PERMITTED',
        reason: 'policy.silent',
        at: 'scope',
        by: 'agent',
        expiresAt: 1_790_000_060_000,
        engineSession: 'e-1',
        queryId: '01b8f2c4-0000-4a1e-0000-00000001f3aa',
        ticket: 'apr-1',
        decision: 'approve',
        before: 'v1',
        after: 'v2',
        cause: 'receiver',
        sink: 'siem',
        bytes: 5_943,
        durationMs: 812,
        byMs: -3_600_000,
        plugin: 'masking',
        verb: 'guard',
      },
    }),
  );
}

/** One event of every code with as little in it as there can be. */
export function bareEvents(): readonly AuditEvent[] {
  return eventCodes.map((code) => ({ id: `id-${code}`, code, at: 1_790_000_000_000, instance: 'i', data: {} }));
}

/** Codes that docs/record.md calls reserved: nothing writes them. */
export const reserved: ReadonlySet<EventCode> = new Set(['statement.resolved']);

let made: Promise<readonly AuditEvent[]> | undefined;

/** What gateways, journals and a warehouse write when they are driven through all that may happen. */
export function drivenEvents(): Promise<readonly AuditEvent[]> {
  made ??= Promise.all([
    asked(),
    ran(),
    recovered(),
    changed(),
    fooled(),
    rewritten(),
    failing(),
    turned(),
    decided(),
    granted(),
    troubled(),
  ]).then((plays) => plays.flat());
  return made;
}

export function codesOf(events: readonly AuditEvent[]): readonly EventCode[] {
  return [...new Set(events.map((event) => event.code))];
}
