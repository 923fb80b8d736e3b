import 'reflect-metadata';
import { container as everywhere } from 'tsyringe';
import { describe, expect, it } from 'vitest';
import { memoryAudit, memoryIdentity, memoryPolicy } from '../../src/adapters/memory/index.js';
import { buildGateway, provide, tokens } from '../../src/core/index.js';
import { createSessionDisposal } from '../../src/core/container.js';
import { as, codeOf, house, rules } from './test-gateway.js';

describe('the container', () => {
  it('overrides any part by what the application registered', async () => {
    const container = everywhere.createChildContainer();
    provide(container, tokens.identity, memoryIdentity({ theirs: { subject: 'agent-t' } }));
    const { engine, audit } = await house();
    const gateway = await buildGateway(
      {
        connections: { warehouse: engine },
        identity: memoryIdentity({ 'token-a': { subject: 'agent-a' } }),
        policy: memoryPolicy(rules),
        analyzer: { analyze: () => Promise.reject(new Error('unused')) },
        audit,
      },
      container,
    );
    expect(codeOf(await gateway.connections(as('theirs')))).toBe('completed');
    expect(codeOf(await gateway.connections(as('token-a')))).toBe('UNAUTHENTICATED');
  });

  it('takes a part from a parent container, and from a factory', async () => {
    const parent = everywhere.createChildContainer();
    let made = 0;
    parent.register(tokens.audit, {
      useFactory: () => {
        made += 1;
        return memoryAudit();
      },
    });
    const { engine } = await house();
    const gateway = await buildGateway(
      {
        connections: { warehouse: engine },
        identity: memoryIdentity({}),
        policy: memoryPolicy([]),
        analyzer: { analyze: () => Promise.reject(new Error('unused')) },
      },
      parent.createChildContainer(),
    );
    expect(made).toBe(1);
    await gateway.shutdown();
  });

  it('leaves the global container as it found it, and does not read it', async () => {
    provide(everywhere, tokens.approver, { seek: () => Promise.reject(new Error('never')) });
    try {
      await house();
      expect(everywhere.isRegistered(tokens.audit)).toBe(false);
    } finally {
      everywhere.reset();
    }
  });

  it('refuses two values for one token', () => {
    const container = everywhere.createChildContainer();
    provide(container, tokens.limits, {});
    expect(() => provide(container, tokens.limits, {})).toThrow(expect.objectContaining({ code: 'CONFIG_DUPLICATE' }));
    container.register(tokens.limits, { useValue: { maxRows: 1 } });
    return expect(buildGateway({}, container)).rejects.toMatchObject({ code: 'CONFIG_DUPLICATE' });
  });

  it('gives each session its own child, disposed in reverse, all of it, once', async () => {
    const root = everywhere.createChildContainer();
    const grant = { id: 'g' } as never;
    const home = createSessionDisposal(root, grant);
    const undone: string[] = [];
    home.add(() => void undone.push('first'));
    home.add(() => {
      undone.push('second');
      throw new Error('stuck');
    });
    home.add(async () => void undone.push('third'));
    await expect(home.dispose()).rejects.toBeInstanceOf(AggregateError);
    await home.dispose().catch(() => undefined);
    expect(undone).toEqual(['third', 'second', 'first']);
    expect(root.isRegistered(tokens.grant)).toBe(false);
  });
});

describe('a configuration that cannot work is refused with a name', () => {
  it.each([
    ['no connections', { connections: {} }, 'connections is empty'],
    ['a name nobody can ask for', { connections: { 'a b': undefined as never } }, 'no name for a connection'],
    ['a connector without open', { connections: { warehouse: { engine: 'x', schemas: [] } as never } }, 'no open()'],
    ['no identity', { identity: undefined as never }, 'identity is not set'],
    ['an identity of another shape', { identity: {} as never }, 'no authenticate()'],
    ['a policy of another shape', { policy: { enforce: () => true } as never }, 'no decide()'],
    ['an unknown limit', { limits: { maxRow: 5 } as never }, 'unknown option "maxRow"; did you mean "maxRows"?'],
    ['a limit that is none', { limits: { maxRows: Number.NaN } }, 'maxRows must be'],
    ['sessions for good', { limits: { maxTtlMs: 10 ** 12 } }, 'at most a day'],
  ])('%s', async (_name, more, message) => {
    const { engine } = await house();
    const parts = {
      connections: { warehouse: engine },
      identity: memoryIdentity({}),
      policy: memoryPolicy([]),
      analyzer: { analyze: () => Promise.reject(new Error('unused')) },
      audit: memoryAudit(),
      ...more,
    };
    await expect(buildGateway(parts)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining(message) as string,
    });
  });

  it('closes the parts it was given when it cannot start', async () => {
    const closed: string[] = [];
    const { engine } = await house();
    const parts = {
      connections: { warehouse: { ...engine, close: async () => void closed.push('engine') } },
      identity: { ...memoryIdentity({}), close: async () => void closed.push('identity') },
      policy: memoryPolicy([]),
      analyzer: { analyze: () => Promise.reject(new Error('unused')) },
      audit: {
        ...memoryAudit(),
        append: () => Promise.reject(new Error('disk')),
        close: async () => void closed.push('audit'),
      },
    };
    await expect(buildGateway(parts)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    expect(closed).toEqual(['identity', 'engine', 'audit']);
  });
});
