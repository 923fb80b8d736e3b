import type { Outcome } from '../../core/index.js';
import type { HttpExchange } from './http-exchange.js';

const maxWaitSeconds = 60;

/** How long the client would rather wait than be told to ask again (RFC 7240 §4.3), milliseconds; at most a minute. */
export function readPreferredWait(prefer: string | readonly string[] | undefined): number {
  const found = /(?:^|[,;]\s*)wait\s*=\s*"?(\d{1,5})"?\s*(?=$|[,;])/i.exec(
    typeof prefer === 'string' ? prefer : (prefer ?? []).join(','),
  );
  return Math.min(Number(found?.[1] ?? 0), maxWaitSeconds) * 1_000;
}

/** Tells what was made of the preference (RFC 7240 §3). */
export function createPreferenceApplied(waitMs: number): Readonly<Record<string, string>> {
  return waitMs > 0 ? { 'preference-applied': `wait=${waitMs / 1_000}` } : {};
}

/**
 * Asks; where a person must agree and the client would rather wait, waits for the answer and asks again with the
 * ticket.
 */
export async function waitForApproval<T>(
  { gateway, caller, request, signal }: HttpExchange,
  ask: (ticket: { readonly ticket?: string }) => Promise<Outcome<T>>,
): Promise<Outcome<T>> {
  const outcome = await ask({});
  const waitMs = readPreferredWait(request.headers['prefer']);
  if (outcome.status !== 'pending' || waitMs === 0) return outcome;
  const answer = await gateway.approval({ ...caller, ticket: outcome.ticket, waitMs }, signal);
  return answer.status === 'completed' && answer.value.state !== 'pending' ? ask({ ticket: outcome.ticket }) : outcome;
}
