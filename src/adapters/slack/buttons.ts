import { createHmac, timingSafeEqual } from 'node:crypto';

export interface ButtonDecision {
  readonly decision: 'approve' | 'reject';
  readonly ticket: string;
  readonly digest: string;
}

const valuePattern = /^([\w-]{1,255})\.([0-9a-f]{64})\.([\w-]{43})$/;

/**
 * What stands in a button: which decision on which ticket and digest, sealed, so that the bot's token alone cannot
 * offer to approve what was not shown whole.
 */
export class SignedButtons {
  readonly #key: Buffer;

  constructor(signingSecret: string) {
    this.#key = createHmac('sha256', signingSecret).update('sallyport.button').digest();
  }

  createValue({ decision, ticket, digest }: ButtonDecision): string {
    return `${ticket}.${digest}.${this.#sign(decision, ticket, digest).toString('base64url')}`;
  }

  /** Undefined for a value that was not made here for this decision. */
  verifyValue(decision: ButtonDecision['decision'], value: string): ButtonDecision | undefined {
    const [, ticket = '', digest = '', seal = ''] = valuePattern.exec(value) ?? [];
    const given = Buffer.from(seal, 'base64url');
    const expected = this.#sign(decision, ticket, digest);
    return given.length === expected.length && timingSafeEqual(given, expected)
      ? { decision, ticket, digest }
      : undefined;
  }

  #sign(...said: readonly string[]): Buffer {
    return createHmac('sha256', this.#key).update(said.join('\n')).digest();
  }
}
