import type { CallToolResult } from '@modelcontextprotocol/server';
import {
  faults,
  type AccessError,
  type Denied,
  type Failed,
  type FaultCode,
  type Outcome,
  type Pending,
  type StatementResult,
} from '../../core/index.js';
import { createDenialProblem, createErrorProblem, createRowsProblem, type Problem } from '../../http/server/problem.js';
import { serializePending } from '../../http/server/serialize.js';
import { denialAdvice } from './denial-advice.js';
import type { McpSettings } from './options.js';

/** What was asked for: as data, and in words. */
export function createCompletedResult(part: Readonly<Record<string, unknown>>, text: string): CallToolResult {
  return { content: [{ type: 'text', text }], structuredContent: { status: 'completed', ...part } };
}

/** The answer to any outcome but a completed one. */
export function createUncompletedResult(
  outcome: Exclude<Outcome<unknown>, { readonly status: 'completed' }>,
  settings: McpSettings,
): CallToolResult {
  if (outcome.status === 'pending') return createPendingResult(outcome, settings);
  if (outcome.status === 'denied') return createDeniedResult(outcome, outcome.id);
  return createFailedResult(outcome, outcome.id, settings);
}

/**
 * What must be said in the place of "nothing ran" where an earlier call with the same ticket or key may have run, or
 * still runs.
 */
function describeEarlierCall({ reason, hint }: Denied): string | undefined {
  const forgotten = reason === 'session.unknown' && hint !== undefined;
  return forgotten || reason === 'approval.used' || reason === 'key.in_progress'
    ? 'This call ran nothing; an earlier one with the same ticket or key may have.'
    : undefined;
}

/** A no, with what would be a yes. */
export function createDeniedResult(no: Denied, id: string): CallToolResult {
  const problem = createDenialProblem(no, id);
  const earlier = describeEarlierCall(no);
  const next = [...(no.hint === undefined ? [] : [no.hint]), ...(earlier === undefined ? [denialAdvice[no.code]] : [])];
  return createProblemResult('denied', problem, [
    `DENIED ${formatProblemHead(problem)}`,
    `Why: ${problem.detail}`,
    `What you can do: ${next.join(' ')}`,
    `${earlier ?? 'Nothing ran.'} Id of this answer: ${id}.`,
  ]);
}

export function createFailedResult({ error }: Failed, id: string, { onFault }: McpSettings): CallToolResult {
  onFault(error, id);
  return createFailureResult(createErrorProblem(error, id), describeRetry(error.code), id);
}

/** The rows of a result failed: of a statement that changed something, that is no reason to send it again. */
export function createRowsFailedResult(
  error: AccessError,
  ran: StatementResult,
  { onFault }: McpSettings,
): CallToolResult {
  onFault(error, ran.statement);
  const problem = createRowsProblem(error, ran);
  return createFailureResult(problem, problem.hint ?? describeRetry(error.code), ran.statement);
}

function createFailureResult(problem: Problem, again: string, id: string): CallToolResult {
  return createProblemResult('failed', problem, [
    `FAILED ${formatProblemHead(problem)}`,
    `Why: ${problem.detail}`,
    again,
    `Id of this answer: ${id}.`,
  ]);
}

function describeRetry(code: AccessError['code']): string {
  if (code === 'OUTCOME_UNKNOWN')
    return 'It may have changed something: do not send it again unasked. Look at the data with a SELECT, or at session_record, and tell the person you work for.';
  if (Object.hasOwn(faults, code) && faults[code as FaultCode].retryable) return 'The same request may succeed later.';
  return 'The same request will not succeed: change it, or tell the person you work for.';
}

function formatProblemHead({ code, reason }: Problem): string {
  return reason === undefined ? code : `${code} (${reason})`;
}

function createProblemResult(status: 'denied' | 'failed', problem: Problem, lines: readonly string[]): CallToolResult {
  return { isError: true, content: [{ type: 'text', text: lines.join('\n') }], structuredContent: { status, problem } };
}

/** Consent is still to come: no error, but nothing ran either. */
function createPendingResult(pending: Pending, { reviewUrl }: McpSettings): CallToolResult {
  const where = reviewUrl === undefined ? {} : { reviewUrl: reviewUrl(pending.ticket) };
  const { status: _, ...shown } = serializePending(pending);
  const lines = [
    'WAITING for a person to agree. Nothing ran yet.',
    `Why: ${pending.message}`,
    ...(where.reviewUrl === undefined
      ? []
      : [
          `Where it is decided: ${where.reviewUrl}. Give this address to the person you work for; you cannot decide it yourself.`,
        ]),
    `What you can do: once somebody has agreed, call this tool again with exactly the same arguments and ticket "${pending.ticket}", before ${shown.expiresAt}. A changed request needs a new ticket.`,
  ];
  return {
    content: [{ type: 'text', text: lines.join('\n') }],
    structuredContent: { status: 'pending', pending: { ...shown, ...where } },
  };
}
