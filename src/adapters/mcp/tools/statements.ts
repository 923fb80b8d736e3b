import { isInputRequiredResult } from '@modelcontextprotocol/server';
import { AccessError, deny, newId, type Column, type StatementResult } from '../../../core/index.js';
import { explanation } from '../../../http/server/response-schemas.js';
import { serializeExplanation } from '../../../http/server/serialize.js';
import {
  createCompletedResult,
  createDeniedResult,
  createFailedResult,
  createRowsFailedResult,
  createUncompletedResult,
} from '../tool-result.js';
import { collectRows, type CollectedRows } from '../collect-rows.js';
import { callWithElicitation } from '../elicitation.js';
import type { ToolCall } from '../tool-call.js';
import type { RowPage } from '../row-buffer.js';
import type { PageLimits } from '../pagination.js';
import { untrustedNotice, renderTable } from '../row-table.js';
import { createTool, type ToolResult } from '../tool.js';
import { more, result } from './output-schemas.js';
import { explainInput, moreRowsInput, statementInput } from './input-schemas.js';

export const runStatement = createTool(
  {
    name: 'run_statement',
    title: 'Run a statement',
    description:
      "Runs one SQL statement (Snowflake's dialect) in a session and answers with rows, at most a page of them. Every statement is judged by the policy and recorded. " +
      'Select only the columns and rows you need, and aggregate in SQL rather than reading rows. Put values in binds, with ? in the SQL. Where a person must agree first, the answer is "pending" with a ticket.',
    annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
    outputSchemas: { result },
  },
  statementInput,
  async (exchange, asked) => {
    const { gateway, caller, settings, signal } = exchange;
    const { ticket: _, idempotency_key: idempotencyKey, ...request } = asked;
    const key = idempotencyKey === undefined ? {} : { idempotencyKey };
    const outcome = await callWithElicitation(exchange, 'run_statement', asked, (ticket) =>
      gateway.run({ ...caller, ...request, ...ticket, ...key }, signal),
    );
    if (isInputRequiredResult(outcome)) return outcome;
    return outcome.status === 'completed'
      ? createRowsResult(exchange, asked.session, outcome.value)
      : createUncompletedResult(outcome, settings);
  },
);

async function createRowsResult(
  { settings, rowBuffer: rows, owner }: ToolCall,
  session: string,
  ran: StatementResult,
): Promise<ToolResult> {
  const { statement, kind, operation, queryId, columns, affected, replayed } = ran;
  let read: CollectedRows;
  try {
    read = await collectRows(
      ran,
      { rows: settings.heldRows, bytes: settings.heldBytes / 8 },
      createPageLimits(settings),
    );
  } catch (error) {
    return createRowsFailedResult(AccessError.from(error, 'INTERNAL'), ran, settings);
  }
  const page = rows.addResult(owner, session, columns, read, createPageLimits(settings));
  const head = {
    statement,
    kind,
    operation,
    queryId,
    columns,
    ...(affected === undefined ? {} : { affected }),
    ...(replayed === undefined ? {} : { replayed }),
  };
  const changed = affected === undefined ? '' : `: ${affected} rows changed`;
  const text =
    replayed === true
      ? `${operation} ran before${changed}; it did not run again. Its id is ${statement}.`
      : columns.length === 0
        ? `${operation} ran${changed}.`
        : renderPage(columns, page, read);
  return createCompletedResult(
    { result: { ...head, ...serializePage(page), total: read.rows.length, truncated: read.truncated } },
    text,
  );
}

export const moreRows = createTool(
  {
    name: 'more_rows',
    title: 'More rows of a result',
    description:
      'The next page of a result of run_statement, by the handle it gave as "more". Nothing runs again. Handles end with their session, and after some minutes.',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: true },
    outputSchemas: { result: more },
  },
  moreRowsInput,
  async ({ gateway, caller, rowBuffer: rows, settings, signal }, asked) => {
    const outcome = await gateway.session({ ...caller, session: asked.session }, signal);
    if (outcome.status !== 'completed') return createUncompletedResult(outcome, settings);
    if (outcome.value.state !== 'open') {
      rows.removeSession(asked.session);
      return createDeniedResult(deny('SESSION_CLOSED', 'The session is over, and what it read is gone.'), outcome.id);
    }
    let page: (RowPage & { readonly columns: readonly Column[] }) | undefined;
    try {
      page = await rows.readNextPage(asked.session, asked.more, createPageLimits(settings));
    } catch (error) {
      return createFailedResult({ status: 'failed', error: AccessError.from(error, 'INTERNAL') }, outcome.id, settings);
    }
    if (page === undefined)
      return createDeniedResult(
        deny('NOT_FOUND', 'These rows are no longer held.', { reason: 'rows.gone', hint: 'Run the statement again.' }),
        newId(Date.now()),
      );
    return createCompletedResult(
      { result: { columns: page.columns, ...serializePage(page) } },
      renderPage(page.columns, page),
    );
  },
);

function createPageLimits({ pageRows, pageBytes }: ToolCall['settings']): PageLimits {
  return { items: pageRows, bytes: pageBytes };
}

function serializePage({ items, more: handle }: RowPage) {
  return {
    rows: items,
    rowCount: items.length,
    ...(handle === undefined ? {} : { more: handle }),
    untrusted: true,
    notice: untrustedNotice,
  };
}

function renderPage(columns: readonly Column[], { items, more: handle }: RowPage, whole?: CollectedRows): string {
  const lines = [
    renderTable(columns, items),
    whole === undefined ? `${items.length} rows.` : `${items.length} of ${whole.rows.length} rows.`,
  ];
  if (handle !== undefined) lines.push(`There are more: call more_rows with more "${handle}".`);
  if (whole?.truncated === true) lines.push('The result holds more rows than may be read: select less, or aggregate.');
  return lines.join('\n');
}

export const explainStatement = createTool(
  {
    name: 'explain_statement',
    title: 'What a statement would meet',
    description:
      'Says whether a statement would run in a session, would wait for a person, or would be denied and why: what it reads, writes and calls. Nothing runs, nobody is asked.',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    outputSchemas: { explanation },
  },
  explainInput,
  async ({ gateway, caller, settings, signal }, asked) => {
    const outcome = await gateway.explain({ ...caller, ...asked }, signal);
    if (outcome.status !== 'completed') return createUncompletedResult(outcome, settings);
    const shown = serializeExplanation(outcome.value);
    const { decision, kind, reads, writes, denied: no } = shown;
    const verdict = {
      allow: 'It would run.',
      approval: 'A person would have to agree first.',
      deny: 'It would be denied.',
    }[decision];
    const lines = [
      verdict,
      `It is a ${kind}; reads ${reads.join(', ') || 'nothing'}; writes ${writes.join(', ') || 'nothing'}.`,
    ];
    if (no !== undefined)
      lines.push(`Why: ${no.code}: ${no.detail}`, ...(no.hint === undefined ? [] : [`What you can do: ${no.hint}`]));
    return createCompletedResult({ explanation: shown }, lines.join('\n'));
  },
);
