/**
 * Reads the record from Kafka, once each, and prints what somebody should look at. Run: npx tsx
 * examples/siem/consumer.ts HOST:PORT [TOPIC] [GROUP]
 */
import { Kafka, logLevel } from 'kafkajs';
import type { OcsfEvent } from 'sallyport/ocsf';

const [brokers = '127.0.0.1:9092', topic = 'sallyport.audit.events', groupId = 'siem-example'] = process.argv.slice(2);

/** What came lately: after an outage something may come twice. */
const seen = new Set<string>();

function isNew(id: string): boolean {
  if (seen.has(id)) return false;
  seen.add(id);
  const [oldest] = seen.size > 100_000 ? seen : [];
  if (oldest !== undefined) seen.delete(oldest);
  return true;
}

/** One line for a person. Whatever came from outside is printed as JSON, so that it cannot play with the terminal. */
function lineOf({ time, metadata, unmapped: { sallyport } }: OcsfEvent): string {
  const facts = { who: sallyport.who?.actor, for: sallyport.who?.principal, code: sallyport.data['code'], what: sallyport.data['summary'], session: metadata.correlation_uid };
  return `${new Date(time).toISOString()} ${metadata.event_code} ${JSON.stringify(facts)}\n`;
}

const consumer = new Kafka({ clientId: 'siem-example', brokers: brokers.split(','), logLevel: logLevel.ERROR }).consumer({ groupId });
await consumer.connect();
await consumer.subscribe({ topics: [topic], fromBeginning: true });
await consumer.run({
  eachMessage: async ({ message }) => {
    const event = JSON.parse(message.value?.toString() ?? 'null') as OcsfEvent | null;
    if (event !== null && isNew(event.metadata.uid) && (event.is_alert === true || event.severity_id >= 3)) process.stdout.write(lineOf(event));
  },
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void consumer.disconnect());
