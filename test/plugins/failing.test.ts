import { describe, expect, it } from 'vitest';
import { AccessError, type ObservedResult, type Outcome, type Plugin } from '../../src/core/index.js';
import { codeOf, house } from '../core/test-gateway.js';

const never = (): Promise<never> => new Promise(() => undefined);
const faultOf = (outcome: Outcome<unknown>): AccessError => {
  if (outcome.status !== 'failed') throw new Error(`expected failed, got ${outcome.status}`);
  return outcome.error;
};
const limits = { pluginTimeoutMs: 30, pluginSetupTimeoutMs: 30 };

const verbs: readonly (readonly [verb: string, plugin: Plugin])[] = [
  ['inform', { name: 'slow', setup: (host) => host.inform(never) }],
  ['guard', { name: 'slow', setup: (host) => host.guard('identity', never) }],
  ['guard', { name: 'slow', setup: (host) => host.guard('scope', never) }],
  ['guard', { name: 'slow', setup: (host) => host.guard('approval', never) }],
];

describe('a plugin that never answers', () => {
  it.each(verbs)('in %s fails the request in time, by its name, and its signal aborts', async (verb, plugin) => {
    const { open, audit } = await house({ plugins: [plugin], limits });
    const fault = faultOf(await open());
    expect([fault.code, fault.detail]).toEqual(['PLUGIN_FAILED', { plugin: 'slow', verb, cause: 'timeout' }]);
    expect(fault.message).toBe(`plugin slow did not answer in ${verb} within 30 ms`);
    expect(audit.events.at(-1)).toMatchObject({
      code: 'session.failed',
      data: { plugin: 'slow', verb, cause: 'timeout' },
    });
  });

  it('hears from its signal that it is too late', async () => {
    let heard: unknown;
    const plugin: Plugin = {
      name: 'slow',
      setup: (host) =>
        host.guard(
          'scope',
          (_facts, signal) => new Promise(() => signal.addEventListener('abort', () => (heard = signal.reason))),
        ),
    };
    const { open } = await house({ plugins: [plugin], limits });
    await open();
    expect(heard).toMatchObject({ code: 'PLUGIN_FAILED' });
  });

  it('in its setup keeps no gateway from saying so', async () => {
    await expect(house({ plugins: [{ name: 'slow', setup: never }], limits })).rejects.toMatchObject({
      code: 'PLUGIN_FAILED',
      detail: { plugin: 'slow', verb: 'setup', cause: 'timeout' },
    });
  });

  it('registers nothing more once its setup was given up', async () => {
    let late: unknown;
    const plugin: Plugin = {
      name: 'slow',
      setup: async (host) => {
        await new Promise((resolve) => setTimeout(resolve, 60));
        try {
          host.guard('scope', () => undefined);
        } catch (error) {
          late = error;
        }
      },
    };
    await expect(house({ plugins: [plugin], limits })).rejects.toMatchObject({ code: 'PLUGIN_FAILED' });
    await new Promise((resolve) => setTimeout(resolve, 60));
    expect(late).toMatchObject({ code: 'PLUGIN_SEALED' });
  });

  it('as an observer, or when it closes, holds nobody', async () => {
    const plugin: Plugin = {
      name: 'slow',
      setup: (host) => {
        host.observe(never);
        host.onClose(never);
      },
    };
    const { session, run, gateway } = await house({ plugins: [plugin], limits });
    expect(codeOf(await run(await session()))).toBe('completed');
    expect(await gateway.shutdown()).toMatchObject([{ code: 'INTERNAL', message: 'plugins: did not close cleanly' }]);
  });

  it('is cut off at once when the caller leaves', async () => {
    const leaving = new AbortController();
    const { session, run } = await house({
      plugins: [
        {
          name: 'slow',
          setup: (host) => host.guard('scope', ({ moment }) => (moment === 'run' ? never() : undefined)),
        },
      ],
    });
    const running = run(await session(), 'SELECT orders', 'token-a', leaving.signal);
    leaving.abort();
    expect(codeOf(await running)).toBe('ABORTED');
  });
});

describe('a plugin that throws', () => {
  const fault = new Error('a fault of its own');
  const thrown = (): never => {
    throw fault;
  };

  it.each<readonly [string, Plugin]>([
    ['inform', { name: 'faulty', setup: (host) => host.inform(thrown) }],
    ['guard', { name: 'faulty', setup: (host) => host.guard('scope', async () => thrown()) }],
  ])('in %s is named in the fault, the event and to observers, and its error is the cause', async (verb, plugin) => {
    const ends: ObservedResult[] = [];
    const watching: Plugin = {
      name: 'watching',
      setup: (host) => host.observe((_what, _watched, work) => work().then((end) => ends.push(end))),
    };
    const { open, audit } = await house({ plugins: [plugin, watching] });
    const error = faultOf(await open());
    expect([error.code, error.message, error.detail, error.cause]).toEqual([
      'PLUGIN_FAILED',
      `plugin faulty failed in ${verb}`,
      { plugin: 'faulty', verb },
      fault,
    ]);
    expect(audit.events.at(-1)).toMatchObject({
      code: 'session.failed',
      data: { code: 'PLUGIN_FAILED', plugin: 'faulty', verb },
    });
    expect(ends.find(({ status }) => status === 'failed')).toMatchObject({
      code: 'PLUGIN_FAILED',
      plugin: 'faulty',
      verb,
    });
  });

  it('in fulfil is named too, and a promise is no statement', async () => {
    for (const act of [thrown, (() => Promise.resolve('SELECT orders')) as unknown as () => string]) {
      const obliged = [
        { id: 'open', subject: '*', connection: '*', object: 'ACME.OPS', action: '*' },
        {
          id: 'read',
          subject: '*',
          connection: '*',
          object: '*',
          action: 'read',
          obligations: [{ type: 'mask', value: true }],
        },
      ];
      const { session, run, audit } = await house(
        { plugins: [{ name: 'faulty', setup: (host) => host.fulfil('mask', act) }] },
        undefined,
        obliged,
      );
      expect(faultOf(await run(await session())).detail).toEqual({ plugin: 'faulty', verb: 'fulfil' });
      expect(audit.events.at(-1)).toMatchObject({
        code: 'statement.failed',
        data: { sql: 'SELECT orders', plugin: 'faulty' },
      });
    }
  });

  it('in setup keeps a fault of its options as it is', async () => {
    const refusing: Plugin = {
      name: 'faulty',
      setup: () => Promise.reject(new AccessError('CONFIG_INVALID', 'no such option')),
    };
    await expect(house({ plugins: [refusing] })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    await expect(house({ plugins: [{ name: 'faulty', setup: thrown }] })).rejects.toMatchObject({
      code: 'PLUGIN_FAILED',
      detail: { plugin: 'faulty', verb: 'setup' },
      cause: fault,
    });
  });
});
