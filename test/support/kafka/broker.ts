import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Kafka, logLevel } from 'kafkajs';

const run = promisify(execFile);

/** One node of Apache Kafka in KRaft mode, broker and controller at once, with its data in a folder of its own. */
export class Node {
  readonly id: number;
  readonly port: number;
  readonly folder: string;
  readonly #jars: string;
  #process: ChildProcess | undefined;

  constructor(jars: string, id: number, port: number, folder: string) {
    this.#jars = jars;
    this.id = id;
    this.port = port;
    this.folder = folder;
  }

  /** Makes its storage, for the cluster of that id. */
  async format(cluster: string, settings: Readonly<Record<string, string>>): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    writeFileSync(
      join(this.folder, 'server.properties'),
      Object.entries(settings)
        .map(([name, value]) => `${name}=${value}\n`)
        .join(''),
    );
    writeFileSync(
      join(this.folder, 'log4j2.properties'),
      'rootLogger.level=warn\nrootLogger.appenderRef.out.ref=out\nappender.out.type=Console\nappender.out.name=out\nappender.out.layout.type=PatternLayout\nappender.out.layout.pattern=%d %p %c %m%n\n',
    );
    const { stdout, stderr } = await run('java', [
      ...this.#java('64m'),
      'kafka.tools.StorageTool',
      'format',
      '-t',
      cluster,
      '-c',
      join(this.folder, 'server.properties'),
      '--ignore-formatted',
    ]);
    if (/exception/i.test(stdout + stderr))
      throw new Error(`the storage of node ${this.id} could not be made: ${stdout}${stderr}`);
  }

  start(): void {
    const log = openSync(join(this.folder, 'out.log'), 'a');
    this.#process = spawn('java', [...this.#java('256m'), 'kafka.Kafka', join(this.folder, 'server.properties')], {
      stdio: ['ignore', log, log],
    });
    closeSync(log);
  }

  /** Ends it: at once, as a power cut does, or in good order. */
  async stop(signal: 'SIGKILL' | 'SIGTERM' = 'SIGKILL'): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  /** Holds it still, or lets it go on: a broker that neither answers nor goes away. */
  freeze(frozen: boolean): void {
    this.#process?.kill(frozen ? 'SIGSTOP' : 'SIGCONT');
  }

  get said(): string {
    return readFileSync(join(this.folder, 'out.log'), 'utf8').slice(-4_000);
  }

  #java(memory: string): string[] {
    return [
      `-Xmx${memory}`,
      '-XX:+UseSerialGC',
      '-XX:TieredStopAtLevel=1',
      `-Dlog4j2.configurationFile=${join(this.folder, 'log4j2.properties')}`,
      '-cp',
      `${this.#jars}/*`,
    ];
  }
}

export interface Cluster {
  /** `host:port` of each node. */
  readonly brokers: readonly string[];
  /** Empty where the broker was given. */
  readonly nodes: readonly Node[];
  stop(): Promise<void>;
}

/** Starts so many nodes on free ports, and waits until they answer. */
export async function startCluster(
  jars: string,
  count: number,
  more: Readonly<Record<string, string>> = {},
): Promise<Cluster> {
  const home = mkdtempSync(join(tmpdir(), 'kafka-'));
  const ports = await freePorts(count * 2);
  const copies = String(Math.min(count, 3));
  const voters = Array.from({ length: count }, (_, index) => `${index + 1}@127.0.0.1:${ports[count + index]}`).join(
    ',',
  );
  const nodes = Array.from(
    { length: count },
    (_, index) => new Node(jars, index + 1, ports[index] as number, join(home, `node-${index + 1}`)),
  );
  const cluster: Cluster = {
    brokers: nodes.map(({ port }) => `127.0.0.1:${port}`),
    nodes,
    async stop() {
      await Promise.all(nodes.map((node) => node.stop()));
      rmSync(home, { recursive: true, force: true });
    },
  };
  try {
    for (const [index, node] of nodes.entries()) {
      await node.format('c2FsbHlwb3J0LXRlc3RzMQ', {
        'process.roles': 'broker,controller',
        'node.id': String(node.id),
        'controller.quorum.voters': voters,
        'controller.listener.names': 'CONTROLLER',
        listeners: `PLAINTEXT://127.0.0.1:${node.port},CONTROLLER://127.0.0.1:${ports[count + index]}`,
        'advertised.listeners': `PLAINTEXT://127.0.0.1:${node.port}`,
        'listener.security.protocol.map': 'PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT',
        'log.dirs': join(node.folder, 'data'),
        'offsets.topic.replication.factor': copies,
        'offsets.topic.num.partitions': '3',
        'transaction.state.log.replication.factor': copies,
        'transaction.state.log.min.isr': '1',
        'share.coordinator.state.topic.replication.factor': '1',
        'default.replication.factor': copies,
        'min.insync.replicas': count > 1 ? '2' : '1',
        'auto.create.topics.enable': 'false',
        'log.retention.ms': '-1',
        'group.initial.rebalance.delay.ms': '0',
        'num.network.threads': '2',
        'num.io.threads': '4',
        ...more,
      });
      node.start();
    }
    await answering(cluster);
    return cluster;
  } catch (error) {
    const said = nodes
      .map((node) => {
        try {
          return node.said;
        } catch {
          return '';
        }
      })
      .join('\n');
    await cluster.stop();
    throw new Error(`Kafka did not start: ${said}`, { cause: error });
  }
}

/** Until every node is known to the cluster. */
export async function answering({ brokers }: Pick<Cluster, 'brokers'>, count = brokers.length): Promise<void> {
  const deadline = Date.now() + 90_000;
  for (;;) {
    const admin = clientOf(brokers, { retry: { retries: 0 } }).admin();
    try {
      await admin.connect();
      const { brokers: known } = await admin.describeCluster();
      if (known.length >= count) return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    } finally {
      await admin.disconnect().catch(() => undefined);
    }
    if (Date.now() > deadline) throw new Error('the cluster is not whole');
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** A quiet client. */
export function clientOf(
  brokers: readonly string[],
  more: Partial<ConstructorParameters<typeof Kafka>[0]> = {},
): Kafka {
  return new Kafka({
    clientId: 'tests',
    brokers: [...brokers],
    logLevel: logLevel.NOTHING,
    connectionTimeout: 3_000,
    requestTimeout: 5_000,
    retry: { initialRetryTime: 100, maxRetryTime: 1_000, retries: 3 },
    ...more,
  });
}

async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
