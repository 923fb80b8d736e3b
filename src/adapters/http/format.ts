import type { DeliveryMessage } from '../../core/index.js';

/**
 * What became of one message: `taken` also where it was there already, `again` may be tried again, `poison` is refused
 * for what it is, `refused` for who asks or where.
 */
export interface MessageResult {
  readonly fate: 'taken' | 'again' | 'poison' | 'refused';
  /** A code of the receiver, never a text of it. */
  readonly reason?: string;
}

/** How a receiver wants the record, and how it says that it has it. */
export interface HttpFormat {
  readonly contentType: string;
  /** The scheme of the `authorization` header. */
  readonly scheme: string;
  /** Where it is sent. */
  address(url: URL): URL;
  /** One message's part of a body; the parts are joined as they are. Undefined for what it leaves out. */
  encode(message: DeliveryMessage): string | undefined;
  /**
   * What a 2xx says of each message, in their order. Undefined where it says nothing that can be understood; absent
   * where the status says it all.
   */
  answered?(body: unknown, count: number): readonly MessageResult[] | undefined;
  /** What another status says with its body; undefined leaves it to the status. */
  failed?(status: number, body: unknown): MessageResult | undefined;
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
