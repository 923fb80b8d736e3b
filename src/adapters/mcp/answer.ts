import type { CallToolResult } from '@modelcontextprotocol/server';
import { faults, type Denied, type Failed, type FaultCode, type Outcome, type Pending } from '../../core/index.js';
import { problemOfDenial, problemOfError, type Problem } from '../../mount/problem.js';
import { pendingShown } from '../../mount/shown.js';
import { advice } from './advice.js';
import type { Settings } from './options.js';

/** What was asked for: as data, and in words. */
export function completed(part: Readonly<Record<string, unknown>>, text: string): CallToolResult {
  return { content: [{ type: 'text', text }], structuredContent: { status: 'completed', ...part } };
}

/** The answer to any outcome but a completed one. */
export function uncompleted(outcome: Exclude<Outcome<unknown>, { readonly status: 'completed' }>, settings: Settings): CallToolResult {
  if (outcome.status === 'pending') return waiting(outcome, settings);
  if (outcome.status === 'denied') return denied(outcome, outcome.id);
  return failed(outcome, outcome.id, settings);
}

/** A no, with what would be a yes. */
export function denied(no: Denied, id: string): CallToolResult {
  const problem = problemOfDenial(no, id);
  const next = [...(no.hint === undefined ? [] : [no.hint]), advice[no.code]];
  return refusal('denied', problem, [`DENIED ${headOf(problem)}`, `Why: ${problem.detail}`, `What you can do: ${next.join(' ')}`, `Nothing ran. Id of this answer: ${id}.`]);
}

export function failed({ error }: Failed, id: string, { onFault }: Settings): CallToolResult {
  onFault(error, id);
  const problem = problemOfError(error, id);
  const again = Object.hasOwn(faults, error.code) && faults[error.code as FaultCode].retryable ? 'The same request may succeed later.' : 'The same request will not succeed: change it, or tell the person you work for.';
  return refusal('failed', problem, [`FAILED ${headOf(problem)}`, `Why: ${problem.detail}`, again, `Id of this answer: ${id}.`]);
}

function headOf({ code, reason }: Problem): string {
  return reason === undefined ? code : `${code} (${reason})`;
}

function refusal(status: 'denied' | 'failed', problem: Problem, lines: readonly string[]): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: lines.join('\n') }], structuredContent: { status, problem } };
}

/** Consent is still to come: no error, but nothing ran either. */
function waiting(pending: Pending, { reviewUrl }: Settings): CallToolResult {
  const where = reviewUrl === undefined ? {} : { reviewUrl: reviewUrl(pending.ticket) };
  const { status: _, ...shown } = pendingShown(pending);
  const lines = [
    'WAITING for a person to agree. Nothing ran yet.', `Why: ${pending.message}`,
    ...(where.reviewUrl === undefined ? [] : [`Where it is decided: ${where.reviewUrl}. Give this address to the person you work for; you cannot decide it yourself.`]),
    `What you can do: once somebody has agreed, call this tool again with exactly the same arguments and ticket "${pending.ticket}", before ${shown.expiresAt}. A changed request needs a new ticket.`,
  ];
  return { content: [{ type: 'text', text: lines.join('\n') }], structuredContent: { status: 'pending', pending: { ...shown, ...where } } };
}
