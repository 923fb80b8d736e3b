import { takeBody } from '../../mount/bodies.js';
import { isShort, isUnread, readBody, shortBody, type Body } from '../../mount/body.js';
import { check, type Form } from '../../mount/check.js';
import type { Exchange, Operation } from './exchange.js';
import { refuse, reply } from './reply.js';

/** An operation that takes a body of this form. `always`: a short one is read however much its caller asks, since the gateway itself knows what may not be put off. */
export function withBody<T>(expected: Form<T>, operation: (exchange: Exchange, body: T) => Promise<void>, always = false): Operation {
  return async (exchange) => {
    const body = await bodyOf(exchange, always);
    if (body === undefined || body === 'gone') return;
    const checked = 'denied' in body ? body : check(expected, body.value);
    if ('denied' in checked) refuse(exchange.response, checked);
    else await operation(exchange, checked.value);
  };
}

/** The body, once its caller is known: before that nothing of it is held in memory. Undefined where that was answered. One that the host has read is there already. */
async function bodyOf(exchange: Exchange, always: boolean): Promise<Body | undefined> {
  const { gateway, caller, request, response, signal } = exchange;
  if (!isUnread(request)) return readBody(request);
  const outcome = await gateway.identify(caller, signal);
  if (outcome.status === 'completed') {
    const leave = takeBody(gateway, outcome.value);
    if (typeof leave === 'function') return readBody(request).finally(leave);
    passOver(exchange);
    refuse(response, { denied: leave });
    return undefined;
  }
  if (always && outcome.status === 'denied' && outcome.code === 'RATE_LIMITED' && isShort(request, shortBody)) return readBody(request);
  passOver(exchange);
  await reply(exchange, outcome, () => undefined);
  return undefined;
}

/** The rest of a body is passed over, so that a client that still sends it can read the answer; for one that is too long that is not worth it. */
function passOver({ request, response }: Exchange): void {
  if (!isShort(request)) response.setHeader('connection', 'close');
}
