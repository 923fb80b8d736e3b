import { AccessError, readOptions, readSecureUrl, type OptionNames } from '../../core/index.js';
import { tellingOf, type OnDropped, type Page, type Telling } from '../../outgoing/telling.js';
import { keyOf } from './signature.js';

export interface WebhookOptions {
  /** Where to. `https`, or `http` to this machine itself. */
  readonly url: string | URL;
  /** `whsec_` and base64 of 24 to 64 bytes (Standard Webhooks); while a secret is replaced the new one and the old one, which makes a signature by each. */
  readonly secret: string | readonly string[];
  /** The address of the reviewers' page, for a `link` in the message; a function gives one for each notice. Default none. */
  readonly page?: Page;
  /** How long one attempt may take, milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /** How often a notice is tried again, with pauses that grow to 10 s. Default 8. */
  readonly retries?: number;
  /** How many notices may wait behind the four that are sent at once. Default 1,000. */
  readonly waiting?: number;
  /** Told of each notice that was given up, and why: a code, never a text of the receiver. What it throws is ignored. */
  readonly onDropped?: OnDropped;
}

export interface Settings extends Telling {
  readonly url: URL;
  readonly keys: readonly Buffer[];
}

const mostSecrets = 10;

const names: OptionNames<WebhookOptions> = { url: true, secret: true, page: true, timeoutMs: true, retries: true, waiting: true, onDropped: true };

/** The options with their defaults. Throws CONFIG_INVALID, which tells nothing of a secret. */
export function settingsOf(options: WebhookOptions): Settings {
  const { url: given, secret, ...telling } = readOptions<WebhookOptions>(options, names, 'webhook');
  const url = readSecureUrl(given, { query: true });
  if (typeof url === 'string') throw invalid(`url ${url}`);
  const keys = [secret].flat().map(keyOf);
  const usable = keys.filter((each) => each !== undefined);
  if (usable.length === 0 || usable.length < keys.length || keys.length > mostSecrets) throw invalid(`secret must be "whsec_" and base64 of 24 to 64 bytes, or up to ${mostSecrets} of these`);
  return { url, keys: usable, ...tellingOf(telling, invalid) };
}

function invalid(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `webhook: ${message}`);
}
