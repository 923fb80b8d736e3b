import { readBody } from '../../mount/body.js';
import { check, type Form } from '../../mount/check.js';
import type { Exchange, Operation } from './exchange.js';
import { refuse } from './reply.js';

/** An operation that takes a body of this form. */
export function withBody<T>(expected: Form<T>, operation: (exchange: Exchange, body: T) => Promise<void>): Operation {
  return async (exchange) => {
    const body = await readBody(exchange.request);
    if (body === 'gone') return;
    const checked = 'denied' in body ? body : check(expected, body.value);
    if ('denied' in checked) refuse(exchange.response, checked);
    else await operation(exchange, checked.value);
  };
}
