import type { Limits, Obligation } from '../model.js';
import { AccessError } from '../errors.js';

/** Obligations the core itself discharges; any other needs a plugin's `fulfil`. */
export const coreObligations: ReadonlySet<string> = new Set([
  'approval',
  'max_rows',
  'max_bytes',
  'max_ttl',
  'statement_timeout',
  'record',
]);

/** The smaller of what is allowed already and what the obligations allow. */
export function tightenLimits(limits: Limits, obligations: readonly Obligation[]): Limits {
  return {
    maxRows: Math.min(limits.maxRows, ...readNumbers(obligations, 'max_rows')),
    maxBytes: Math.min(limits.maxBytes, ...readNumbers(obligations, 'max_bytes')),
  };
}

/** The smallest `statement_timeout` in milliseconds, or what is allowed already. */
export function resolveStatementTimeout(allowedMs: number, obligations: readonly Obligation[]): number {
  const spans = readNumbers(obligations, 'statement_timeout');
  if (spans.includes(0)) throw createUnusableError('statement_timeout');
  return Math.min(allowedMs, ...spans);
}

/** The smallest `max_ttl` in milliseconds, or Infinity. */
export function resolveMaxTtl(obligations: readonly Obligation[]): number {
  const spans = readNumbers(obligations, 'max_ttl');
  if (spans.includes(0)) throw createUnusableError('max_ttl');
  return Math.min(Number.POSITIVE_INFINITY, ...spans);
}

/**
 * How much of a statement is recorded, the least first: nothing of its text, the text without literals, or also the
 * text itself, kept apart.
 */
const recordLevels = ['metadata', 'redacted', 'full'] as const;
export type RecordLevel = (typeof recordLevels)[number];

/** The least that any `record` obligation allows; `redacted` where there is none. */
export function resolveRecordLevel(obligations: readonly Obligation[]): RecordLevel {
  const asked = obligations
    .filter((each) => each.type === 'record')
    .map(({ value }) => recordLevels.findIndex((level) => level === value));
  if (asked.includes(-1)) throw createUnusableError('record');
  return asked.length === 0 ? 'redacted' : (recordLevels[Math.min(...asked)] as RecordLevel);
}

/** A cap that is no cap cannot be enforced, so the request fails. */
function readNumbers(obligations: readonly Obligation[], type: string): number[] {
  return obligations
    .filter((each) => each.type === type)
    .map(({ value }) => {
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < 0) throw createUnusableError(type);
      return value;
    });
}

function createUnusableError(type: string): AccessError {
  return new AccessError('POLICY_UNAVAILABLE', `the obligation ${type} has no usable value`);
}
