import { AccessError } from '../core/index.js';

/** Throws CONFIG_INVALID, naming the plugin and what its option must be, unless `holds`. */
export function assertOption(holds: boolean, plugin: string, what: string): asserts holds {
  if (!holds) throw new AccessError('CONFIG_INVALID', `${plugin}: ${what}`);
}
