import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { memoryEngine, memoryPolicy } from '../../src/adapters/memory/index.js';
import { snowflakeSql } from '../../src/adapters/snowflake-sql/index.js';
import type { Analysis, Analyzer, EngineStatement } from '../../src/core/index.js';
import { as, house, valueOf } from '../core/test-gateway.js';
import { unlimited } from '../support/limits.js';

interface Line {
  readonly id: string;
  readonly sql: string;
  readonly scope: { readonly database: string; readonly schema: string };
  readonly expect: string;
}

const corpus = join(import.meta.dirname, '../adapters/snowflake-sql/corpus/benign.jsonl');
const statements = readFileSync(corpus, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Line)
  .filter((line) => line.scope.database === 'ACME' && line.scope.schema === 'ANALYTICS');
const inner = snowflakeSql({ timeoutMs: 5_000 });
afterAll(() => inner.close?.());

describe('what was analysed is what runs', () => {
  it('is one text: judged, hashed, recorded and sent, binds and all, for every ordinary statement', async () => {
    const analysed: Analysis[] = [];
    const sent: EngineStatement[] = [];
    const analyzer: Analyzer = {
      analyze: async (sql, scope, signal) => {
        const analysis = await inner.analyze(sql, scope, signal);
        analysed.push(analysis);
        return analysis;
      },
    };
    const engine = memoryEngine([{ database: 'ACME', schema: 'ANALYTICS' }], (statement) => {
      sent.push(statement);
      return { columns: [], rows: [] };
    });
    const { gateway, audit, open } = await house({
      analyzer,
      connections: { warehouse: engine },
      policy: memoryPolicy([{ id: 'all', subject: '*', connection: '*', object: '*', action: '*' }]),
      limits: unlimited,
    });
    const session = valueOf(await open({ schema: 'ACME.ANALYTICS', access: 'write' })).id;
    for (const { id, sql } of statements) {
      const { placeholders = [] } = await analyzer.analyze(
        sql,
        { database: 'ACME', schema: 'ANALYTICS' },
        new AbortController().signal,
      );
      const binds = [...new Set(placeholders.map((each, at) => (each === '?' ? at : each)))].map((at) => `${id} ${at}`);
      const outcome = await gateway.run({ ...as('token-a'), session, sql, binds });
      if (placeholders.some((each) => /^:\D/.test(each))) {
        expect([id, outcome]).toMatchObject([id, { status: 'denied', reason: 'binds.named' }]);
        continue;
      }
      expect([id, outcome.status]).toEqual([id, 'completed']);
      const [analysis, statement] = [analysed.at(-1), sent.at(-1)];
      expect(statement?.canonical).toBe(analysis?.canonical);
      expect(statement?.binds).toEqual(binds);
      expect(analysis?.digest).toBe(
        createHash('sha256')
          .update(statement?.canonical ?? '')
          .digest('hex'),
      );
      const events = audit.events.filter((event) => event.statement === outcome.id);
      expect(events.map((event) => [event.code, event.data['digest']])).toEqual([
        ['statement.authorized', analysis?.digest],
        ['statement.executed', analysis?.digest],
      ]);
    }
    expect(statements.length).toBeGreaterThan(100);
    await gateway.shutdown();
  });

  it('means the same when it is analysed again: the canonical text is its own canonical text', async () => {
    const { signal } = new AbortController();
    for (const { id, sql, scope } of statements) {
      const once = await inner.analyze(sql, scope, signal);
      const twice = await inner.analyze(once.canonical, scope, signal);
      expect([id, twice]).toEqual([id, once]);
    }
  });
});
