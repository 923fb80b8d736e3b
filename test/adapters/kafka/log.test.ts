import { describe, expect, it } from 'vitest';
import { kafkaLog, type KafkaLogOptions } from '../../../src/adapters/kafka/index.js';
import { jwkSigner, newSigningKey, ocsf, type Signer } from '../../../src/adapters/ocsf/index.js';
import { auditContract, sampleEvent } from '../../../src/core/contract/index.js';
import type { AuditLog } from '../../../src/core/index.js';
import { answering, clientOf, freshTopic, makeTopics, withBroker } from '../../support/kafka/index.js';
import { drained, eventsOf, judged, orderHolds, type Event } from './read-topics.js';

const signer = jwkSigner(newSigningKey());
const keys = { keys: [signer.publicKey] };
const broker = withBroker({ own: true });

function open(prefix: string, more: Partial<KafkaLogOptions> = {}): Promise<AuditLog> {
  return kafkaLog({
    client: clientOf(broker.cluster.brokers),
    prefix,
    format: ocsf({ authority: 'pod-0', signer }),
    timeoutMs: 5_000,
    recallMs: 365 * 86_400_000,
    ...more,
  });
}

/** What the record says of itself, in its own order, what came again left out. */
function troublesIn(events: readonly Event[]): unknown[] {
  const own = new Map(
    events
      .filter(({ metadata }) => metadata.event_code.startsWith('audit.'))
      .map((event) => [event.metadata.sequence, event]),
  );
  return [...own.values()]
    .toSorted((a, b) => a.metadata.sequence - b.metadata.sequence)
    .map(
      ({
        metadata,
        unmapped: {
          sallyport: { data },
        },
      }) => [metadata.event_code, data['cause'], data['sink']],
    );
}

describe.skipIf(broker.missing)('Kafka as the record itself', () => {
  let prefix = '';
  const subject = {
    open: async () => {
      prefix = freshTopic();
      await makeTopics(broker.cluster, prefix);
      return open(prefix);
    },
    reopen: () => open(prefix),
  };
  for (const each of auditContract(subject)) it(each.name, () => each.run(), 60_000);

  it('is one chain a start, each naming the one before, sealed at its end', async () => {
    prefix = freshTopic();
    await makeTopics(broker.cluster, prefix);
    for (let run = 0; run < 3; run += 1) {
      const log = await open(prefix);
      await Promise.all(
        Array.from({ length: 100 }, (_, turn) =>
          log.append(sampleEvent('statement.executed', { session: `s-${turn % 7}`, statement: `t-${run}-${turn}` })),
        ),
      );
      await log.close?.();
    }
    const report = await judged(await drained(broker.cluster.brokers, prefix, ['events', 'checkpoints']), keys);
    expect([...report.problems, ...report.chains.flatMap(({ problems }) => problems)]).toEqual([]);
    expect(report).toMatchObject({ verdict: 'ok', events: 300, checkpoints: 3 });
  });

  it('leaves to other writers what is theirs', async () => {
    prefix = freshTopic();
    await makeTopics(broker.cluster, prefix);
    const other = await kafkaLog({
      client: clientOf(broker.cluster.brokers),
      prefix,
      recallMs: 365 * 86_400_000,
      format: ocsf({ authority: 'pod-1', signer }),
    });
    await other.append(sampleEvent('statement.authorized', { session: 's', statement: 't' }));
    const log = await open(prefix);
    expect(await log.unresolved()).toEqual([]);
    await log.close?.();
    const again = await kafkaLog({
      client: clientOf(broker.cluster.brokers),
      prefix,
      recallMs: 365 * 86_400_000,
      format: ocsf({ authority: 'pod-1', signer }),
    });
    expect(await again.unresolved()).toHaveLength(1);
    await again.close?.();
    await other.close?.();
  });

  it('while the broker is away an intent is refused, an outcome waits, and nothing forks when it is back', async () => {
    prefix = freshTopic();
    await makeTopics(broker.cluster, prefix);
    const log = await open(prefix, { degradedAfterMs: 1_000 });
    await log.append(sampleEvent('statement.authorized', { session: 's', statement: 't' }));
    const [node] = broker.cluster.nodes;
    await node?.stop();
    const outcome = log.append(sampleEvent('statement.executed', { session: 's', statement: 't' }));
    const refused = async (): Promise<unknown> =>
      log.append(sampleEvent('statement.authorized', { session: 's', statement: 'u' })).then(
        () => 'taken',
        (error: unknown) => error,
      );
    // The first failure takes as long as a connection does; until then an intent only waits.
    await expect
      .poll(() => Promise.race([refused(), new Promise((resolve) => setTimeout(() => resolve('waits'), 200))]))
      .toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    node?.start();
    await answering(broker.cluster);
    await outcome;
    expect((await log.record('s')).events.map(({ code }) => code)).toContain('statement.executed');
    await log.close?.();
    const records = await drained(broker.cluster.brokers, prefix, ['events', 'checkpoints']);
    const report = await judged(records, keys);
    expect([...report.problems, ...report.chains.flatMap(({ problems }) => problems)]).toEqual([]);
    const events = eventsOf(records.filter(({ topic }) => topic.endsWith('.events')));
    expect(orderHolds(events)).toBe(true);
    expect(troublesIn(events)).toEqual([
      ['audit.degraded', 'receiver', 'kafka'],
      ['audit.recovered', 'receiver', 'kafka'],
    ]);
  }, 120_000);

  it('says when nobody signs its checkpoints, and when that is over', async () => {
    prefix = freshTopic();
    await makeTopics(broker.cluster, prefix, 1);
    let broken = true;
    const moody: Signer = {
      publicKey: signer.publicKey,
      sign: async (input) => (broken ? Promise.reject(new Error('no')) : signer.sign(input)),
    };
    const log = await open(prefix, { format: ocsf({ authority: 'pod-0', signer: moody }), checkpointEvents: 1 });
    const troubles = async (): Promise<unknown> =>
      troublesIn(eventsOf(await drained(broker.cluster.brokers, prefix, ['events'])));
    await log.append(sampleEvent('statement.authorized', { session: 's', statement: 't' }));
    await expect.poll(troubles, { timeout: 20_000 }).toEqual([['audit.degraded', 'signer', undefined]]);
    broken = false;
    await log.append(sampleEvent('statement.executed', { session: 's', statement: 't' }));
    await expect.poll(troubles, { timeout: 20_000 }).toEqual([
      ['audit.degraded', 'signer', undefined],
      ['audit.recovered', 'signer', undefined],
    ]);
    await log.close?.();
    expect(await judged(await drained(broker.cluster.brokers, prefix, ['events', 'checkpoints']), keys)).toMatchObject({
      verdict: 'ok',
      events: 4,
    });
  }, 120_000);

  it('refuses a time that is none', async () => {
    await expect(open('p', { degradedAfterMs: 0 })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
