import { isShort, isUnread, readBody } from '../../mount/body.js';
import { check, type Form } from '../../mount/check.js';
import type { Exchange, Operation } from './exchange.js';
import { refuse, reply } from './reply.js';

/** An operation that takes a body of this form. `always`: it is done however much its caller asks. */
export function withBody<T>(expected: Form<T>, operation: (exchange: Exchange, body: T) => Promise<void>, always = false): Operation {
  return async (exchange) => {
    if (!(await isKnown(exchange, always))) return;
    const body = await readBody(exchange.request);
    if (body === 'gone') return;
    const checked = 'denied' in body ? body : check(expected, body.value);
    if ('denied' in checked) refuse(exchange.response, checked);
    else await operation(exchange, checked.value);
  };
}

/** Whether the caller is known, before anything of the body is held in memory; answers where not. One that the host has read is there already. */
async function isKnown(exchange: Exchange, always: boolean): Promise<boolean> {
  const { gateway, caller, request, response, signal } = exchange;
  if (!isUnread(request)) return true;
  const outcome = await gateway.identify(caller, signal);
  if (outcome.status === 'completed' || (always && outcome.status === 'denied' && outcome.code === 'RATE_LIMITED')) return true;
  // The rest of a body is passed over, so that a client that still sends it can read the answer; for one that is too long that is not worth it.
  if (!isShort(request)) response.setHeader('connection', 'close');
  await reply(exchange, outcome, () => undefined);
  return false;
}
