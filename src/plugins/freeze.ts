import { deny, readOptions, type OptionNames, type Plugin } from '../core/index.js';
import { assertOption } from './assert-option.js';

export interface Freeze {
  /** Asked at each request. Only a clear `false` lets it pass; throwing fails the request. */
  readonly frozen: () => boolean | Promise<boolean>;
  /** Shown to who is refused. */
  readonly hint?: string;
}

const optionNames: OptionNames<Freeze> = { frozen: true, hint: true };

/**
 * Denies every open and every statement while `frozen` says so; sessions may still be closed and revoked, records read,
 * and reviewers decide. Throws CONFIG_INVALID without a function.
 */
export function freeze(options: Freeze): Plugin {
  const { frozen, hint = 'Ask again later.' } = readOptions<Freeze>(options, optionNames, 'freeze');
  assertOption(typeof frozen === 'function', 'freeze', 'frozen is a function');
  return {
    name: 'freeze',
    setup(host) {
      host.guard('identity', async () => {
        const answer: unknown = await frozen();
        return answer === false ? undefined : deny('GUARDED', 'Access is frozen for now.', { hint });
      });
    },
  };
}
