import { execFile } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { kafka } from '../../src/adapters/kafka/index.js';
import { jwkSigner, newSigningKey, ocsf } from '../../src/adapters/ocsf/index.js';
import { sampleEvent } from '../../src/core/contract/index.js';
import type { EventCode } from '../../src/core/index.js';
import { journal } from '../../src/adapters/journal/journal.js';
import { drained, eventsOf, type Event } from '../adapters/kafka/read-topics.js';
import { rechained } from '../adapters/ocsf/chains.js';
import { ocsfSays, oursSays, there } from '../adapters/ocsf/schema-check.js';
import { sallyport } from '../cli/command.js';
import { clientOf, freshTopic, makeTopics, withBroker } from '../support/kafka/index.js';

const root = join(import.meta.dirname, '../..');
const broker = withBroker({ own: true });
const directory = mkdtempSync(join(tmpdir(), 'e2e-kafka-'));
const jwks = join(directory, 'jwks.json');
let said = '';

const at = (): string => broker.cluster.brokers.join(',');
const verify = (prefix?: string) =>
  sallyport(['audit', 'verify', '--kafka', at(), '--jwks', jwks, ...(prefix === undefined ? [] : ['--topic', prefix])]);
const reconciled = (rows: readonly object[]) => {
  const history = join(mkdtempSync(join(tmpdir(), 'history-')), 'history.jsonl');
  writeFileSync(history, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return sallyport(['audit', 'reconcile', '--kafka', at(), '--history', history]);
};

describe.skipIf(broker.missing)('npm start -- --once --kafka', () => {
  let events: readonly Event[] = [];
  let values: string[] = [];
  let seals: string[] = [];

  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(
      process.execPath,
      [
        '--import',
        'tsx',
        'examples/quickstart/main.ts',
        '--once',
        '--port',
        '0',
        '--journal',
        directory,
        '--kafka',
        at(),
      ],
      { cwd: root },
    );
    said = stdout;
    const records = await drained(broker.cluster.brokers, 'sallyport.audit');
    [values, events] = [records.map(({ value }) => value as string), eventsOf(records)];
    seals = (await drained(broker.cluster.brokers, 'sallyport.audit', ['checkpoints'])).map(
      ({ value }) => value as string,
    );
  }, 120_000);

  it('brings the whole loop, in order', () => {
    expect(events.map(({ metadata }) => metadata.event_code)).toEqual([
      'gateway.started',
      'session.requested',
      'session.opened',
      'statement.authorized',
      'statement.executed',
      'statement.denied',
      'statement.approval_requested',
      'statement.approval_decided',
      'statement.authorized',
      'statement.executed',
      'statement.replayed',
      'session.closed',
      'statement.denied',
      'gateway.stopped',
    ]);
    expect(events.map(({ metadata }) => metadata.sequence)).toEqual(events.map((_, index) => index + 1));
    expect(JSON.stringify([values, seals])).not.toMatch(/access_token|Bearer /);
  });

  it('each event fits our schema, and the one that OCSF publishes where that is at hand', () => {
    for (const event of events) {
      expect(oursSays(event.metadata.event_code as EventCode, '1.9.0', event)).toBeUndefined();
      if (there) expect(ocsfSays('1.9.0', event)).toBeUndefined();
    }
  });

  it('ends by saying how to verify it, and that command says that it is whole', async () => {
    expect(said).toContain(`npx sallyport audit verify --kafka ${at()} --jwks ${jwks}`);
    expect(await verify()).toMatchObject({
      code: 0,
      err: expect.not.stringContaining('sallyport') as string,
      out: expect.stringMatching(/OK: 14 events in 1 chain, 1 checkpoint\. Every event is sealed\.\n$/) as string,
    });
    const session = events[1]?.metadata.correlation_uid ?? '';
    expect(await sallyport(['audit', 'show', session, '--kafka', at()])).toMatchObject({
      code: 0,
      out: expect.stringContaining('session.closed') as string,
    });
  });

  it("is held against the engine's own history: what ran and is not there is named", async () => {
    const ran = events
      .filter(({ metadata }) => metadata.event_code === 'statement.executed')
      .map(
        ({
          metadata,
          time,
          unmapped: {
            sallyport: { statement, data },
          },
        }) => ({
          QUERY_ID: data['queryId'],
          QUERY_TAG: JSON.stringify({ session: metadata.correlation_uid, statement }),
          START_TIME: new Date(time).toISOString(),
          USER_NAME: 'GATE',
          QUERY_TEXT: 'SELECT 1 FROM ORDERS',
        }),
      );
    expect(await reconciled(ran)).toMatchObject({
      code: 0,
      out: expect.stringContaining('AGREE: 2 statements') as string,
    });
    expect(await reconciled([...ran, { ...ran[0], QUERY_ID: 'rogue-1', QUERY_TAG: '' }])).toMatchObject({
      code: 1,
      out: expect.stringContaining('rogue-1') as string,
    });
    expect(await reconciled(ran.slice(1))).toMatchObject({
      code: 1,
      out: expect.stringContaining(
        events.find(({ metadata }) => metadata.event_code === 'statement.executed')?.unmapped.sallyport.statement ??
          'none',
      ) as string,
    });
  });

  it.each<[string, (given: string[]) => string[], RegExp, number]>([
    [
      'edited',
      (given) => given.with(4, (given[4] as string).replace('"activity_id":4', '"activity_id":1')),
      /altered .*event 5, statement\.executed.*content is not what its fingerprint says/,
      1,
    ],
    ['deleted', (given) => given.toSpliced(4, 1), /gap .*5/, 1],
    [
      'swapped',
      (given) => given.with(3, given[4] as string).with(4, given[3] as string),
      /reordered .*event 4.*behind event 5/,
      1,
    ],
    ['duplicated', (given) => [...given, given[4] as string], /1 came again/, 0],
    [
      'duplicated with a change',
      (given) => [...given, (given[4] as string).replace('"status_id":1', '"status_id":2')],
      /altered .*event 5/,
      1,
    ],
    [
      'changed and chained anew',
      (given) => rechained(given, 4, (event) => Object.assign(event, { status_id: 2 })),
      /rewritten .*was written anew/,
      1,
    ],
    ['its end cut off', (given) => given.slice(0, -2), /cut .*/, 1],
  ])('%s: told for what it is', async (_name, change, words, code) => {
    const prefix = freshTopic();
    await makeTopics(broker.cluster, prefix, 1);
    const producer = clientOf(broker.cluster.brokers).producer();
    await producer.connect();
    await producer.sendBatch({
      topicMessages: [
        { topic: `${prefix}.events`, messages: change([...values]).map((value) => ({ value })) },
        { topic: `${prefix}.checkpoints`, messages: seals.map((value) => ({ value })) },
      ],
    });
    await producer.disconnect();
    const { out, code: ended } = await verify(prefix);
    expect(out).toMatch(words);
    expect(ended).toBe(code);
  });

  it('two gateways on one topic are told apart: each has its own chain and key, and what is done to one is said of that one', async () => {
    const prefix = freshTopic();
    await makeTopics(broker.cluster, prefix, 3);
    const keys: unknown[] = [];
    for (const authority of ['gate-a', 'gate-b']) {
      const signer = jwkSigner(newSigningKey());
      keys.push(signer.publicKey);
      const log = await journal({
        directory: mkdtempSync(join(tmpdir(), 'two-')),
        format: ocsf({ authority, signer }),
        ship: kafka({ client: clientOf(broker.cluster.brokers), prefix }),
      });
      for (let turn = 0; turn < 20; turn += 1)
        await log.append(sampleEvent('statement.delivered', { session: `s-${turn % 4}`, statement: `t-${turn}` }));
      await log.close?.();
    }
    const both = join(mkdtempSync(join(tmpdir(), 'two-keys-')), 'jwks.json');
    writeFileSync(both, JSON.stringify({ keys }));
    const judge = (topic: string) => sallyport(['audit', 'verify', '--kafka', at(), '--jwks', both, '--topic', topic]);
    expect(await judge(prefix)).toMatchObject({
      code: 0,
      out: expect.stringMatching(
        /chain w-gate-a-\S+: OK[\s\S]*chain w-gate-b-\S+: OK[\s\S]*OK: 40 events in 2 chains, 2 checkpoints/,
      ) as string,
    });
    const [records, marks] = [
      await drained(broker.cluster.brokers, prefix),
      await drained(broker.cluster.brokers, prefix, ['checkpoints']),
    ];
    const copy = freshTopic();
    await makeTopics(broker.cluster, copy, 1);
    const producer = clientOf(broker.cluster.brokers).producer();
    await producer.connect();
    const gone = records.findIndex(({ value }) => value?.includes('"gate-b"') && value.includes('"sequence":7,'));
    await producer.sendBatch({
      topicMessages: [
        {
          topic: `${copy}.events`,
          messages: records.toSpliced(gone, 1).map(({ value }) => ({ value: value as string })),
        },
        { topic: `${copy}.checkpoints`, messages: marks.map(({ value }) => ({ value: value as string })) },
      ],
    });
    await producer.disconnect();
    const { code, out } = await judge(copy);
    expect(out).toMatch(
      /chain w-gate-a-\S+: (?:OK|TAMPERED)[\s\S]*chain w-gate-b-\S+: TAMPERED[\s\S]*gap .*event 7 is absent/,
    );
    expect(code).toBe(1);
  }, 60_000);

  it('a topic that is not there, or no broker, is an input that cannot be read', async () => {
    expect(await verify('nowhere')).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringContaining('there is no topic nowhere.events') as string,
    });
    expect(await sallyport(['audit', 'verify', '--kafka', '127.0.0.1:1', '--jwks', jwks])).toMatchObject({
      code: 3,
      out: '',
      err: expect.stringMatching(/cannot be read/) as string,
    });
  });
});
