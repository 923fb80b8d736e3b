import type { Plugin, ObservedAttributes } from '../core/index.js';
import { assertOption } from './assert-option.js';

/** A denial as it may be shown: a code and plain facts, without bind, literal or row. */
export interface DeniedNotice {
  readonly what: 'session' | 'statement';
  readonly code: string;
  readonly watched: ObservedAttributes;
}

/**
 * Tells `notify` of each denied open and statement. What it throws or how long it takes changes nothing. Throws
 * CONFIG_INVALID without a function.
 */
export function onDenied(notify: (notice: DeniedNotice) => unknown): Plugin {
  assertOption(typeof notify === 'function', 'on-denied', 'notify is a function');
  return {
    name: 'on-denied',
    setup(host) {
      host.observe(async (what, _, work) => {
        const { status, code, watched } = await work();
        if ((what === 'session' || what === 'statement') && status === 'denied')
          await notify({ what, code: code ?? 'UNKNOWN', watched });
      });
    },
  };
}
