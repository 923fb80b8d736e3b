import { describe, expect, it } from 'vitest';
import { checkBinds } from '../../src/core/request/binds.js';
import { memoryEngine } from '../../src/adapters/memory/index.js';
import { sqlForAll } from '../adapters/sql.js';
import { as, finance, house, ops, valueOf } from './test-gateway.js';

const analyzer = sqlForAll();

describe('places for binds and binds', () => {
  it.each<readonly [places: readonly string[], values: number, reason: string | undefined]>([
    [[], 0, undefined],
    [['?', '?'], 2, undefined],
    [[':1', ':2', ':1'], 2, undefined],
    [[':2', ':1'], 2, undefined],
    [['?'], 0, 'binds.missing'],
    [['?', '?'], 1, 'binds.missing'],
    [['?'], 2, 'binds.unused'],
    [[], 1, 'binds.unused'],
    [[':1'], 0, 'binds.missing'],
    [[':1', ':3'], 2, 'binds.missing'],
    [[':1', ':3'], 3, 'binds.unused'],
    [[':2'], 1, 'binds.missing'],
    [[':1'], 2, 'binds.unused'],
    [[':0'], 1, 'binds.named'],
    [[':01'], 1, 'binds.named'],
    [[':1.5'], 1, 'binds.named'],
    [[':99999999999999999999'], 1, 'binds.missing'],
    [['?', ':1'], 1, 'binds.mixed'],
    [['?', ':1'], 2, 'binds.mixed'],
    [[':name'], 1, 'binds.named'],
    [[':name'], 0, 'binds.named'],
    [['?', ':name'], 1, 'binds.named'],
    [[`:${'x'.repeat(1_000)}`], 1, 'binds.named'],
  ])('%j with %i: %s', (places, values, reason) => {
    const fault = checkBinds(places, values);
    expect(fault?.reason).toBe(reason);
    expect(fault?.code).toBe(reason === undefined ? undefined : 'INVALID_REQUEST');
    expect((fault?.message ?? '').length).toBeLessThan(150);
  });

  it('are held against each other before policy and engine are asked, and not by explain', async () => {
    let asked = 0;
    const { gateway, engine, session, audit } = await house({
      plugins: [{ name: 'count', setup: (host) => host.guard('scope', () => void (asked += 1)) }],
    });
    const id = await session();
    const before = asked;
    const run = (sql: string, binds: readonly string[]) => gateway.run({ ...as('token-a'), session: id, sql, binds });
    expect(await run('SELECT orders ?', [])).toMatchObject({
      status: 'denied',
      code: 'INVALID_REQUEST',
      reason: 'binds.missing',
      at: 'scope',
      hint: expect.stringContaining('list of values') as string,
    });
    expect(audit.events.at(-1)).toMatchObject({
      code: 'statement.denied',
      data: { code: 'INVALID_REQUEST', reason: 'binds.missing' },
    });
    expect(audit.events.at(-1)?.data).not.toHaveProperty('rules');
    expect(await run('SELECT orders ? :1', ['a'])).toMatchObject({ code: 'INVALID_REQUEST', reason: 'binds.mixed' });
    expect([asked, engine.ran]).toEqual([before, []]);
    expect(valueOf(await gateway.explain({ ...as('token-a'), session: id, sql: 'SELECT orders ?' }))).toMatchObject({
      decision: 'allow',
    });
    expect((await run('SELECT orders ?', ['a'])).status).toBe('completed');
  });

  it.each(['duckdb', undefined])(
    'one with a name is told as such also where the dialect (%s) has no words for it',
    async (dialect) => {
      const engine = {
        ...memoryEngine([ops, finance], () => ({ columns: [], rows: [] })),
        ...(dialect === undefined ? {} : { dialect }),
      };
      const { gateway, session } = await house({ analyzer, connections: { warehouse: engine } });
      const id = await session();
      for (const binds of [[], ['a']]) {
        expect(
          await gateway.run({ ...as('token-a'), session: id, sql: 'SELECT a FROM orders WHERE a = :name', binds }),
        ).toMatchObject({ code: 'INVALID_REQUEST', reason: 'binds.named' });
      }
      expect(await gateway.run({ ...as('token-a'), session: id, sql: 'SELECT a:name FROM orders' })).toMatchObject({
        code: 'NOT_UNDERSTOOD',
        reason: 'sql.dialect',
      });
      expect(engine.ran).toEqual([]);
    },
  );

  it('what an obligation rewrites must take the same binds', async () => {
    const rules = [
      { id: 'open', subject: '*', connection: 'warehouse', object: 'ACME.OPS', action: '*' },
      {
        id: 'read',
        subject: '*',
        connection: 'warehouse',
        object: 'ACME.OPS.*',
        action: 'read',
        obligations: [{ type: 'rewrite', value: true }],
      },
    ];
    const { gateway, engine, session } = await house(
      { plugins: [{ name: 'rewriter', setup: (host) => host.fulfil('rewrite', () => 'SELECT orders ? ?') }] },
      undefined,
      rules,
    );
    expect(
      await gateway.run({ ...as('token-a'), session: await session(), sql: 'SELECT orders ?', binds: ['a'] }),
    ).toMatchObject({ code: 'NOT_PERMITTED', reason: 'obligation.widened' });
    expect(engine.ran).toEqual([]);
  });
});
