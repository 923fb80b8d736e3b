import type { Notifier } from '../../core/index.js';
import { classifyResponse, Outbox, type DeliveryResult } from '../../http/client/outbox.js';
import { createMessage } from './message.js';
import { resolveSettings, type WebhookSettings, type WebhookOptions } from './options.js';
import { signMessage } from './signature.js';

export type { OnDropped, PageAddress } from '../../http/client/notifier-options.js';
export type { WebhookOptions } from './options.js';

const concurrency = 4;

/**
 * Posts each notice as JSON, signed as Standard Webhooks 1.0 has it, until the receiver answers 2xx: again after 408,
 * 425, 429, 5xx and what breaks off, as
 * `Retry-After` asks; never after any other status or a redirect. At least once, in no promised order: `webhook-id`
 * stays the same. Throws CONFIG_INVALID.
 */
export function webhook(options: WebhookOptions): Notifier {
  const settings = resolveSettings(options);
  const outbox = new Outbox({ ...settings.outbox, concurrency });
  return {
    async notify(notice, signal) {
      const body = createMessage(notice, settings.resolveLink(notice));
      const why = await outbox.send((ending) => postMessage(notice.id, body, settings, ending), signal);
      if (why !== undefined) settings.onDropped(notice, why);
    },
  };
}

/** Signed anew for each attempt: a receiver takes no message that is older than a few minutes. */
async function postMessage(
  id: string,
  body: string,
  { url, keys }: WebhookSettings,
  signal: AbortSignal,
): Promise<DeliveryResult> {
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    signal,
    body,
    headers: { 'content-type': 'application/json', ...signMessage(keys, id, Date.now(), body) },
  });
  await response.body?.cancel();
  return response.ok ? { fate: 'taken' } : classifyResponse(response);
}
