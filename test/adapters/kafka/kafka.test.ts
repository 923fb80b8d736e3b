import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kafka, type KafkaOptions } from '../../../src/adapters/kafka/index.js';
import { localKeys, ocsf } from '../../../src/adapters/ocsf/index.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import type { AuditEvent, AuditLog } from '../../../src/core/index.js';
import { journal } from '../../../src/adapters/journal/journal.js';
import { clientOf, freshTopic, makeTopics, withBroker } from '../../support/kafka/index.js';
import { drained, eventsOf, judged, orderHolds } from './read-topics.js';

const broker = withBroker();
const place = (): string => mkdtempSync(join(tmpdir(), 'kafka-sink-'));
const keysOf = (directory: string): unknown => JSON.parse(readFileSync(join(directory, 'jwks.json'), 'utf8'));
const running = (session: number, statement: number, more: Partial<AuditEvent> = {}): AuditEvent =>
  sampleEvent('statement.executed', { session: `s-${session}`, statement: `t-${session}-${statement}`, ...more });

async function shipped(
  options: Partial<KafkaOptions> = {},
  config: Readonly<Record<string, string>> = {},
): Promise<{ readonly directory: string; readonly prefix: string; readonly log: AuditLog }> {
  const [directory, prefix] = [place(), freshTopic()];
  await makeTopics(broker.cluster, prefix, 3, config);
  const log = await journal({
    directory,
    ship: kafka({ client: clientOf(broker.cluster.brokers), prefix, ...options }),
    degradedAfterMs: 300,
  });
  return { directory, prefix, log };
}

describe.skipIf(broker.missing)('the record on a real broker', () => {
  it('arrives whole, in order within each session, sealed and valid', async () => {
    const { directory, prefix, log } = await shipped();
    for (let turn = 0; turn < 40; turn += 1)
      await Promise.all(Array.from({ length: 25 }, (_, session) => log.append(running(session, turn))));
    await log.close?.();
    const records = await drained(broker.cluster.brokers, prefix, ['events', 'checkpoints']);
    const events = eventsOf(records.filter(({ topic }) => topic.endsWith('.events')));
    expect(events).toHaveLength(1_000);
    expect(new Set(records.map(({ partition }) => partition)).size).toBe(3);
    expect(orderHolds(events)).toBe(true);
    expect(await judged(records, keysOf(directory))).toMatchObject({ verdict: 'ok', events: 1_000, duplicates: 0 });
  });

  it("carries CloudEvents attributes, the operator's own headers, the time of the event and the session as key", async () => {
    const { prefix, log } = await shipped({ headers: { sourcetype: 'ocsf:sallyport' } });
    const event = running(1, 1, { at: 1_790_000_000_123 });
    await log.append(event);
    await log.append(sampleEvent('gateway.stopped'));
    await log.close?.();
    const consumer = clientOf(broker.cluster.brokers).consumer({ groupId: freshTopic() });
    await consumer.connect();
    await consumer.subscribe({ topics: [`${prefix}.events`, `${prefix}.checkpoints`], fromBeginning: true });
    const got: { topic: string; key?: string; timestamp: string; headers: Record<string, string> }[] = [];
    await consumer.run({
      eachMessage: async ({ topic, message }) => {
        got.push({
          topic,
          key: message.key?.toString() ?? '',
          timestamp: message.timestamp,
          headers: Object.fromEntries(
            Object.entries(message.headers ?? {}).map(([name, value]) => [name, String(value)]),
          ),
        });
      },
    });
    await expect.poll(() => got.length).toBe(3);
    await consumer.disconnect();
    const [executed] = got.filter(({ key }) => key === 's-1');
    expect(executed).toMatchObject({
      timestamp: '1790000000123',
      headers: {
        'content-type': 'application/json',
        ce_specversion: '1.0',
        ce_id: event.id,
        ce_type: 'dev.sallyport.statement.executed.v1',
        ce_subject: 's-1',
        ce_time: '2026-09-21T14:13:20.123Z',
        ocsf_class_uid: '6005',
        sourcetype: 'ocsf:sallyport',
      },
    });
    const checkpoint = got.find(({ topic }) => topic.endsWith('.checkpoints'));
    expect(checkpoint?.headers).toMatchObject({
      'content-type': 'application/jose',
      ce_type: 'dev.sallyport.checkpoint.v1',
      sourcetype: 'ocsf:sallyport',
    });
    const stopped = got.find(({ headers }) => headers['ce_type'] === 'dev.sallyport.gateway.stopped.v1');
    expect(stopped?.key).toBe(checkpoint?.key);
  });

  it('the text of a statement goes to its own topic, or nowhere', async () => {
    const text = "SELECT * FROM orders WHERE name = 'Zoë'";
    for (const sqltext of [undefined, false] as const) {
      const directory = place();
      const prefix = freshTopic();
      await makeTopics(broker.cluster, prefix);
      const log = await journal({
        directory,
        ship: kafka({
          client: clientOf(broker.cluster.brokers),
          prefix,
          ...(sqltext === undefined ? {} : { topics: { sqltext } }),
        }),
      });
      await log.append(
        sampleEvent('statement.authorized', {
          session: 's',
          statement: 't',
          data: { sql: 'SELECT * FROM orders WHERE name = ?', recorded: 'full' },
          text,
        }),
      );
      // Closing waits only so long for a broker that is slow to begin.
      if (sqltext === undefined)
        await expect
          .poll(async () => (await drained(broker.cluster.brokers, prefix, ['sqltext'])).length, { timeout: 60_000 })
          .toBe(1);
      await log.close?.();
      const texts = await drained(broker.cluster.brokers, prefix, ['sqltext']);
      expect(texts.map(({ value }) => (JSON.parse(value as string) as { text: string }).text)).toEqual(
        sqltext === undefined ? [text] : [],
      );
      expect(
        JSON.stringify(await drained(broker.cluster.brokers, prefix, ['events', 'checkpoints', 'dlq'])),
      ).not.toContain('Zoë');
    }
  });

  it('a megabyte of SQL arrives in parts that make it again, and the event stays small', async () => {
    const { prefix, log } = await shipped();
    const text = `SELECT '${'ä😀'.repeat(170_000)}'`;
    expect(Buffer.byteLength(text)).toBeGreaterThan(1_000_000);
    await log.append(
      sampleEvent('statement.authorized', {
        session: 's',
        statement: 't',
        data: { sql: `SELECT ? ${'x'.repeat(1_000_000)}`, recorded: 'full' },
        text,
      }),
    );
    await log.close?.();
    const parts = (await drained(broker.cluster.brokers, prefix, ['sqltext'])).map(
      ({ value }) => JSON.parse(value as string) as { text: string; part: number; of: number; statement: string },
    );
    expect(parts.map(({ part }) => part)).toEqual(parts.map((_, index) => index + 1));
    expect([parts.at(-1)?.of, parts.map((part) => part.text).join('') === text]).toEqual([parts.length, true]);
    const [event] = await drained(broker.cluster.brokers, prefix);
    expect(event?.value?.length).toBeLessThan(12_000);
    expect(await drained(broker.cluster.brokers, prefix, ['dlq'])).toEqual([]);
  });

  it('what the broker finds too large stands there as a stub, whole in the dead letters, and the others arrive', async () => {
    const { directory, prefix, log } = await shipped({}, { 'max.message.bytes': '30000' });
    const admin = clientOf(broker.cluster.brokers).admin();
    await admin.connect();
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: `${prefix}.dlq`, configEntries: [{ name: 'max.message.bytes', value: '1000000' }] }],
    });
    await admin.disconnect();
    const large = running(1, 2, {
      data: {
        reads: Array.from({ length: 1_000 }, (_, index) => `ACME.OPS.A_TABLE_WITH_A_LONG_NAME_${index}`),
        queryId: 'q-1',
      },
    });
    await log.append(running(1, 1));
    await log.append(large);
    for (let turn = 3; turn < 60; turn += 1) await log.append(running(1, turn));
    await log.close?.();
    const records = await drained(broker.cluster.brokers, prefix, ['events', 'checkpoints']);
    const stub = eventsOf(records.filter(({ topic }) => topic.endsWith('.events'))).find(
      ({ metadata }) => metadata.is_truncated,
    );
    expect(stub).toMatchObject({
      metadata: { uid: large.id, sequence: 2, untruncated_size: expect.any(Number) as number },
      unmapped: { sallyport: { data: { queryId: 'q-1' } } },
    });
    expect(stub?.unmapped.sallyport.data).not.toHaveProperty('reads');
    expect(await judged(records, keysOf(directory))).toMatchObject({
      verdict: 'incomplete',
      events: 59,
      chains: [{ truncated: 1, problems: [{ kind: 'stub' }] }],
    });
    const letters = await drained(broker.cluster.brokers, prefix, ['dlq']);
    expect(await judged([...records, ...letters], keysOf(directory))).toMatchObject({
      verdict: 'ok',
      events: 59,
      duplicates: 1,
    });
    const [letter] = eventsOf(letters);
    expect(letter?.unmapped.sallyport.data['reads']).toHaveLength(1_000);
  });

  it('what is larger than maxMessageBytes is not tried, and the dead letters get the stub too', async () => {
    const { prefix, log } = await shipped({ maxMessageBytes: 20_000, topics: { sqltext: false } });
    await log.append(
      running(1, 1, {
        data: { reads: Array.from({ length: 1_000 }, (_, index) => `ACME.OPS.A_TABLE_WITH_A_LONG_NAME_${index}`) },
      }),
    );
    await log.close?.();
    for (const kind of ['events', 'dlq'] as const) {
      const [only, ...more] = eventsOf(await drained(broker.cluster.brokers, prefix, [kind]));
      expect([only?.metadata.is_truncated, more]).toEqual([true, []]);
    }
  });

  it('a topic that is not there stops the shipping, is told, and nothing is lost when it comes', async () => {
    const [directory, prefix] = [place(), freshTopic()];
    const log = await journal({
      directory,
      ship: kafka({ client: clientOf(broker.cluster.brokers), prefix }),
      degradedAfterMs: 100,
    });
    for (let turn = 0; turn < 5; turn += 1) await log.append(running(1, turn));
    const degraded = (): boolean =>
      readFileSync(join(directory, 'journal-00000001.jsonl'), 'utf8').includes('"audit.degraded"');
    await expect.poll(degraded).toBe(true);
    await makeTopics(broker.cluster, prefix);
    const codes = async (): Promise<string[]> =>
      eventsOf(await drained(broker.cluster.brokers, prefix)).map(({ metadata }) => metadata.event_code);
    await expect
      .poll(codes, { timeout: 40_000, interval: 1_000 })
      .toEqual(
        expect.arrayContaining([...Array<string>(5).fill('statement.executed'), 'audit.degraded', 'audit.recovered']),
      );
    await log.close?.();
    expect(
      await judged(await drained(broker.cluster.brokers, prefix, ['events', 'checkpoints']), keysOf(directory)),
    ).toMatchObject({ verdict: 'ok' });
  });

  it('goes on from the cursor: a later start sends what is new, the same directory with another name all of it', async () => {
    const { directory, prefix, log } = await shipped();
    await log.append(running(1, 1));
    await log.close?.();
    for (const name of ['kafka', 'other']) {
      const again = await journal({
        directory,
        ship: kafka({ client: clientOf(broker.cluster.brokers), prefix, name }),
      });
      await again.append(running(1, 2));
      await again.close?.();
    }
    const events = eventsOf(await drained(broker.cluster.brokers, prefix));
    expect(events.map(({ unmapped }) => unmapped.sallyport.statement)).toEqual([
      't-1-1',
      't-1-2',
      't-1-1',
      't-1-2',
      't-1-2',
    ]);
  });

  it('older OCSF arrives as well sealed as the newest', async () => {
    const [directory, prefix] = [place(), freshTopic()];
    await makeTopics(broker.cluster, prefix);
    const log = await journal({
      directory,
      format: ocsf({ ...(await localKeys({ directory })), version: '1.1.0' }),
      ship: kafka({ client: clientOf(broker.cluster.brokers), prefix }),
    });
    for (let turn = 0; turn < 10; turn += 1) await log.append(running(1, turn));
    await log.close?.();
    expect(
      await judged(await drained(broker.cluster.brokers, prefix, ['events', 'checkpoints']), keysOf(directory)),
    ).toMatchObject({ verdict: 'ok', events: 10 });
  });
});
