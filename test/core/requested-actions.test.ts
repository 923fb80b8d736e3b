import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/adapters/snowflake-sql/analyze.js';
import { createStatementActions } from '../../src/core/request/requested-actions.js';
import type { Analyzer, Grant, PluginHost } from '../../src/core/index.js';
import { readers } from '../adapters/snowflake-sql/test-analyzer.js';
import { codeOf, house } from './test-gateway.js';

const scope = { connection: 'warehouse', database: 'ACME', schema: 'OPS', access: 'read' } as const;
/** With both parsers in this thread: threads have tests of their own. */
const analyzer: Analyzer = {
  analyze: (sql, at, signal) => analyze(sql, { parsers: readers, scope: at, functions: new Set(), signal }),
};
const asked = async (sql: string, more: Partial<Grant> = {}): Promise<string[]> =>
  createStatementActions(await analyzer.analyze(sql, scope, new AbortController().signal), { scope, ...more }).map(
    ({ action, object }) => `${action} ${object}`,
  );

describe('what the policy is asked', () => {
  it.each([
    [
      'EXPLAIN SELECT a FROM pay WHERE wage >= 5000',
      ['metadata ACME.OPS.PAY', 'read ACME.OPS.PAY', 'metadata ACME.OPS'],
    ],
    [
      'explain using json with x as (select * from pay) select 1 from x join t on true',
      ['metadata ACME.OPS.PAY', 'read ACME.OPS.PAY', 'metadata ACME.OPS.T', 'read ACME.OPS.T', 'metadata ACME.OPS'],
    ],
    ['EXPLAIN SELECT 1', ['metadata ACME.OPS']],
    ['DESCRIBE TABLE pay', ['metadata ACME.OPS.PAY', 'metadata ACME.OPS']],
    ['desc view pay', ['metadata ACME.OPS.PAY', 'metadata ACME.OPS']],
    ['SHOW COLUMNS IN TABLE pay', ['metadata ACME.OPS.PAY', 'metadata ACME.OPS']],
    ['SHOW TABLES IN SCHEMA ops', ['metadata ACME.OPS']],
    ['SELECT a FROM pay', ['read ACME.OPS.PAY']],
  ])('%s: %j', async (sql, asks) => {
    expect(await asked(sql)).toEqual(asks);
  });

  it('a plan is break-glass sessions as its rows are', async () => {
    expect(await asked('EXPLAIN SELECT a FROM pay', { breakGlass: true })).toEqual([
      'breakglass:metadata ACME.OPS.PAY',
      'breakglass:read ACME.OPS.PAY',
      'breakglass:metadata ACME.OPS',
    ]);
  });

  it.each([
    'EXPLAIN INSERT INTO t SELECT * FROM pay',
    'EXPLAIN UPDATE pay SET a = 1',
    'EXPLAIN DELETE FROM pay',
    'EXPLAIN CREATE TABLE t AS SELECT * FROM pay',
    'EXPLAIN ANALYZE SELECT * FROM pay',
    'EXPLAIN EXPLAIN SELECT 1',
    'DESCRIBE RESULT LAST_QUERY_ID()',
    "DESC RESULT '01b'",
    "SELECT SYSTEM$EXPLAIN_PLAN_JSON('SELECT * FROM pay')",
    "SELECT EXPLAIN_JSON('x')",
    'SHOW TABLES IN SCHEMA ops WHERE a > 1',
    'SHOW TABLES IN SCHEMA ops ->> SELECT * FROM $1',
  ])('%s is not judged further', async (sql) => {
    expect((await analyzer.analyze(sql, scope, new AbortController().signal)).refusal?.code).toBeDefined();
  });

  it('who may not read may not have the plan, whoever else may', async () => {
    const all = { connection: 'warehouse', object: 'ACME.OPS.*', action: 'metadata' };
    const rules = [
      { id: 'open', subject: '*', connection: 'warehouse', object: 'ACME.OPS', action: '*' },
      { id: 'shape', subject: '*', ...all },
      { id: 'reads', subject: 'idp:agent-b', ...all, action: 'read' },
    ];
    const { run, session, engine } = await house({ analyzer }, undefined, rules);
    const [a, b] = [await session(), await session({ credential: { scheme: 'bearer', token: 'token-b' } })];
    const plan = 'EXPLAIN SELECT name FROM pay WHERE wage >= 5000';
    expect(await run(a, plan)).toMatchObject({ code: 'NOT_PERMITTED', reason: 'policy.silent' });
    expect(engine.ran).toEqual([]);
    expect([codeOf(await run(b, plan, 'token-b')), codeOf(await run(a, 'DESCRIBE TABLE pay'))]).toEqual([
      'completed',
      'completed',
    ]);
  });

  it('no plugin makes a plan of what was asked as a definition', async () => {
    const rewriter = {
      name: 'rewriter',
      setup: (host: PluginHost) => host.fulfil('rewrite', () => 'EXPLAIN SELECT name FROM pay WHERE wage >= 5000'),
    };
    const rules = [
      { id: 'open', subject: '*', connection: 'warehouse', object: 'ACME.OPS', action: '*' },
      {
        id: 'shape',
        subject: '*',
        connection: 'warehouse',
        object: 'ACME.OPS.*',
        action: 'metadata',
        obligations: [{ type: 'rewrite', value: true }],
      },
    ];
    const { run, session, engine } = await house({ analyzer, plugins: [rewriter] }, undefined, rules);
    expect(await run(await session(), 'DESCRIBE TABLE pay')).toMatchObject({
      code: 'NOT_PERMITTED',
      reason: 'obligation.widened',
    });
    expect(engine.ran).toEqual([]);
  });
});
