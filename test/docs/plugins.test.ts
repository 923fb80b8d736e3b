import { expect, it } from 'vitest';
import type { Gateway, Plugin } from '../../src/core/index.js';
import { office } from '../core/approvals/test-reviewers.js';
import { memoryEngine } from '../../src/adapters/memory/index.js';
import { as, finance, ops } from '../core/test-gateway.js';
import { quoted, read, table } from './page.js';

const guards = ['identity', 'scope', 'approval'] as const;
type Operation = Exclude<keyof Gateway, 'recovered' | 'shutdown'>;

it('plugins.md says of every operation which plugins it asks', async () => {
  let asked: string[] = [];
  const watching: Plugin = {
    name: 'watching',
    setup: (host) => {
      host.inform(() => {
        asked.push('informers');
        return {};
      });
      for (const after of guards) host.guard(after, () => void asked.push(after));
    },
  };
  const { gateway, id, ticket } = await office({
    plugins: [watching],
    connections: { warehouse: memoryEngine([ops, finance], () => ({ columns: [], rows: [] }), []) },
  });
  const [agent, owner, bob] = [as('agent'), as('agent'), as('bob')];
  const held = await ticket();
  const digest = 'a'.repeat(64);
  const operations: { readonly [Name in Operation]: () => Promise<unknown> } = {
    open: () =>
      gateway.open({
        ...agent,
        connection: 'warehouse',
        schema: 'ACME.OPS',
        access: 'read',
        ttlMs: 1_000,
        reason: 'to look',
      }),
    run: () => gateway.run({ ...agent, session: id, sql: 'SELECT orders' }),
    describe: () => gateway.describe({ ...agent, session: id }),
    explain: () => gateway.explain({ ...agent, session: id, sql: 'SELECT orders' }),
    connections: () => gateway.connections(agent),
    identify: () => gateway.identify(agent),
    session: () => gateway.session({ ...agent, session: id }),
    record: () => gateway.record({ ...owner, session: id }),
    approvals: () => gateway.approvals(bob),
    approval: () => gateway.approval({ ...bob, ticket: held }),
    decide: () => gateway.decide({ ...bob, ticket: held, decision: 'reject', digest }),
    sessions: () => gateway.sessions(bob),
    reviews: () => gateway.reviews(bob),
    sign: () => gateway.sign({ ...bob, session: id, comment: 'seen' }),
    suspend: () => gateway.suspend({ ...bob, actor: 'idp:nobody' }),
    suspensions: () => gateway.suspensions(bob),
    reinstate: () => gateway.reinstate({ ...bob, actor: 'idp:nobody' }),
    revoke: () => gateway.revoke({ ...bob, session: id }),
    close: () => gateway.close({ ...agent, session: id }),
  };
  const found: Record<string, readonly [informers: string, guards: readonly string[]]> = {};
  for (const [name, operation] of Object.entries(operations)) {
    asked = [];
    await operation();
    found[name] = [asked.includes('informers') ? 'yes' : 'no', guards.filter((after) => asked.includes(after))];
  }
  const told = Object.fromEntries(
    table(read('docs/plugins.md'), '| operation | informers | guards after |').flatMap(
      ([names = '', informers = '', after = '']) => quoted(names).map((name) => [name, [informers, quoted(after)]]),
    ),
  );
  expect(told).toEqual(found);
  expect(
    Object.keys(gateway)
      .filter((name) => !Object.hasOwn(found, name))
      .toSorted(),
  ).toEqual(['recovered', 'shutdown']);
});
