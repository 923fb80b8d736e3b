import type { AuditEvent } from '../../core/index.js';
import type { OcsfMapping } from './event-catalogue.js';

/** How it went, in OCSF's numbers. */
export interface OcsfOutcome {
  readonly action?: number | undefined;
  readonly disposition?: number | undefined;
  readonly severity: number;
  readonly status: number;
  readonly alert: boolean;
  /** Why not, for a machine. */
  readonly why: string | undefined;
}

/** The catalogue's word on it, and what the event's own facts change of that. */
export function resolveOutcome(event: AuditEvent, telling: OcsfMapping): OcsfOutcome {
  const { action, disposition, severity, status, alert = false } = telling;
  const told = { action, disposition, severity, status, alert, why: readReason(event) };
  const { code, data } = event;
  switch (code) {
    case 'statement.delivered':
      return data['code'] === undefined ? told : { ...told, status: 2 };
    case 'statement.approval_decided':
      return applyDecision(told, data['decision']);
    case 'statement.denied':
      return data['code'] === 'GUARDED' ? { ...told, disposition: 2 } : applyRejection(told, data);
    case 'session.denied':
      return applyRejection(told, data);
    default:
      return told;
  }
}

function applyRejection(told: OcsfOutcome, data: AuditEvent['data']): OcsfOutcome {
  return data['at'] === 'approval' && data['code'] === 'APPROVAL_REJECTED' ? { ...told, disposition: 25 } : told;
}

function applyDecision(told: OcsfOutcome, decision: unknown): OcsfOutcome {
  if (decision === 'approve') return told;
  // Somebody who may not decide tried to: on their own request, or their own agent's.
  if (decision === 'refused') return { ...told, status: 2, action: 2, disposition: 26, severity: 3, alert: true };
  return { ...told, action: 2, disposition: 25, severity: 2 };
}

/** The reason, else the code. On a session that failed, `reason` is what the caller said it was for. */
function readReason({ code, data }: AuditEvent): string | undefined {
  const told =
    data['code'] === undefined || code === 'session.failed' ? data['code'] : (data['reason'] ?? data['code']);
  const why = code === 'statement.approval_decided' ? data['why'] : told;
  return typeof why === 'string' ? why : undefined;
}
