import { deny } from '../../core/index.js';
import { reinstateBody, suspendBody } from '../../http/server/request-schemas.js';
import { createInputSchema } from '../../http/server/validate-input.js';
import type { HttpExchange, Operation } from './http-exchange.js';
import { sendDenial, sendOutcome, send, sendLarge } from './send-response.js';
import { serializeReinstatement, serializeSuspension } from './serialize.js';
import { withBody } from './with-body.js';

/** The bodies that reviewers send about an actor. */
export const actorSchemas = { suspend: createInputSchema(suspendBody), reinstate: createInputSchema(reinstateBody) };

/** Goes on when the client leaves: who suspends means it. */
export const suspendActor: Operation = withBody(
  actorSchemas.suspend,
  async (exchange, { ttl, ...asked }) => {
    const { gateway, caller, response } = exchange;
    const lasting = ttl === undefined ? {} : { forMs: ttl * 1_000 };
    await sendOutcome(exchange, await gateway.suspend({ ...caller, ...asked, ...lasting }), (suspended) =>
      send(response, 201, JSON.stringify(serializeSuspension(suspended))),
    );
  },
  true,
);

export const listSuspensions: Operation = async (exchange) => {
  const { gateway, caller, signal } = exchange;
  await sendOutcome(exchange, await gateway.suspensions(caller, signal), (suspensions) =>
    sendLarge(exchange, JSON.stringify({ suspensions: suspensions.map(serializeSuspension) })),
  );
};

/** The actor's id stands percent-encoded in the path, or in the query: of `.` and `..` a client makes another path. */
export const reinstateActor: Operation = async (exchange) => {
  const { request } = exchange;
  const bare = request.headers['content-type'] === undefined && Number(request.headers['content-length'] ?? 0) === 0;
  await (bare ? sendReinstatement(exchange, {}) : withBody(actorSchemas.reinstate, sendReinstatement)(exchange));
};

async function sendReinstatement(exchange: HttpExchange, said: { readonly comment?: string }): Promise<void> {
  const { gateway, caller, pathParameter: subject, query, response } = exchange;
  const actor = decodeParameter(subject === '' ? query.slice('actor='.length).replaceAll('+', ' ') : subject);
  if (actor === undefined)
    return sendDenial(response, {
      denied: deny(
        'INVALID_REQUEST',
        `The actor in the ${subject === '' ? 'query' : 'path'} is not percent-encoded UTF-8.`,
        { reason: 'request.actor' },
      ),
    });
  await sendOutcome(exchange, await gateway.reinstate({ ...caller, ...said, actor }), (value) =>
    send(response, 200, JSON.stringify(serializeReinstatement(value))),
  );
}

function decodeParameter(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
