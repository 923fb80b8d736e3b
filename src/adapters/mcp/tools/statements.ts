import { isInputRequiredResult } from '@modelcontextprotocol/server';
import { AccessError, deny, newId, type Column, type StatementResult } from '../../../core/index.js';
import { explanation } from '../../../mount/answered.js';
import { explanationShown } from '../../../mount/shown.js';
import { completed, denied, failed, rowsFailed, uncompleted } from '../answer.js';
import { collect, type Collected } from '../collect.js';
import { consented } from '../consent.js';
import type { Exchange } from '../exchange.js';
import type { RowPage } from '../held-rows.js';
import type { PageCaps } from '../page.js';
import { notice, tableOf } from '../table.js';
import { tool, type Answer } from '../tool.js';
import { more, result } from './answered.js';
import { explainAsked, moreAsked, statementAsked } from './asked.js';

export const runStatement = tool({
  name: 'run_statement',
  title: 'Run a statement',
  description: 'Runs one SQL statement (Snowflake\'s dialect) in a session and answers with rows, at most a page of them. Every statement is judged by the policy and recorded. '
    + 'Select only the columns and rows you need, and aggregate in SQL rather than reading rows. Put values in binds, with ? in the SQL. Where a person must agree first, the answer is "pending" with a ticket.',
  annotations: { readOnlyHint: false, destructiveHint: true, idempotentHint: false, openWorldHint: true },
  answers: { result },
}, statementAsked, async (exchange, asked) => {
  const { gateway, caller, settings, signal } = exchange;
  const { ticket: _, idempotency_key: idempotencyKey, ...request } = asked;
  const key = idempotencyKey === undefined ? {} : { idempotencyKey };
  const outcome = await consented(exchange, 'run_statement', asked, (ticket) => gateway.run({ ...caller, ...request, ...ticket, ...key }, signal));
  if (isInputRequiredResult(outcome)) return outcome;
  return outcome.status === 'completed' ? rowsOf(exchange, asked.session, outcome.value) : uncompleted(outcome, settings);
});

async function rowsOf({ settings, rows, owner }: Exchange, session: string, ran: StatementResult): Promise<Answer> {
  const { statement, kind, operation, queryId, columns, affected, replayed } = ran;
  let read: Collected;
  try {
    read = await collect(ran, { rows: settings.heldRows, bytes: settings.heldBytes / 8 }, pageCaps(settings));
  } catch (error) {
    return rowsFailed(AccessError.from(error, 'INTERNAL'), ran, settings);
  }
  const page = rows.first(owner, session, columns, read, pageCaps(settings));
  const head = { statement, kind, operation, queryId, columns, ...(affected === undefined ? {} : { affected }), ...(replayed === undefined ? {} : { replayed }) };
  const changed = affected === undefined ? '' : `: ${affected} rows changed`;
  const text = replayed === true ? `${operation} ran before${changed}; it did not run again. Its id is ${statement}.` : columns.length === 0 ? `${operation} ran${changed}.` : pageText(columns, page, read);
  return completed({ result: { ...head, ...pageShown(page), total: read.rows.length, truncated: read.truncated } }, text);
}

export const moreRows = tool({
  name: 'more_rows',
  title: 'More rows of a result',
  description: 'The next page of a result of run_statement, by the handle it gave as "more". Nothing runs again. Handles end with their session, and after some minutes.',
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: true },
  answers: { result: more },
}, moreAsked, async ({ gateway, caller, rows, settings, signal }, asked) => {
  const outcome = await gateway.session({ ...caller, session: asked.session }, signal);
  if (outcome.status !== 'completed') return uncompleted(outcome, settings);
  if (outcome.value.state !== 'open') {
    rows.forget(asked.session);
    return denied(deny('SESSION_CLOSED', 'The session is over, and what it read is gone.'), outcome.id);
  }
  let page: (RowPage & { readonly columns: readonly Column[] }) | undefined;
  try {
    page = await rows.next(asked.session, asked.more, pageCaps(settings));
  } catch (error) {
    return failed({ status: 'failed', error: AccessError.from(error, 'INTERNAL') }, outcome.id, settings);
  }
  if (page === undefined) return denied(deny('NOT_FOUND', 'These rows are no longer held.', { reason: 'rows.gone', hint: 'Run the statement again.' }), newId(Date.now()));
  return completed({ result: { columns: page.columns, ...pageShown(page) } }, pageText(page.columns, page));
});

function pageCaps({ pageRows, pageBytes }: Exchange['settings']): PageCaps {
  return { items: pageRows, bytes: pageBytes };
}

function pageShown({ items, more: handle }: RowPage) {
  return { rows: items, rowCount: items.length, ...(handle === undefined ? {} : { more: handle }), untrusted: true, notice };
}

function pageText(columns: readonly Column[], { items, more: handle }: RowPage, whole?: Collected): string {
  const lines = [tableOf(columns, items), whole === undefined ? `${items.length} rows.` : `${items.length} of ${whole.rows.length} rows.`];
  if (handle !== undefined) lines.push(`There are more: call more_rows with more "${handle}".`);
  if (whole?.truncated === true) lines.push('The result holds more rows than may be read: select less, or aggregate.');
  return lines.join('\n');
}

export const explainStatement = tool({
  name: 'explain_statement',
  title: 'What a statement would meet',
  description: 'Says whether a statement would run in a session, would wait for a person, or would be denied and why: what it reads, writes and calls. Nothing runs, nobody is asked.',
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  answers: { explanation },
}, explainAsked, async ({ gateway, caller, settings, signal }, asked) => {
  const outcome = await gateway.explain({ ...caller, ...asked }, signal);
  if (outcome.status !== 'completed') return uncompleted(outcome, settings);
  const shown = explanationShown(outcome.value);
  const { decision, kind, reads, writes, denied: no } = shown;
  const verdict = { allow: 'It would run.', approval: 'A person would have to agree first.', deny: 'It would be denied.' }[decision];
  const lines = [verdict, `It is a ${kind}; reads ${reads.join(', ') || 'nothing'}; writes ${writes.join(', ') || 'nothing'}.`];
  if (no !== undefined) lines.push(`Why: ${no.code}: ${no.detail}`, ...(no.hint === undefined ? [] : [`What you can do: ${no.hint}`]));
  return completed({ explanation: shown }, lines.join('\n'));
});
