import { AccessError, readOptions, parseSecureUrl, type OptionNames } from '../../core/index.js';
import {
  resolveNotifierOptions,
  type OnDropped,
  type PageAddress,
  type NotifierSettings,
} from '../../http/client/notifier-options.js';
import { parseSecret } from './signature.js';

export interface WebhookOptions {
  /** Where to. `https`, or `http` to this machine itself. */
  readonly url: string | URL;
  /**
   * `whsec_` and base64 of 24 to 64 bytes (Standard Webhooks); while a secret is replaced the new one and the old one,
   * which makes a signature by each.
   */
  readonly secret: string | readonly string[];
  /**
   * The address of the reviewers' page, for a `link` in the message; a function gives one for each notice. Default
   * none.
   */
  readonly page?: PageAddress;
  /** How long one attempt may take, milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** How often a notice is tried again, with pauses that grow to 10 s. Default 8. */
  readonly retries?: number;
  /** How many notices may wait behind the four that are sent at once. Default 1,000. */
  readonly waiting?: number;
  /**
   * Told of each notice that was given up, and why: a code, never a text of the receiver. What it throws is ignored.
   */
  readonly onDropped?: OnDropped;
}

export interface WebhookSettings extends NotifierSettings {
  readonly url: URL;
  readonly keys: readonly Buffer[];
}

const maxSecrets = 10;

const optionNames: OptionNames<WebhookOptions> = {
  url: true,
  secret: true,
  page: true,
  timeoutMs: true,
  retries: true,
  waiting: true,
  onDropped: true,
};

/** The options with their defaults. Throws CONFIG_INVALID, which tells nothing of a secret. */
export function resolveSettings(options: WebhookOptions): WebhookSettings {
  const { url: given, secret, ...telling } = readOptions<WebhookOptions>(options, optionNames, 'webhook');
  const url = parseSecureUrl(given, { query: true });
  if (typeof url === 'string') throw createConfigError(`url ${url}`);
  const keys = [secret].flat().map(parseSecret);
  const usable = keys.filter((each) => each !== undefined);
  if (usable.length === 0 || usable.length < keys.length || keys.length > maxSecrets)
    throw createConfigError(`secret must be "whsec_" and base64 of 24 to 64 bytes, or up to ${maxSecrets} of these`);
  return { url, keys: usable, ...resolveNotifierOptions(telling, createConfigError) };
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `webhook: ${message}`);
}
