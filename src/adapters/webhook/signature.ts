import { createHmac } from 'node:crypto';

const [prefix, minSecretBytes, maxSecretBytes] = ['whsec_', 24, 64];

/**
 * The bytes of a secret; undefined for what is none. Node reads base64 with forbearance, so what it read is written
 * again and compared.
 */
export function parseSecret(secret: unknown): Buffer | undefined {
  if (typeof secret !== 'string' || !secret.startsWith(prefix)) return undefined;
  const text = secret.slice(prefix.length);
  const key = Buffer.from(text, 'base64');
  return key.toString('base64') === text && key.length >= minSecretBytes && key.length <= maxSecretBytes
    ? key
    : undefined;
}

/**
 * The three headers of Standard Webhooks for one attempt: its time in whole seconds, and a `v1` signature by each key.
 */
export function signMessage(
  keys: readonly Buffer[],
  id: string,
  now: number,
  body: string,
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(now / 1_000));
  const signatures = keys.map(
    (key) => `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  );
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures.join(' ') };
}
