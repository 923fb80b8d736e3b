import { Kafka } from 'kafkajs';
import { describe, expect, expectTypeOf, it } from 'vitest';
import {
  kafka,
  type KafkaClient,
  type KafkaOptions,
  type KafkaReadClient,
  type TopicMessages,
} from '../../../src/adapters/kafka/index.js';
import { checkpoint, never, parcels, refusal, text } from '../delivery-messages.js';

type Fault = (batch: readonly TopicMessages[], time: number) => unknown;

interface Fake extends KafkaClient {
  readonly sent: TopicMessages[][];
  readonly producers: () => number;
  /** How many are connected now. */
  readonly connected: () => number;
}

/** A client that fails as it is told to: for what a broker cannot be made to do. */
function fake(fault: Fault = () => undefined): Fake {
  const sent: TopicMessages[][] = [];
  let [made, time] = [0, 0];
  const left = new Set<number>();
  return {
    sent,
    producers: () => made,
    connected: () => left.size,
    producer: () => {
      made += 1;
      const own = made;
      return {
        connect: async () => void left.add(own),
        disconnect: async () => void left.delete(own),
        async sendBatch({ topicMessages = [] }) {
          time += 1;
          const error = await fault(topicMessages, time);
          left.add(own); // As kafkajs connects again, whoever ended it meanwhile.
          if (error !== undefined) throw error;
          sent.push(topicMessages);
          return [];
        },
      };
    },
  };
}

/** As kafkajs tells it: the protocol's code on the cause. */
const refusedBy = (type: string): Error =>
  Object.assign(new Error('gave up'), {
    name: 'KafkaJSNumberOfRetriesExceeded',
    cause: Object.assign(new Error('no, password hunter2'), { name: 'KafkaJSProtocolError', type }),
  });
const keysOf = ({ sent }: Fake): string[] =>
  sent
    .flat()
    .flatMap(({ topic, messages }) =>
      messages.map(({ headers }) => `${topic.split('.').at(-1)}:${headers['ce_id'] ?? ''}`),
    );
const holding = (batch: readonly TopicMessages[], id: string): boolean =>
  batch.some(
    ({ topic, messages }) =>
      topic.endsWith('.events') &&
      messages.some(({ headers, value }) => headers['ce_id'] === id && !value.includes('stub')),
  );
const stubbed = { stub: () => '{"stub":true}' };

describe('a client that fails', () => {
  it('is thrown away, and a new one takes the same again', async () => {
    const client = fake((_batch, time) => (time === 1 ? refusedBy('OUT_OF_ORDER_SEQUENCE_NUMBER') : undefined));
    const sink = kafka({ client });
    expect(await refusal(sink, parcels(3))).toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      detail: { reason: 'OUT_OF_ORDER_SEQUENCE_NUMBER' },
    });
    await sink.deliver(parcels(3), never);
    await sink.deliver(parcels(3), never);
    expect([client.producers(), client.connected()]).toEqual([2, 1]);
    expect(keysOf(client)).toEqual([
      'events:e-1',
      'events:e-2',
      'events:e-3',
      'events:e-1',
      'events:e-2',
      'events:e-3',
    ]);
  });

  it.each([
    'TOPIC_AUTHORIZATION_FAILED',
    'SASL_AUTHENTICATION_FAILED',
    'UNKNOWN_TOPIC_OR_PARTITION',
    'NOT_ENOUGH_REPLICAS',
    'A_CODE_OF_TOMORROW',
  ])('%s stops the shipping: nothing is passed over, and no stub is made', async (type) => {
    const client = fake(() => refusedBy(type));
    const error = await refusal(kafka({ client }), parcels(4, stubbed));
    expect(error).toMatchObject({ code: 'AUDIT_UNAVAILABLE', detail: { reason: type } });
    expect(JSON.stringify([error, (error as Error).message])).not.toContain('hunter2');
    expect(client.sent).toEqual([]);
  });

  it.each(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE', 'INVALID_RECORD'])(
    '%s is traced to the one at fault, which becomes a stub, and whole a dead letter',
    async (type) => {
      const client = fake((batch) => (holding(batch, 'e-5') ? refusedBy(type) : undefined));
      await kafka({ client }).deliver(parcels(9, stubbed), never);
      expect(keysOf(client).filter((each) => each.startsWith('events'))).toEqual(
        ['e-1', 'e-2', 'e-3', 'e-4', 'e-5', 'e-6', 'e-7', 'e-8', 'e-9'].map((id) => `events:${id}`),
      );
      const letters = client.sent
        .flat()
        .filter(({ topic }) => topic.endsWith('.dlq'))
        .flatMap(({ messages }) => messages);
      expect(letters).toMatchObject([
        { value: parcels(9)[4]?.value, headers: { sallyport_topic: 'sallyport.audit.events', sallyport_reason: type } },
      ]);
    },
  );

  it('a stub that is refused too, or one that there is not, stops the shipping', async () => {
    expect(
      await refusal(
        kafka({
          client: fake((batch) =>
            batch.some(({ topic }) => topic.endsWith('.events')) ? refusedBy('INVALID_RECORD') : undefined,
          ),
        }),
        parcels(1, stubbed),
      ),
    ).toMatchObject({ detail: { reason: 'INVALID_RECORD' } });
    expect(await refusal(kafka({ client: fake(() => refusedBy('INVALID_RECORD')) }), parcels(1))).toMatchObject({
      detail: { reason: 'INVALID_RECORD' },
    });
  });

  it('that hangs is left at once when the delivery is given up, and by itself after a time', async () => {
    const client = fake(() => new Promise(() => undefined));
    const given = new AbortController();
    const ended = refusal(kafka({ client }), parcels(1), given.signal);
    given.abort(new Error('enough'));
    expect(await ended).toMatchObject({ message: 'enough' });
    expect(await refusal(kafka({ client, timeoutMs: 20 }), parcels(1))).toMatchObject({
      detail: { reason: 'TimeoutError' },
    });
    expect(client.connected()).toBe(0);
  });

  it('that comes back after it was left is ended again', async () => {
    const late = new EventTarget();
    const client = fake(
      () => new Promise((resolve) => late.addEventListener('now', () => resolve(refusedBy('REQUEST_TIMED_OUT')))),
    );
    expect(await refusal(kafka({ client, timeoutMs: 20 }), parcels(1))).toMatchObject({
      detail: { reason: 'TimeoutError' },
    });
    late.dispatchEvent(new Event('now'));
    await expect.poll(() => client.connected()).toBe(0);
  });

  it('that throws something odd, or cannot connect', async () => {
    expect(await refusal(kafka({ client: fake(() => 'a text') }), parcels(1))).toMatchObject({
      detail: { reason: 'unknown' },
    });
    const client: KafkaClient = {
      producer: () => ({
        ...fake().producer(),
        connect: () => Promise.reject(Object.assign(new Error('x'), { name: 'KafkaJSConnectionError' })),
      }),
    };
    expect(await refusal(kafka({ client }), parcels(1))).toMatchObject({
      detail: { reason: 'KafkaJSConnectionError' },
    });
  });
});

describe('what is sent', () => {
  it('goes in batches of bounded size, each kind to its topic', async () => {
    const client = fake();
    await kafka({ client, prefix: 'x', maxMessageBytes: 250_000 }).deliver(
      [text, ...parcels(900, { value: `"${'y'.repeat(1_000)}"` }), checkpoint],
      never,
    );
    expect(client.sent.length).toBeGreaterThan(3);
    expect(new Set(client.sent.flat().map(({ topic }) => topic))).toEqual(
      new Set(['x.sqltext', 'x.events', 'x.checkpoints']),
    );
  });

  it('nothing, when there is nothing', async () => {
    const client = fake();
    await kafka({ client, topics: { sqltext: false } }).deliver([text], never);
    expect([client.sent, client.producers()]).toEqual([[], 0]);
  });

  it.each<Partial<KafkaOptions>>([
    { client: undefined as never },
    { client: {} as never },
    { prefix: 'no spaces' },
    { topics: { events: 'a', checkpoints: 'a' } },
    { topics: { dlq: '..' } },
    { maxMessageBytes: 5 },
    { maxMessageBytes: 249_999 },
    { maxMessageBytes: 9_999, topics: { sqltext: false } },
    { timeoutMs: 0 },
    { headers: { x: 1 as never } },
  ])('%j is a wrong configuration', (more) => {
    expect(() => kafka({ client: fake(), ...more })).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error,
    );
  });
});

it('kafkajs has the shape that is asked for', () => {
  expectTypeOf<Kafka>().toExtend<KafkaClient>();
  expectTypeOf<Kafka>().toExtend<KafkaReadClient>();
  expect(() => kafka({ client: new Kafka({ brokers: ['127.0.0.1:9'] }) })).not.toThrow();
});
