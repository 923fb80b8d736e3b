import type { Notifier } from '../../core/index.js';
import { fateOf, Outbox, type Fate } from '../../outgoing/outbox.js';
import { messageOf } from './message.js';
import { settingsOf, type Settings, type WebhookOptions } from './options.js';
import { signed } from './signature.js';

export type { OnDropped, Page } from '../../outgoing/telling.js';
export type { WebhookOptions } from './options.js';

const atOnce = 4;

/**
 * Posts each notice as JSON, signed as Standard Webhooks 1.0 has it, until the receiver answers 2xx: again after 408, 425, 429, 5xx and what breaks off, as
 * `Retry-After` asks; never after any other status or a redirect. At least once, in no promised order: `webhook-id` stays the same. Throws CONFIG_INVALID.
 */
export function webhook(options: WebhookOptions): Notifier {
  const settings = settingsOf(options);
  const outbox = new Outbox({ ...settings.sending, atOnce });
  return {
    async notify(notice, signal) {
      const body = messageOf(notice, settings.linkOf(notice));
      const why = await outbox.send((ending) => post(notice.id, body, settings, ending), signal);
      if (why !== undefined) settings.onDropped(notice, why);
    },
  };
}

/** Signed anew for each attempt: a receiver takes no message that is older than a few minutes. */
async function post(id: string, body: string, { url, keys }: Settings, signal: AbortSignal): Promise<Fate> {
  const response = await fetch(url, { method: 'POST', redirect: 'error', signal, body, headers: { 'content-type': 'application/json', ...signed(keys, id, Date.now(), body) } });
  await response.body?.cancel();
  return response.ok ? { fate: 'taken' } : fateOf(response);
}
