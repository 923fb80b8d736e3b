import { acquireBodySlot } from '../../http/server/body-slots.js';
import { isWithinLength, isUnread, readBody, shortBodyLimit, type BodyResult } from '../../http/server/read-body.js';
import { validateInput, type InputSchema } from '../../http/server/validate-input.js';
import type { HttpExchange, Operation } from './http-exchange.js';
import { sendDenial, sendOutcome } from './send-response.js';

/**
 * An operation that takes a body of this form. `always`: a short one is read however much its caller asks, since the
 * gateway itself knows what may not be put off.
 */
export function withBody<T>(
  expected: InputSchema<T>,
  operation: (exchange: HttpExchange, body: T) => Promise<void>,
  always = false,
): Operation {
  return async (exchange) => {
    const body = await readCallerBody(exchange, always);
    if (body === undefined || body === 'gone') return;
    const checked = 'denied' in body ? body : validateInput(expected, body.value);
    if ('denied' in checked) sendDenial(exchange.response, checked);
    else await operation(exchange, checked.value);
  };
}

/**
 * The body, once its caller is known: before that nothing of it is held in memory. Undefined where that was answered.
 * One that the host has read is there already.
 */
async function readCallerBody(exchange: HttpExchange, always: boolean): Promise<BodyResult | undefined> {
  const { gateway, caller, request, response, signal } = exchange;
  if (!isUnread(request)) return readBody(request);
  const outcome = await gateway.identify(caller, signal);
  if (outcome.status === 'completed') {
    const leave = acquireBodySlot(gateway, outcome.value);
    if (typeof leave === 'function') return readBody(request).finally(leave);
    discardBody(exchange);
    sendDenial(response, { denied: leave });
    return undefined;
  }
  if (
    always &&
    outcome.status === 'denied' &&
    outcome.code === 'RATE_LIMITED' &&
    isWithinLength(request, shortBodyLimit)
  )
    return readBody(request);
  discardBody(exchange);
  await sendOutcome(exchange, outcome, () => undefined);
  return undefined;
}

/**
 * The rest of a body is passed over, so that a client that still sends it can read the answer; for one that is too long
 * that is not worth it.
 */
function discardBody({ request, response }: HttpExchange): void {
  if (!isWithinLength(request)) response.setHeader('connection', 'close');
}
