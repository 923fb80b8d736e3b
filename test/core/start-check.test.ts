import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  memoryAnalyzer,
  memoryAudit,
  memoryEngine,
  memoryIdentity,
  memoryPolicy,
} from '../../src/adapters/memory/index.js';
import {
  AccessError,
  buildGateway,
  type AuditEvent,
  type Connector,
  type Promisable,
  type Parts,
} from '../../src/core/index.js';
import { ops, rules } from './test-gateway.js';

const connector = (more: Partial<Connector> = {}): Connector => ({
  ...memoryEngine([ops], () => ({ columns: [], rows: [] })),
  ...more,
});

function partsWith(more: Partial<Parts> = {}): Partial<Parts> & { readonly audit: Parts['audit'] } {
  return {
    connections: { warehouse: connector() },
    identity: memoryIdentity({}),
    policy: memoryPolicy(rules),
    analyzer: memoryAnalyzer(),
    audit: memoryAudit(),
    ...more,
  };
}

async function refusal(parts: Partial<Parts>): Promise<AccessError> {
  const error: unknown = await buildGateway(parts).then(
    (gateway) => gateway.shutdown(),
    (thrown: unknown) => thrown,
  );
  if (!AccessError.is(error)) throw new Error('the gateway started', { cause: error });
  return error;
}

const failing = (error: unknown) => ({ check: () => Promise.reject(error) });

describe('createGateway tries each part before it starts', () => {
  it('reports every part that failed, by name, each with the cause that the part gave', async () => {
    const own = new Error('IO Error: no such file');
    const down = new AccessError('ENGINE_UNAVAILABLE', undefined, { cause: own, detail: { step: 'setup' } });
    const audit = memoryAudit();
    const error = await refusal(
      partsWith({
        connections: { good: connector(), warehouse: connector(failing(down)) },
        identity: { ...memoryIdentity({}), ...failing(new AccessError('IDENTITY_UNAVAILABLE')) },
        policy: { ...memoryPolicy([]), ...failing(new TypeError('pdp')) },
        analyzer: { ...memoryAnalyzer(), ...failing('no error at all') },
        audit: { ...audit, ...failing(new Error('disk')) },
        approvals: {
          notify: [
            { notify: async () => undefined },
            { notify: async () => undefined, ...failing(new Error('no channel')) },
          ],
        },
      }),
    );
    expect(error).toMatchObject({ code: 'CONFIG_INVALID' });
    for (const part of [
      'connections.warehouse: The engine',
      '(ENGINE_UNAVAILABLE, step setup)',
      'identity: ',
      'policy: ',
      'analyzer: ',
      'audit: ',
      'approvals.notify[1]: ',
    ])
      expect(error.message).toContain(part);
    expect(error.message).not.toMatch(/good|notify\[0\]|store|IO Error|pdp/);
    const { errors } = error.cause as AggregateError;
    expect(errors.map((each: Error) => each.cause)).toContain(down);
    expect(inspect(error, { depth: 5 })).toContain('IO Error: no such file');
    expect(audit.events).toEqual([]);
  });

  it('tries all at the same time, each for so long', async () => {
    const started: string[] = [];
    const deaf = (name: string) => ({ check: () => new Promise<void>(() => void started.push(name)) });
    const before = performance.now();
    const error = await refusal(
      partsWith({
        connections: { one: connector(deaf('one')), two: connector(deaf('two')) },
        startCheck: { timeoutMs: 100 },
      }),
    );
    expect(performance.now() - before).toBeLessThan(5_000);
    expect(started).toEqual(['one', 'two']);
    expect(error.message).toMatch(
      /connections\.one: its check did not end within 100 ms; connections\.two: its check did not end within 100 ms$/,
    );
  });

  it('tells a check when its time is over', async () => {
    let told: unknown;
    await refusal(
      partsWith({
        connections: {
          warehouse: connector({
            check: (signal) =>
              new Promise<void>(() =>
                signal.addEventListener('abort', () => {
                  told = signal.reason;
                }),
              ),
          }),
        },
        startCheck: { timeoutMs: 20 },
      }),
    );
    expect(told).toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it.each([true, 1, 'yes', []])('startCheck is false or an object: %j is neither', async (startCheck) => {
    const error = await refusal(partsWith({ startCheck: startCheck as never }));
    expect(error).toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'startCheck must be false or { timeoutMs }: parts are tried unless it is false',
    });
  });

  it('takes a check that throws at once for one that failed', async () => {
    const error = await refusal(
      partsWith({
        policy: {
          ...memoryPolicy([]),
          check: () => {
            throw new Error('at once');
          },
        },
      }),
    );
    expect(error.message).toContain('policy: its check failed');
  });

  it('is left out where startCheck is false', async () => {
    const gateway = await buildGateway(
      partsWith({ connections: { warehouse: connector(failing(new Error('down'))) }, startCheck: false }),
    );
    await gateway.shutdown();
  });

  it.each([0, 1.5, -1, Number.NaN, '5', 600_001, null])('refuses a time of %s', async (timeoutMs) => {
    expect(await refusal(partsWith({ startCheck: { timeoutMs: timeoutMs as number } }))).toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('startCheck.timeoutMs') as string,
    });
  });
});

const kept = () => {
  const closed: string[] = [];
  const closing = (name: string) => ({ close: async () => void closed.push(name) });
  const parts = partsWith({
    connections: { warehouse: connector(closing('engine')) },
    identity: { ...memoryIdentity({}), ...closing('identity') },
    policy: { ...memoryPolicy([]), ...closing('policy') },
    analyzer: { ...memoryAnalyzer(), ...closing('analyzer') },
    audit: { ...memoryAudit(), ...closing('audit') },
    approvals: { notify: [{ notify: async () => undefined, ...closing('notifier') }] },
  });
  return { closed, parts };
};

describe('a gateway that cannot start leaves nothing open', () => {
  const all = ['analyzer', 'audit', 'engine', 'identity', 'notifier', 'policy'];

  it.each<[string, (parts: Partial<Parts>) => Promisable<Partial<Parts>>]>([
    [
      'a part fails its check',
      ({ policy }) => ({ policy: { ...policy, ...failing(new Error('down')) } as Parts['policy'] }),
    ],
    ['an option cannot be used', () => ({ limits: { maxRows: -1 } })],
    ['a name is no part', () => ({ plugin: [] }) as object],
    [
      'a plugin fails',
      () => ({
        plugins: [
          {
            name: 'bad',
            setup: () => {
              throw new Error('setup');
            },
          },
        ],
      }),
    ],
    ['a promised part is refused', () => ({ clock: Promise.reject(new Error('no clock')) })],
  ])('when %s', async (_name, bad) => {
    const { closed, parts } = kept();
    await expect(buildGateway({ ...parts, ...bad(parts) })).rejects.toThrow();
    expect(closed.toSorted()).toEqual(all);
  });

  it('when what was given is no part at all', async () => {
    const { closed, parts } = kept();
    for (const connections of [
      { ...parts.connections, other: null },
      { ...parts.connections, other: 7 },
    ]) {
      closed.length = 0;
      await expect(buildGateway({ ...parts, connections: connections as never })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
      });
      expect(closed.toSorted()).toEqual(all);
    }
  });

  it('and several promised parts that are refused are told together', async () => {
    const { closed, parts } = kept();
    const [one, two] = [
      new AccessError('CONFIG_INVALID', 'casbin: no file'),
      new Error("secret-in-a-stranger's-error"),
    ];
    const error: unknown = await buildGateway({
      ...parts,
      policy: Promise.reject(one),
      audit: Promise.reject(two),
    }).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'the gateway cannot start: policy: casbin: no file; audit: it was not made',
    });
    expect(((error as Error).cause as AggregateError).errors).toEqual([one, two]);
    expect(closed.toSorted()).toEqual(['analyzer', 'engine', 'identity', 'notifier']);
  });

  it('and where the record says that it started, it also says that it stopped', async () => {
    const { parts } = kept();
    const audit = memoryAudit();
    await expect(
      buildGateway({
        ...parts,
        audit,
        connections: { warehouse: connector({ start: () => Promise.reject(new Error('no rights')) }) },
      }),
    ).rejects.toThrow('no rights');
    expect(audit.events.map((event: AuditEvent) => event.code)).toEqual(['gateway.started', 'gateway.stopped']);
  });
});
