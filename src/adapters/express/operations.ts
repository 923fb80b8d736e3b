import { AccessError, type StatementResult } from '../../core/index.js';
import { wantsStream } from './accept.js';
import { explainBody, openBody, statementBody } from '../../mount/asked.js';
import { form } from '../../mount/check.js';
import type { Exchange, Operation } from './exchange.js';
import { keyOf } from './idempotency-key.js';
import { awaited } from './prefer.js';
import { problemOfRows } from '../../mount/problem.js';
import { explanationShown, sessionShown } from '../../mount/shown.js';
import { readRange } from './range.js';
import { refuse, reply, send, sendLarge, sendProblem } from './reply.js';
import { revokeSession } from './reviewing.js';
import { withBody } from './with-body.js';
import { rowsAsJson, type RowsText } from './rows-json.js';
import { streamRows } from './rows-stream.js';

/** The bodies that are taken, by the operation that takes them. */
export const forms = { open: form(openBody), statement: form(statementBody), explain: form(explainBody) };

export const listConnections: Operation = async (exchange) => {
  const { gateway, caller, signal, response } = exchange;
  await reply(exchange, await gateway.connections(caller, signal), (connections) => send(response, 200, JSON.stringify({ connections })));
};

export const openSession: Operation = withBody(forms.open, async (exchange, { ttl, ...asked }) => {
  const { gateway, caller, signal, request, response } = exchange;
  await reply(exchange, await awaited(exchange, (ticket) => gateway.open({ ...caller, ...asked, ...ticket, ttlMs: ttl * 1000 }, signal)), (session) => {
    send(response, 201, JSON.stringify(sessionShown(session)), { location: `${request.baseUrl ?? ''}/sessions/${session.id}` });
  });
});

export const readSession: Operation = async (exchange) => {
  const { gateway, caller, subject, signal, response } = exchange;
  await reply(exchange, await gateway.session({ ...caller, session: subject }, signal), (session) => send(response, 200, JSON.stringify(sessionShown(session))));
};

/** Goes on when the client leaves: who asks for the end means it. */
export const closeSession: Operation = async (exchange) => {
  const { gateway, caller, subject, query, response } = exchange;
  if (query !== '') return revokeSession(exchange);
  await reply(exchange, await gateway.close({ ...caller, session: subject }), (session) => send(response, 200, JSON.stringify(sessionShown(session))));
};

export const runStatement: Operation = withBody(forms.statement, async (exchange, asked) => {
  const { gateway, caller, subject, signal, request, response } = exchange;
  const key = keyOf(request);
  if ('denied' in key) return refuse(response, key);
  const outcome = await awaited(exchange, (ticket) => gateway.run({ ...caller, ...asked, ...ticket, ...key, session: subject }, signal));
  await reply(exchange, outcome, (result) => (wantsStream(exchange.request.headers.accept) ? streamRows(exchange, result) : sendRows(exchange, result)));
});

export const explainStatement: Operation = withBody(forms.explain, async (exchange, asked) => {
  const { gateway, caller, subject, signal, response } = exchange;
  await reply(exchange, await gateway.explain({ ...caller, ...asked, session: subject }, signal), (explanation) => send(response, 200, JSON.stringify(explanationShown(explanation))));
});

export const readRecord: Operation = async (exchange) => {
  const { gateway, caller, subject, query, signal } = exchange;
  const range = readRange(query);
  if ('denied' in range) return refuse(exchange.response, range);
  await reply(exchange, await gateway.record({ ...caller, ...range.value, session: subject }, signal), (page) => sendLarge(exchange, JSON.stringify(page)));
};

async function sendRows(exchange: Exchange, result: StatementResult): Promise<void> {
  const { response, settings } = exchange;
  let rows: RowsText;
  try {
    rows = await rowsAsJson(result, settings);
  } catch (error) {
    const fault = AccessError.from(error, 'INTERNAL');
    settings.onFault(fault, result.statement);
    return sendProblem(response, problemOfRows(fault, result));
  }
  const { text, delivery } = rows;
  const sent = await sendLarge(exchange, text);
  if (sent === Buffer.byteLength(text) || delivery.rows === 0) return;
  // The recorder keeps what it cannot write now.
  await result.recount({ ...rows.within(sent), truncated: delivery.truncated, code: 'ABORTED' }).catch((error: unknown) => settings.onFault(AccessError.from(error, 'INTERNAL'), result.statement));
}
