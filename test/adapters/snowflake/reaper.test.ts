import { expect, it } from 'vitest';
import { createRoleName, formatRoleComment } from '../../../src/adapters/snowflake/roles/role-comment.js';
import { account, connectorFor } from './account.js';

const past = (): string => formatRoleComment({ session: crypto.randomUUID(), until: Date.now() - 3_600_000 });

it('the reaper drops what is ours and over, and nothing whose name, owner, comment or time is not', async () => {
  const server = await account();
  const { catalog } = server;
  const dead = crypto.randomUUID();
  const ours = [createRoleName('SALLYPORT_'), createRoleName('SALLYPORT_')] as const;
  const live = { over: ours[0], dead: ours[1] };
  catalog.createRole(live.over, 'GATE', past());
  catalog.createRole(live.dead, 'GATE', formatRoleComment({ session: dead, until: Date.now() + 3_600_000 }));
  const foreign: readonly (readonly [name: string, owner: string, comment: string])[] = [
    [createRoleName('SALLYPORT_'), 'ACCOUNTADMIN', past()],
    [createRoleName('SALLYPORT_'), 'GATE', ''],
    [createRoleName('SALLYPORT_'), 'GATE', `${past()} `],
    [
      createRoleName('SALLYPORT_'),
      'GATE',
      formatRoleComment({ session: crypto.randomUUID(), until: Date.now() + 3_600_000 }),
    ],
    ['SALLYPORT_ADMIN', 'GATE', past()],
    [`${createRoleName('SALLYPORT_')}_OLD`, 'GATE', past()],
    [createRoleName('OTHER_'), 'GATE', past()],
    [createRoleName('SALLYPORTX'), 'GATE', past()],
    [createRoleName('SALLYPORT_').toLowerCase(), 'GATE', past()],
  ];
  for (const [name, owner, comment] of foreign) catalog.createRole(name, owner, comment);
  const before = new Set(catalog.roles.keys());
  const told: string[] = [];
  const connector = connectorFor(server, { reapEveryMs: 1_000 });
  await connector.start?.(async (code, data) => void told.push(JSON.stringify([code, data['role'], data['by']])), [
    { session: dead },
  ] as never);
  await expect.poll(() => told.length, { timeout: 30_000 }).toBe(2);
  // Two more rounds find nothing to do.
  const rounds = (): number =>
    server.history.filter(({ text }) => text.startsWith('SHOW ROLES LIKE') && text.includes('%')).length;
  const seen = rounds();
  await expect.poll(rounds, { timeout: 30_000 }).toBeGreaterThan(seen + 1);
  await connector.close?.();
  expect(told.toSorted()).toEqual(
    [live.dead, live.over].map((role) => JSON.stringify(['grant.removed', role, 'reaper'])).toSorted(),
  );
  expect([...before].filter((name) => !catalog.roles.has(name)).toSorted()).toEqual([...ours].toSorted());
  expect(
    server.history
      .filter(({ text }) => /^(?:DROP|REVOKE|GRANT|ALTER)/.test(text))
      .map(({ text }) => text)
      .toSorted(),
  ).toEqual(ours.map((name) => `DROP ROLE IF EXISTS "${name}"`).toSorted());
  await server.close();
}, 120_000);
