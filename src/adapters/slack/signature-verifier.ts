import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { deny, type Clock, type Denied } from '../../core/index.js';

const [windowSeconds, maxRemembered] = [300, 10_000];

/** Knows Slack's requests by their signatures ("Verifying requests from Slack", version v0), and takes each once. */
export class SignatureVerifier {
  readonly #secret: string;
  readonly #clock: Clock;
  /** When each was sent, epoch seconds, in the order they came. */
  readonly #remembered = new Map<string, number>();

  constructor(secret: string, clock: Clock) {
    this.#secret = secret;
    this.#clock = clock;
  }

  /** Why this is not a new request of Slack's; undefined when it is. */
  verify(headers: IncomingHttpHeaders, body: Buffer): Denied | undefined {
    const [signature, timestamp] = [String(headers['x-slack-signature']), String(headers['x-slack-request-timestamp'])];
    if (!/^v0=[0-9a-f]{64}$/.test(signature) || !/^\d{1,12}$/.test(timestamp))
      return denyUnauthenticated('slack.unsigned', 'The request is not signed as Slack signs.');
    const now = this.#clock.now() / 1_000;
    const sent = Number(timestamp);
    if (Math.abs(now - sent) > windowSeconds)
      return denyUnauthenticated(
        'slack.timestamp',
        `The request was signed more than ${windowSeconds} seconds ago, or in the future.`,
      );
    const expected = createHmac('sha256', this.#secret).update(`v0:${timestamp}:`).update(body).digest();
    if (!timingSafeEqual(expected, Buffer.from(signature.slice(3), 'hex')))
      return denyUnauthenticated('slack.signature', 'The signature does not match.');
    return this.#isFirst(signature, sent, now)
      ? undefined
      : denyUnauthenticated('slack.replay', 'The request came before.');
  }

  /** When no more can be remembered, nothing more is taken: only Slack itself can fill this. */
  #isFirst(signature: string, sent: number, now: number): boolean {
    for (const [each, at] of this.#remembered) {
      if (at + windowSeconds >= now) break;
      this.#remembered.delete(each);
    }
    if (this.#remembered.has(signature) || this.#remembered.size >= maxRemembered) return false;
    this.#remembered.set(signature, sent);
    return true;
  }
}

function denyUnauthenticated(reason: string, message: string): Denied {
  return deny('UNAUTHENTICATED', message, { reason });
}
