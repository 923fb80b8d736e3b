import { expect, it } from 'vitest';
import { clientOf, freshTopic, makeTopics, withBroker } from '../../support/kafka/index.js';
const broker = withBroker();
it.skipIf(broker.missing)('answers', async () => {
  const topic = freshTopic();
  await makeTopics(broker.cluster, topic);
  const producer = clientOf(broker.cluster.brokers).producer({ idempotent: true, maxInFlightRequests: 1 });
  await producer.connect();
  const sent = await producer.send({ topic: `${topic}.events`, acks: -1, messages: [{ key: 'a', value: 'b' }] });
  expect(sent[0]?.errorCode).toBe(0);
  await producer.disconnect();
});
