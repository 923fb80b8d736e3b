import { deny, readOptions, visibleText, type OptionNames, type Plugin } from '../core/index.js';
import { assertOption } from './assert-option.js';

const pluginName = 'require-reason';

export interface RequireReason {
  /**
   * Fewest characters of the reason as it is seen: what is invisible does not count, and blanks side by side count as
   * one. Default 10.
   */
  readonly minLength?: number;
  /**
   * Must match somewhere in the reason, such as `/\bOPS-\d{1,9}\b/`. The operator's own, run on at most 1,000
   * characters.
   */
  readonly pattern?: RegExp;
  /** Shown to who is refused: what to write. */
  readonly hint?: string;
}

const optionNames: OptionNames<RequireReason> = { minLength: true, pattern: true, hint: true };

/**
 * Denies to open a session whose reason is too short or lacks a pattern, such as a ticket. Throws CONFIG_INVALID for
 * invalid options.
 */
export function requireReason(options: RequireReason = {}): Plugin {
  const {
    minLength = 10,
    pattern,
    hint = `Give a reason of at least ${minLength} characters.`,
  } = readOptions<RequireReason>(options, optionNames, pluginName);
  assertOption(
    Number.isInteger(minLength) && minLength >= 1 && minLength <= 1_000,
    pluginName,
    'minLength is 1 to 1,000',
  );
  assertOption(pattern === undefined || pattern instanceof RegExp, pluginName, 'pattern is a RegExp');
  // A copy without `g` and `y`: those would remember where the last reason matched.
  const wanted = pattern === undefined ? undefined : new RegExp(pattern.source, pattern.flags.replace(/[gy]/g, ''));
  return {
    name: pluginName,
    setup(host) {
      host.guard('identity', ({ asked }) => {
        if (!('reason' in asked)) return undefined;
        const reason = visibleText(asked.reason);
        return reason.length >= minLength && (wanted === undefined || wanted.test(reason))
          ? undefined
          : deny('GUARDED', 'The reason does not say enough.', { hint });
      });
    },
  };
}
