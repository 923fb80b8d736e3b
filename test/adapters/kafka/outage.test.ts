import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { kafka } from '../../../src/adapters/kafka/index.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import type { AuditLog } from '../../../src/core/index.js';
import { journal } from '../../../src/adapters/journal/journal.js';
import { caughtUp } from '../../chaos/fault-injection.js';
import { answering, clientOf, freshTopic, makeTopics, withBroker, type Broker } from '../../support/kafka/index.js';
import { drained, eventsOf, judged, orderHolds } from './read-topics.js';

const directoryOf = (): string => mkdtempSync(join(tmpdir(), 'kafka-outage-'));

interface Load {
  /** Until so many more have been written, wherever the broker is meanwhile. */
  readonly more: (count: number) => Promise<void>;
  readonly stop: () => Promise<number>;
}

/** Writes until it is told to stop: so many sessions at once, each one's statements in order. */
function load(log: AuditLog, sessions = 16): Load {
  const ended = new AbortController();
  let written = 0;
  const writers = Array.from({ length: sessions }, async (_, session) => {
    for (let turn = 0; !ended.signal.aborted; turn += 1) {
      await log.append(
        sampleEvent('statement.executed', { session: `s-${session}`, statement: `t-${session}-${turn}` }),
      );
      written += 1;
      await wait(20);
    }
  });
  return {
    more: async (count) => {
      const wanted = written + count;
      await expect.poll(() => written, { timeout: 90_000 }).toBeGreaterThanOrEqual(wanted);
    },
    stop: async () => {
      ended.abort();
      await Promise.all(writers);
      return written;
    },
  };
}

/**
 * Nothing lost, nothing out of order within a session, and what came twice has the same id: the counts stand in the
 * output.
 */
async function audited(
  { cluster: { brokers } }: Broker,
  prefix: string,
  directory: string,
  written: number,
  log: AuditLog,
): Promise<void> {
  await expect.poll(() => caughtUp(directory), { timeout: 90_000, interval: 200 }).toBe(true);
  await log.close?.();
  expect(caughtUp(directory)).toBe(true);
  const records = await drained(brokers, prefix, ['events', 'checkpoints']);
  const events = eventsOf(records.filter(({ topic }) => topic.endsWith('.events')));
  const executed = new Set(
    events.filter(({ metadata }) => metadata.event_code === 'statement.executed').map(({ metadata }) => metadata.uid),
  );
  const once = new Set(events.map(({ metadata }) => metadata.uid));
  console.log(
    `  ${written} statements written, ${written - executed.size} lost, ${events.length - once.size} events again, order ${orderHolds(events) ? 'kept' : 'BROKEN'}`,
  );
  expect([executed.size, orderHolds(events)]).toEqual([written, true]);
  const report = await judged(records, JSON.parse(readFileSync(join(directory, 'jwks.json'), 'utf8')));
  expect([...report.problems, ...report.chains.flatMap(({ problems }) => problems)]).toEqual([]);
  expect(report).toMatchObject({ verdict: 'ok', events: once.size });
}

const one = withBroker({ own: true });

describe.skipIf(one.missing)('one broker', () => {
  it.each<['SIGKILL' | 'SIGTERM', number]>([
    ['SIGKILL', 2],
    ['SIGTERM', 2],
  ])(
    'ended by %s %i times under load, and away for a while: all arrives',
    async (signal, times) => {
      const [prefix, directory] = [freshTopic(), directoryOf()];
      await makeTopics(one.cluster, prefix);
      const log = await journal({
        directory,
        ship: kafka({ client: clientOf(one.cluster.brokers), prefix, timeoutMs: 1_000 }),
      });
      const writing = load(log);
      const [node] = one.cluster.nodes;
      for (let time = 0; time < times; time += 1) {
        await writing.more(500);
        await node?.stop(signal);
        await writing.more(500);
        node?.start();
        await answering(one.cluster);
      }
      await writing.more(200);
      const written = await writing.stop();
      await audited(one, prefix, directory, written, log);
    },
    180_000,
  );

  it('frozen, so that it neither answers nor goes away: the journal goes on, and all arrives', async () => {
    const [prefix, directory] = [freshTopic(), directoryOf()];
    await makeTopics(one.cluster, prefix);
    const log = await journal({
      directory,
      ship: kafka({ client: clientOf(one.cluster.brokers), prefix, timeoutMs: 500 }),
      degradedAfterMs: 1_000,
    });
    const writing = load(log, 4);
    await writing.more(100);
    one.cluster.nodes[0]?.freeze(true);
    await expect
      .poll(() => readFileSync(join(directory, 'journal-00000001.jsonl'), 'utf8').includes('"audit.degraded"'))
      .toBe(true);
    one.cluster.nodes[0]?.freeze(false);
    const written = await writing.stop();
    await audited(one, prefix, directory, written, log);
  }, 180_000);

  it('away at the end: close does not wait for it, and the next start brings the rest', async () => {
    const [prefix, directory] = [freshTopic(), directoryOf()];
    await makeTopics(one.cluster, prefix);
    const [node] = one.cluster.nodes;
    const open = () =>
      journal({ directory, ship: kafka({ client: clientOf(one.cluster.brokers), prefix, timeoutMs: 500 }) });
    const log = await open();
    await log.append(sampleEvent('session.opened', { session: 's-1' }));
    await node?.stop();
    for (let turn = 0; turn < 20; turn += 1)
      await log.append(sampleEvent('statement.executed', { session: 's-1', statement: `t-${turn}` }));
    await log.close?.();
    node?.start();
    await answering(one.cluster);
    const again = await open();
    await audited(one, prefix, directory, 20, again);
  }, 120_000);
});

const three = withBroker({ own: true, nodes: 3 });

async function leaderOf(prefix: string): Promise<number> {
  const admin = clientOf(three.cluster.brokers).admin();
  await admin.connect();
  const { topics } = await admin.fetchTopicMetadata({ topics: [`${prefix}.events`] });
  await admin.disconnect();
  return topics[0]?.partitions[0]?.leader ?? 1;
}

describe.skipIf(three.missing)('three brokers', () => {
  it('the leader killed under load, twice: all arrives, in order', async () => {
    const [prefix, directory] = [freshTopic(), directoryOf()];
    await makeTopics(three.cluster, prefix);
    const log = await journal({
      directory,
      ship: kafka({ client: clientOf(three.cluster.brokers), prefix, timeoutMs: 2_000 }),
    });
    const writing = load(log);
    for (let time = 0; time < 2; time += 1) {
      await writing.more(500);
      const leader = await leaderOf(prefix);
      const node = three.cluster.nodes.find(({ id }) => id === leader);
      await node?.stop();
      // Longer than a request may take, so that some fail.
      await wait(3_000);
      node?.start();
      await answering(three.cluster);
    }
    const written = await writing.stop();
    await audited(three, prefix, directory, written, log);
  }, 240_000);
});
