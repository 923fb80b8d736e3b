import { isInputRequiredResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { SessionState } from '../../../core/index.js';
import { connections, session as sessionAnswer } from '../../../mount/answered.js';
import { openBody } from '../../../mount/asked.js';
import { sessionShown } from '../../../mount/shown.js';
import { completed, uncompleted } from '../answer.js';
import { consented } from '../consent.js';
import { tool } from '../tool.js';
import { ofSession } from './asked.js';

export const listConnections = tool({
  name: 'list_connections',
  title: 'What may be asked for',
  description: 'Lists the connections, schemas and kinds of access that the policy lets you open. Start here; ask only for what this shows.',
  annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
  answers: { connections: connections.shape.connections },
}, z.strictObject({}), async ({ gateway, caller, settings, signal }) => {
  const outcome = await gateway.connections(caller, signal);
  if (outcome.status !== 'completed') return uncompleted(outcome, settings);
  const lines = outcome.value.flatMap(({ name, engine, schemas }) => schemas.map(({ schema, access }) => `${name} (${engine}): ${schema}, ${access.join(' or ')}`));
  return completed({ connections: outcome.value }, lines.length === 0 ? 'The policy lets you open nothing. Tell the person you work for.' : lines.join('\n'));
});

export const openSession = tool({
  name: 'open_session',
  title: 'Open a session',
  description: 'Opens one schema of one connection for a short time, for a stated reason, and answers with the session\'s id for all further calls. '
    + 'Ask for the least: "read" unless the task changes data, and few minutes. Where a person must agree first, the answer is "pending" with a ticket. Close it with close_session when the task is done.',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
  answers: { session: sessionAnswer },
}, openBody, async (exchange, asked) => {
  const { gateway, caller, settings, signal } = exchange;
  const { ttl, ticket: _, ...request } = asked;
  const outcome = await consented(exchange, 'open_session', asked, (ticket) => gateway.open({ ...caller, ...request, ...ticket, ttlMs: ttl * 1_000 }, signal));
  if (isInputRequiredResult(outcome)) return outcome;
  return outcome.status === 'completed' ? told(outcome.value) : uncompleted(outcome, settings);
});

/** Goes on when the client leaves: who asks for the end means it. */
export const closeSession = tool({
  name: 'close_session',
  title: 'Close a session',
  description: 'Ends a session: what runs in it is cancelled, and nothing more can run. Closing twice is no error. Always close what you opened.',
  annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
  answers: { session: sessionAnswer },
}, ofSession, async ({ gateway, caller, rows, settings }, { session }) => {
  const outcome = await gateway.close({ ...caller, session });
  if (outcome.status !== 'completed') return uncompleted(outcome, settings);
  rows.forget(session);
  return told(outcome.value);
});

function told(state: SessionState) {
  const session = sessionShown(state);
  const text = session.state === 'open'
    ? `Session ${session.id} is open: ${session.access} on ${session.schema} of ${session.connection}, until ${session.expiresAt}.`
    : `Session ${session.id} is ${session.state}.`;
  return completed({ session }, text);
}
