import { describe, expect, it } from 'vitest';
import { deny, type Plugin } from '../../src/core/index.js';
import { freeze } from '../../src/plugins/index.js';
import { office } from '../core/approvals/test-reviewers.js';
import { as, codeOf, house, valueOf } from '../core/test-gateway.js';

let on = false;
const never = (): Promise<never> => new Promise(() => undefined);

/** Plugins that let nothing pass while they are on. */
const hindrances: readonly (readonly [string, () => Plugin])[] = [
  ['a freeze', () => freeze({ frozen: () => on })],
  [
    'a guard that throws',
    () => ({
      name: 'p',
      setup: (host) =>
        host.guard('identity', () => {
          if (on) throw new Error('down');
          return undefined;
        }),
    }),
  ],
  [
    'an informer that throws',
    () => ({
      name: 'p',
      setup: (host) =>
        host.inform(() => {
          if (on) throw new Error('down');
          return {};
        }),
    }),
  ],
  ['an informer that hangs', () => ({ name: 'p', setup: (host) => host.inform(() => (on ? never() : {})) })],
];

describe.each(hindrances)('while there is %s', (_name, plugin) => {
  const hindered = async () => {
    on = false;
    const at = await office({ plugins: [plugin()], limits: { pluginTimeoutMs: 600_000 } });
    const ticket = await at.ticket();
    on = true;
    return { ...at, held: ticket };
  };

  it('a session can be seen, its record read, and closed by its owner', async () => {
    const { gateway, id } = await hindered();
    expect(valueOf(await gateway.session({ ...as('agent'), session: id }))).toMatchObject({ state: 'open' });
    expect(codeOf(await gateway.record({ ...as('agent'), session: id }))).toBe('completed');
    expect(valueOf(await gateway.close({ ...as('agent'), session: id }))).toMatchObject({ state: 'closed' });
  });

  it('reviewers can list, see, decide, oversee and revoke', async () => {
    const { gateway, id, held, decide } = await hindered();
    expect(valueOf(await gateway.approvals(as('bob'))).map(({ ticket }) => ticket)).toEqual([held]);
    expect(valueOf(await decide(held, 'bob', { decision: 'reject' }))).toMatchObject({ state: 'rejected' });
    expect(valueOf(await gateway.sessions(as('bob'))).map((each) => each.id)).toEqual([id]);
    expect(valueOf(await gateway.reviews(as('bob')))).toEqual([]);
    expect(codeOf(await gateway.sign({ ...as('bob'), session: id, comment: 'seen' }))).toBe('NOT_FOUND');
    expect(valueOf(await gateway.revoke({ ...as('bob'), session: id }))).toMatchObject({
      state: 'closed',
      endedBy: 'revoked',
    });
  });
});

it.each(hindrances.filter(([name]) => !name.includes('hangs')))(
  'nothing opens or runs while there is %s',
  async (_name, plugin) => {
    on = false;
    const { session, run, open } = await house({ plugins: [plugin()] });
    const id = await session();
    on = true;
    for (const outcome of [await run(id), await open()])
      expect(['GUARDED', 'PLUGIN_FAILED']).toContain(codeOf(outcome));
  },
);

it.each(['identity', 'scope', 'approval'] as const)('a denial after %s is told at that stage', async (after) => {
  const plugin: Plugin = {
    name: 'p',
    setup: (host) => host.guard(after, ({ moment }) => (moment === 'run' ? deny('GUARDED', 'no') : undefined)),
  };
  const { session, run, gateway, audit } = await house({ plugins: [plugin] });
  const id = await session();
  for (const outcome of [await run(id), await gateway.describe({ ...as('token-a'), session: id })])
    if (outcome.at !== after) expect(codeOf(outcome)).toBe('NOT_FOUND');
  const denied = audit.events.filter(({ code, data }) => code === 'statement.denied' && data['code'] === 'GUARDED');
  expect([...new Set(denied.map(({ data }) => data['at']))]).toEqual([after]);
});

it('a session that its owner closes says from where', async () => {
  const { session, gateway, audit } = await house();
  const transport = { protocol: 'rest', address: '10.0.4.17', userAgent: 'desk/1' } as const;
  valueOf(await gateway.close({ ...as('token-a'), session: await session(), transport }));
  expect(audit.events.at(-1)).toMatchObject({ code: 'session.closed', data: { by: 'agent', transport } });
});
