import { afterAll, beforeAll } from 'vitest';
import { clientOf, startCluster, type Cluster } from './broker.js';
import { kafkaJars } from './jars.js';

export { answering, clientOf, type Cluster, type Node } from './broker.js';

/** A cluster for the tests of a file: the one that SALLYPORT_TEST_KAFKA names, or one of its own. */
export interface Broker {
  /** Why there is none; the tests are then skipped. */
  readonly missing: string | undefined;
  readonly cluster: Cluster;
}

const given = process.env['SALLYPORT_TEST_KAFKA'];
const jars = given === undefined ? await kafkaJars() : { jars: '' };

/** Says why there can be no broker. Under CI=true that is a failure. */
function reason(): string | undefined {
  if (!('missing' in jars)) return undefined;
  if (process.env['CI'] === 'true') throw new Error(`no Kafka for the tests: ${jars.missing}`);
  console.log(`tests with Kafka are skipped: ${jars.missing}`);
  return jars.missing;
}

/**
 * Starts it before the tests of a file and stops it after them. `own`: never the given one, since these tests stop its
 * nodes.
 */
export function withBroker({
  nodes = 1,
  own = false,
  settings = {},
}: {
  readonly nodes?: number;
  readonly own?: boolean;
  readonly settings?: Readonly<Record<string, string>>;
} = {}): Broker {
  const borrowed = given !== undefined && !own && nodes === 1 && Object.keys(settings).length === 0;
  const missing =
    given === undefined || borrowed ? reason() : 'SALLYPORT_TEST_KAFKA names a broker, which these tests must not stop';
  let cluster: Cluster | undefined;
  beforeAll(async () => {
    if (missing === undefined)
      cluster = borrowed
        ? { brokers: given.split(','), nodes: [], stop: () => Promise.resolve() }
        : await startCluster((jars as { readonly jars: string }).jars, nodes, settings);
  }, 180_000);
  afterAll(() => cluster?.stop(), 60_000);
  return {
    missing,
    get cluster() {
      return cluster as Cluster;
    },
  };
}

let made = 0;

/** Names of topics that nobody else uses. */
export function freshTopic(): string {
  made += 1;
  return `t-${process.pid}-${Date.now()}-${made}`;
}

/** Makes the four topics of a prefix. */
export async function makeTopics(
  { brokers }: Cluster,
  prefix: string,
  partitions = 3,
  config: Readonly<Record<string, string>> = {},
): Promise<void> {
  const admin = clientOf(brokers).admin();
  await admin.connect();
  const configEntries = Object.entries(config).map(([name, value]) => ({ name, value }));
  await admin.createTopics({
    waitForLeaders: true,
    topics: ['events', 'checkpoints', 'sqltext', 'dlq'].map((name) => ({
      topic: `${prefix}.${name}`,
      numPartitions: name === 'events' ? partitions : 1,
      configEntries,
    })),
  });
  await admin.disconnect();
}
