import { isInputRequiredResult } from '@modelcontextprotocol/server';
import { z } from 'zod';
import type { SessionState } from '../../../core/index.js';
import { connections, session as sessionAnswer } from '../../../http/server/response-schemas.js';
import { openBody } from '../../../http/server/request-schemas.js';
import { serializeSession } from '../../../http/server/serialize.js';
import { createCompletedResult, createUncompletedResult } from '../tool-result.js';
import { callWithElicitation } from '../elicitation.js';
import { createTool } from '../tool.js';
import { sessionInput } from './input-schemas.js';

export const listConnections = createTool(
  {
    name: 'list_connections',
    title: 'What may be asked for',
    description:
      'Lists the connections, schemas and kinds of access that the policy lets you open. Start here; ask only for what this shows.',
    annotations: { readOnlyHint: true, idempotentHint: true, openWorldHint: false },
    outputSchemas: { connections: connections.shape.connections },
  },
  z.strictObject({}),
  async ({ gateway, caller, settings, signal }) => {
    const outcome = await gateway.connections(caller, signal);
    if (outcome.status !== 'completed') return createUncompletedResult(outcome, settings);
    const lines = outcome.value.flatMap(({ name, engine, schemas }) =>
      schemas.map(({ schema, access }) => `${name} (${engine}): ${schema}, ${access.join(' or ')}`),
    );
    return createCompletedResult(
      { connections: outcome.value },
      lines.length === 0 ? 'The policy lets you open nothing. Tell the person you work for.' : lines.join('\n'),
    );
  },
);

export const openSession = createTool(
  {
    name: 'open_session',
    title: 'Open a session',
    description:
      "Opens one schema of one connection for a short time, for a stated reason, and answers with the session's id for all further calls. " +
      'Ask for the least: "read" unless the task changes data, and few minutes. Where a person must agree first, the answer is "pending" with a ticket. Close it with close_session when the task is done.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: false, openWorldHint: false },
    outputSchemas: { session: sessionAnswer },
  },
  openBody,
  async (exchange, asked) => {
    const { gateway, caller, settings, signal } = exchange;
    const { ttl, ticket: _, ...request } = asked;
    const outcome = await callWithElicitation(exchange, 'open_session', asked, (ticket) =>
      gateway.open({ ...caller, ...request, ...ticket, ttlMs: ttl * 1_000 }, signal),
    );
    if (isInputRequiredResult(outcome)) return outcome;
    return outcome.status === 'completed'
      ? createSessionResult(outcome.value)
      : createUncompletedResult(outcome, settings);
  },
);

/** Goes on when the client leaves: who asks for the end means it. */
export const closeSession = createTool(
  {
    name: 'close_session',
    title: 'Close a session',
    description:
      'Ends a session: what runs in it is cancelled, and nothing more can run. Closing twice is no error. Always close what you opened.',
    annotations: { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false },
    outputSchemas: { session: sessionAnswer },
  },
  sessionInput,
  async ({ gateway, caller, rowBuffer: rows, settings }, { session }) => {
    const outcome = await gateway.close({ ...caller, session });
    if (outcome.status !== 'completed') return createUncompletedResult(outcome, settings);
    rows.removeSession(session);
    return createSessionResult(outcome.value);
  },
);

function createSessionResult(state: SessionState) {
  const session = serializeSession(state);
  const text =
    session.state === 'open'
      ? `Session ${session.id} is open: ${session.access} on ${session.schema} of ${session.connection}, until ${session.expiresAt}.`
      : `Session ${session.id} is ${session.state}.`;
  return createCompletedResult({ session }, text);
}
