import { AccessError, type StatementResult } from '../../core/index.js';
import { wantsStream } from './accept.js';
import { explainBody, openBody, statementBody } from '../../http/server/request-schemas.js';
import { createInputSchema } from '../../http/server/validate-input.js';
import type { HttpExchange, Operation } from './http-exchange.js';
import { readIdempotencyKey } from './idempotency-key.js';
import { waitForApproval } from './prefer.js';
import { createRowsProblem } from '../../http/server/problem.js';
import { serializeExplanation, serializeSession } from '../../http/server/serialize.js';
import { readRange } from './record-range.js';
import { sendDenial, sendOutcome, send, sendLarge, sendProblem } from './send-response.js';
import { revokeSession } from './review-operations.js';
import { withBody } from './with-body.js';
import { renderRowsJson, type RenderedRows } from './rows-json.js';
import { streamRows } from './rows-stream.js';

/** The bodies that are taken, by the operation that takes them. */
export const inputSchemas = {
  open: createInputSchema(openBody),
  statement: createInputSchema(statementBody),
  explain: createInputSchema(explainBody),
};

export const listConnections: Operation = async (exchange) => {
  const { gateway, caller, signal, response } = exchange;
  await sendOutcome(exchange, await gateway.connections(caller, signal), (connections) =>
    send(response, 200, JSON.stringify({ connections })),
  );
};

export const openSession: Operation = withBody(inputSchemas.open, async (exchange, { ttl, ...asked }) => {
  const { gateway, caller, signal, request, response } = exchange;
  await sendOutcome(
    exchange,
    await waitForApproval(exchange, (ticket) =>
      gateway.open({ ...caller, ...asked, ...ticket, ttlMs: ttl * 1000 }, signal),
    ),
    (session) => {
      send(response, 201, JSON.stringify(serializeSession(session)), {
        location: `${request.baseUrl ?? ''}/sessions/${session.id}`,
      });
    },
  );
});

export const readSession: Operation = async (exchange) => {
  const { gateway, caller, pathParameter: subject, signal, response } = exchange;
  await sendOutcome(exchange, await gateway.session({ ...caller, session: subject }, signal), (session) =>
    send(response, 200, JSON.stringify(serializeSession(session))),
  );
};

/** Goes on when the client leaves: who asks for the end means it. */
export const closeSession: Operation = async (exchange) => {
  const { gateway, caller, pathParameter: subject, query, response } = exchange;
  if (query !== '') return revokeSession(exchange);
  await sendOutcome(exchange, await gateway.close({ ...caller, session: subject }), (session) =>
    send(response, 200, JSON.stringify(serializeSession(session))),
  );
};

export const runStatement: Operation = withBody(inputSchemas.statement, async (exchange, asked) => {
  const { gateway, caller, pathParameter: subject, signal, request, response } = exchange;
  const key = readIdempotencyKey(request);
  if ('denied' in key) return sendDenial(response, key);
  const outcome = await waitForApproval(exchange, (ticket) =>
    gateway.run({ ...caller, ...asked, ...ticket, ...key, session: subject }, signal),
  );
  await sendOutcome(exchange, outcome, (result) =>
    wantsStream(exchange.request.headers.accept) ? streamRows(exchange, result) : sendRows(exchange, result),
  );
});

export const explainStatement: Operation = withBody(inputSchemas.explain, async (exchange, asked) => {
  const { gateway, caller, pathParameter: subject, signal, response } = exchange;
  await sendOutcome(exchange, await gateway.explain({ ...caller, ...asked, session: subject }, signal), (explanation) =>
    send(response, 200, JSON.stringify(serializeExplanation(explanation))),
  );
});

export const readRecord: Operation = async (exchange) => {
  const { gateway, caller, pathParameter: subject, query, signal } = exchange;
  const range = readRange(query);
  if ('denied' in range) return sendDenial(exchange.response, range);
  await sendOutcome(exchange, await gateway.record({ ...caller, ...range.value, session: subject }, signal), (page) =>
    sendLarge(exchange, JSON.stringify(page)),
  );
};

async function sendRows(exchange: HttpExchange, result: StatementResult): Promise<void> {
  const { response, settings } = exchange;
  let rows: RenderedRows;
  try {
    rows = await renderRowsJson(result, settings);
  } catch (error) {
    const fault = AccessError.from(error, 'INTERNAL');
    settings.onFault(fault, result.statement);
    return sendProblem(response, createRowsProblem(fault, result));
  }
  const { text, delivery } = rows;
  const sent = await sendLarge(exchange, text);
  if (sent === Buffer.byteLength(text) || delivery.rows === 0) return;
  // The recorder keeps what it cannot write now.
  await result
    .recount({ ...rows.countRowsWithin(sent), truncated: delivery.truncated, code: 'ABORTED' })
    .catch((error: unknown) => settings.onFault(AccessError.from(error, 'INTERNAL'), result.statement));
}
