import { setTimeout as wait } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { count, Harm } from '../chaos/fault-injection.js';
import { freshTopic, makeTopics, withBroker } from '../support/kafka/index.js';

const broker = withBroker();

/** A short form of `npm run chaos`, which kills 20 times and does worse. */
it.skipIf(broker.missing)(
  'kill -9 under 64 writers: nothing ran without a durable intent, nothing answered is lost, and the copy on Kafka is whole',
  async () => {
    const prefix = freshTopic();
    await makeTopics(broker.cluster, prefix);
    const harm = new Harm({ brokers: broker.cluster.brokers, prefix });
    for (let round = 0; round < 3; round += 1) {
      await harm.start();
      await harm.loaded(64);
      await wait(round * 150);
      await harm.end('SIGKILL');
    }
    const { executions, answers, events, duplicates, ...zeros } = await count(harm, broker.cluster);
    console.log(`  ${executions} executions, ${answers} answers, ${events} events, ${duplicates} came again`);
    expect(zeros).toEqual({
      executionsWithoutIntent: 0,
      answersWithoutOutcome: 0,
      intentsWithoutOutcome: 0,
      chainProblems: 0,
      lostOnKafka: 0,
      outOfOrder: 0,
    });
    expect(answers).toBeGreaterThan(100);
  },
  600_000,
);
