import type { AuditSink, DeliveryMessage } from '../../src/core/index.js';

/** Events as a journal ships them. */
export function parcels(count: number, more: Partial<DeliveryMessage> = {}, from = 1): DeliveryMessage[] {
  return Array.from({ length: count }, (_, index) => {
    const id = `e-${from + index}`;
    return {
      kind: 'event',
      id,
      key: 's-1',
      at: 1_795_468_189_763,
      value: JSON.stringify({ metadata: { uid: id }, note: 'Zoë 😀' }),
      headers: { ce_id: id },
      ...more,
    } as const;
  });
}

export const checkpoint: DeliveryMessage = {
  kind: 'checkpoint',
  id: 'c-1',
  key: 'chain',
  at: 1_795_468_190_000,
  value: 'aaa.bbb.ccc',
  headers: {},
};
export const text: DeliveryMessage = {
  kind: 'text',
  id: 'e-1.1',
  key: 's-1',
  at: 1_795_468_189_000,
  value: '{"v":1,"id":"e-1.1","part":1,"of":1,"text":"SELECT 1"}',
  headers: {},
};

export const never = new AbortController().signal;

/** What a delivery rejects with; undefined where it resolves. */
export async function refusal(sink: AuditSink, given: readonly DeliveryMessage[], signal = never): Promise<unknown> {
  return sink.deliver(given, signal).then(
    () => undefined,
    (error: unknown) => error,
  );
}
