import { AccessError } from '../errors.js';
import type { Json, Obligation } from '../model.js';

/** What one rule demands before it lets something happen. */
export interface ApprovalTerms {
  /** The role that reviewers must hold on the connection; absent: whoever the policy lets review it. */
  readonly reviewers?: string;
  /** How many different people must agree. */
  readonly quorum: number;
  /** How long consent may be waited for and used, milliseconds; absent: as the gateway is set. */
  readonly expiresMs?: number;
}

const units: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000 };
const maxDurationMs = 86_400_000;

/**
 * Reads the value of an `approval` obligation: nothing or `true`, text such as `role:stewards/2/15m`, a number (the
 * quorum), or an object
 * `{ reviewers, quorum, expires }`. Throws POLICY_UNAVAILABLE for anything else: a term that is not understood cannot
 * be met.
 */
export function approvalTerms(value: Json): ApprovalTerms {
  if (value === true || value === null) return { quorum: 1 };
  if (typeof value === 'number') return createTerms({ quorum: value });
  if (typeof value === 'string') return createTerms(splitTerms(value));
  if (typeof value === 'object' && !Array.isArray(value)) return createTerms(value as Readonly<Record<string, Json>>);
  throw createUnusableError();
}

/** The terms of every `approval` obligation; empty where there is none. */
export function collectApprovalTerms(obligations: readonly Obligation[]): readonly ApprovalTerms[] {
  const all = obligations.filter((each) => each.type === 'approval').map((each) => approvalTerms(each.value));
  return [...new Map(all.map((each) => [JSON.stringify(each), each])).values()];
}

function splitTerms(text: string): Readonly<Record<string, Json>> {
  const parts: Record<string, Json> = {};
  for (const part of text.split('/')) {
    const name = part.startsWith('role:') ? 'reviewers' : /^\d+$/.test(part) ? 'quorum' : 'expires';
    if (name in parts) throw createUnusableError();
    parts[name] = name === 'quorum' ? Number(part) : part;
  }
  return parts;
}

function createTerms(given: Readonly<Record<string, Json>>): ApprovalTerms {
  const { reviewers, quorum = 1, expires, ...unknown } = given;
  if (Object.keys(unknown).length > 0) throw createUnusableError();
  if (reviewers !== undefined && !(typeof reviewers === 'string' && /^role:\S+$/.test(reviewers)))
    throw createUnusableError();
  if (typeof quorum !== 'number' || !Number.isSafeInteger(quorum) || quorum < 1 || quorum > 20)
    throw createUnusableError();
  return {
    ...(reviewers === undefined ? {} : { reviewers }),
    quorum,
    ...(expires === undefined ? {} : { expiresMs: parseDuration(expires) }),
  };
}

function parseDuration(text: Json): number {
  const found = typeof text === 'string' ? /^(\d{1,6})([smh])$/.exec(text) : null;
  const ms = Number(found?.[1]) * (units[found?.[2] ?? ''] ?? Number.NaN);
  if (!(ms > 0 && ms <= maxDurationMs)) throw createUnusableError();
  return ms;
}

function createUnusableError(): AccessError {
  return new AccessError('POLICY_UNAVAILABLE', 'the obligation approval has no usable value');
}
