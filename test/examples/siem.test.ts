import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { kafka } from '../../src/adapters/kafka/index.js';
import { ocsf } from '../../src/adapters/ocsf/index.js';
import { sampleEvent } from '../../src/core/contract/index.js';
import { journal } from '../../src/adapters/journal/journal.js';
import { drivenEvents } from '../adapters/ocsf/events.js';
import { sallyport } from '../cli/command.js';
import { clientOf, freshTopic, makeTopics, withBroker } from '../support/kafka/index.js';

const root = join(import.meta.dirname, '../..');
const examples = join(root, 'examples/siem');
const broker = withBroker();
const settings = {
  SALLYPORT_BROKERS: '127.0.0.1:1',
  SALLYPORT_TOPIC: 't',
  SALLYPORT_GROUP: 'g',
  SALLYPORT_FILE: '/dev/null',
};
const works = (command: string, ...args: string[]): boolean =>
  spawnSync(command, args, { env: { ...process.env, ...settings } }).status === 0;

/** Says why a suite is left out; under CI=true that is a failure. */
function without(what: string, there: boolean): boolean {
  if (there) return false;
  if (process.env['CI'] === 'true') throw new Error(`the examples for a SIEM need ${what}`);
  console.log(`the examples for a SIEM: skipped what needs ${what}`);
  return true;
}

const noRsyslog = without(
  'rsyslog with imkafka',
  works('rsyslogd', '-N1', '-f', join(examples, 'rsyslog/sallyport.conf')),
);
const noPython = without('python3', works('python3', '--version'));

const prefix = freshTopic();
const directory = mkdtempSync(join(tmpdir(), 'siem-'));
const large = 'A_TABLE_WITH_A_LONG_NAME_';
const denied = sampleEvent('statement.denied', {
  session: 's',
  statement: 't',
  data: { code: 'OUT_OF_SCOPE', summary: 'SELECT ACME.FINANCE.PAYROLL', at: 'scope' },
});

beforeAll(async () => {
  if (broker.missing !== undefined) return;
  await makeTopics(broker.cluster, prefix);
  const sink = kafka({ client: clientOf(broker.cluster.brokers), prefix });
  // The second receiver is the same topic once more: everything comes twice.
  const log = await journal({
    directory,
    ship: [sink, kafka({ client: clientOf(broker.cluster.brokers), prefix, name: 'again' })],
  });
  for (let turn = 0; turn < 50; turn += 1)
    await log.append(sampleEvent('statement.executed', { session: `s-${turn % 5}`, statement: `t-${turn}` }));
  await log.append(
    sampleEvent('statement.executed', {
      session: 's',
      statement: 'large',
      data: { reads: Array.from({ length: 1_500 }, (_, index) => `ACME.OPS.${large}${index}`) },
    }),
  );
  await log.append(denied);
  await log.close?.();
});

/** How many events a group of consumers has not been through yet. */
async function unread(groupId: string): Promise<number> {
  const topic = `${prefix}.events`;
  const admin = clientOf(broker.cluster.brokers).admin();
  await admin.connect();
  try {
    const [ends, [read]] = [
      await admin.fetchTopicOffsets(topic),
      await admin.fetchOffsets({ groupId, topics: [topic] }),
    ];
    return ends.reduce(
      (sum, { partition, high }) =>
        sum +
        Number(high) -
        Math.max(0, Number(read?.partitions.find((each) => each.partition === partition)?.offset ?? 0)),
      0,
    );
  } finally {
    await admin.disconnect();
  }
}

describe.skipIf(broker.missing)('consumers', () => {
  it('consumer.ts prints what somebody should look at, once', async () => {
    const group = freshTopic();
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', join(examples, 'consumer.ts'), broker.cluster.brokers.join(','), `${prefix}.events`, group],
      { cwd: root },
    );
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    await expect.poll(() => out).toContain('OUT_OF_SCOPE');
    await expect.poll(() => unread(group), { timeout: 60_000, interval: 200 }).toBe(0);
    child.kill();
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(out.trim().split('\n')).toEqual([
      `${new Date(denied.at).toISOString()} statement.denied {"who":"idp:agent","for":"idp:alice","code":"OUT_OF_SCOPE","what":"SELECT ACME.FINANCE.PAYROLL","session":"s"}`,
    ]);
  });

  it.skipIf(noRsyslog)(
    'rsyslog writes each event as it was sent, the largest too, and what it wrote verifies',
    async () => {
      const work = mkdtempSync(join(tmpdir(), 'rsyslog-'));
      mkdirSync(join(work, 'state'));
      const file = join(work, 'events.jsonl');
      const child = spawn('rsyslogd', ['-n', '-i', 'NONE', '-f', join(examples, 'rsyslog/sallyport.conf')], {
        cwd: work,
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          ...process.env,
          SALLYPORT_BROKERS: broker.cluster.brokers.join(','),
          SALLYPORT_TOPIC: `${prefix}.events`,
          SALLYPORT_GROUP: freshTopic(),
          SALLYPORT_FILE: file,
        },
      });
      const lines = (): string[] => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []);
      await expect.poll(() => lines().length, { timeout: 60_000, interval: 500 }).toBe(104);
      child.kill();
      await once(child, 'close');
      const sent = readFileSync(join(directory, 'journal-00000001.jsonl'), 'utf8')
        .split('\n')
        .filter((line) => line.includes('"event_code"'));
      expect(new Set(lines())).toEqual(new Set(sent));
      expect(Math.max(...sent.map((line) => Buffer.byteLength(line)))).toBeGreaterThan(40_000);
      const { out, code } = await sallyport(['audit', 'verify', file, '--jwks', join(directory, 'jwks.json')]);
      expect(out).toMatch(/events +1 to 52, .*52 came again/);
      expect([code, out]).toEqual([2, expect.stringContaining('nothing of it is sealed') as string]);
    },
  );
});

describe('rules', () => {
  it.skipIf(noPython)('the Panther rules fire on what they are for, and on nothing else', () => {
    const { status, stderr } = spawnSync('python3', ['-B', '-m', 'unittest', 'test_rules'], {
      cwd: join(examples, 'panther'),
      encoding: 'utf8',
    });
    expect([status, stderr]).toEqual([0, expect.stringMatching(/Ran \d+ tests[\s\S]*OK/) as string]);
  });

  it('every JSON of the pack is one', () => {
    const files = readdirSync(examples, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.json'));
    expect(files.length).toBeGreaterThan(7);
    for (const name of files)
      expect(() => JSON.parse(readFileSync(join(examples, name), 'utf8')) as unknown, name).not.toThrow();
  });

  it('the mapping for Elastic has a place for every attribute that is written', async () => {
    const { template } = JSON.parse(readFileSync(join(examples, 'elastic/component-template.json'), 'utf8')) as {
      readonly template: { readonly mappings: Mapping };
    };
    const format = ocsf();
    const lines = (await drivenEvents()).map((event) => format.write(event, format.begin()).lines.at(-1) as string);
    const missing = new Set(lines.flatMap((line) => unmapped(JSON.parse(line) as object, template.mappings, '')));
    expect([...missing]).toEqual([]);
  });
});

interface Columns {
  readonly columns: readonly { readonly name: string }[];
}

it("what Sentinel's rule makes are the columns of its table, from columns of its stream that events have", async () => {
  const {
    properties: { streamDeclarations, dataFlows },
  } = JSON.parse(readFileSync(join(examples, 'sentinel/dcr.json'), 'utf8')) as {
    readonly properties: {
      readonly streamDeclarations: Readonly<Record<string, Columns>>;
      readonly dataFlows: readonly [{ readonly transformKql: string }];
    };
  };
  const {
    properties: { schema },
  } = JSON.parse(readFileSync(join(examples, 'sentinel/table-Sallyport_CL.json'), 'utf8')) as {
    readonly properties: { readonly schema: Columns };
  };
  const [, projected = ''] = dataFlows[0].transformKql.split('| project');
  const made = [...projected.matchAll(/(?:^|,)\s*([A-Z]\w+) = /g)].map(([, name = '']) => name);
  expect(made.toSorted()).toEqual(schema.columns.map(({ name }) => name).toSorted());
  const taken = streamDeclarations['Custom-Sallyport']?.columns.map(({ name }) => name) ?? [];
  const format = ocsf();
  const written = new Set(
    (await drivenEvents()).flatMap((event) =>
      Object.keys(JSON.parse(format.write(event, format.begin()).lines.at(-1) as string) as object),
    ),
  );
  expect(taken.filter((name) => !written.has(name))).toEqual([]);
  const read = [...dataFlows[0].transformKql.matchAll(/\b([a-z]+(?:_[a-z]+)*)(?=[.[,\n]| \*)/g)]
    .map(([, name = '']) => name)
    .filter((name) => !['source', 'ours', 'link', 'tostring', 'data'].includes(name));
  expect([...new Set(read)].filter((name) => written.has(name) && !taken.includes(name))).toEqual([]);
});

interface Mapping {
  readonly properties?: Readonly<Record<string, Mapping>>;
  readonly type?: string;
}

/** Paths that the mapping says nothing about. */
function unmapped(value: object, mapping: Mapping, path: string): string[] {
  return Object.entries(value).flatMap(([name, each]: [string, unknown]) => {
    const own = mapping.properties?.[name];
    if (own === undefined) return [`${path}${name}`];
    if (own.properties === undefined || typeof each !== 'object' || each === null) return [];
    return (Array.isArray(each) ? each : [each]).flatMap((item: unknown) =>
      typeof item === 'object' && item !== null ? unmapped(item, own, `${path}${name}.`) : [],
    );
  });
}
