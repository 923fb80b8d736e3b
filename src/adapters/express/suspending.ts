import { deny } from '../../core/index.js';
import { reinstateBody, suspendBody } from '../../mount/asked.js';
import { form } from '../../mount/check.js';
import type { Exchange, Operation } from './exchange.js';
import { refuse, reply, send, sendLarge } from './reply.js';
import { reinstatedOf, suspensionOf } from './shown.js';
import { withBody } from './with-body.js';

/** The bodies that reviewers send about an actor. */
export const actorForms = { suspend: form(suspendBody), reinstate: form(reinstateBody) };

/** Goes on when the client leaves: who suspends means it. */
export const suspendActor: Operation = withBody(actorForms.suspend, async (exchange, { ttl, ...asked }) => {
  const { gateway, caller, response } = exchange;
  const lasting = ttl === undefined ? {} : { forMs: ttl * 1_000 };
  await reply(exchange, await gateway.suspend({ ...caller, ...asked, ...lasting }), (suspended) => send(response, 201, JSON.stringify(suspensionOf(suspended))));
}, true);

export const listSuspensions: Operation = async (exchange) => {
  const { gateway, caller, signal } = exchange;
  await reply(exchange, await gateway.suspensions(caller, signal), (suspensions) => sendLarge(exchange, JSON.stringify({ suspensions: suspensions.map(suspensionOf) })));
};

/** The actor's id stands percent-encoded in the path, or in the query: of `.` and `..` a client makes another path. */
export const reinstateActor: Operation = async (exchange) => {
  const { request } = exchange;
  const bare = request.headers['content-type'] === undefined && Number(request.headers['content-length'] ?? 0) === 0;
  await (bare ? reinstated(exchange, {}) : withBody(actorForms.reinstate, reinstated)(exchange));
};

async function reinstated(exchange: Exchange, said: { readonly comment?: string }): Promise<void> {
  const { gateway, caller, subject, query, response } = exchange;
  const actor = decoded(subject === '' ? query.slice('actor='.length).replaceAll('+', ' ') : subject);
  if (actor === undefined) return refuse(response, { denied: deny('INVALID_REQUEST', `The actor in the ${subject === '' ? 'query' : 'path'} is not percent-encoded UTF-8.`, { reason: 'request.actor' }) });
  await reply(exchange, await gateway.reinstate({ ...caller, ...said, actor }), (value) => send(response, 200, JSON.stringify(reinstatedOf(value))));
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
