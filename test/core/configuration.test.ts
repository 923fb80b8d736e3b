import { describe, expect, it } from 'vitest';
import { memoryAudit, memoryEngine, type MemoryStatementHandler } from '../../src/adapters/memory/index.js';
import type { AuditEvent, Parts, Plugin } from '../../src/core/index.js';
import { journal } from '../../src/adapters/journal/journal.js';
import { place } from '../adapters/journal/test-directory.js';
import { finance, house, ops } from './test-gateway.js';

const plugin = (name: string): Plugin => ({ name, setup: () => undefined });
const nothing: MemoryStatementHandler = () => ({ columns: [], rows: [] });
const one = memoryEngine([ops, finance], nothing);
const base: Partial<Parts> = {
  connections: { warehouse: one, lake: one },
  plugins: [plugin('freeze'), plugin('hours')],
  limits: { maxRows: 10 },
  approvals: { expiresMs: 60_000 },
};
const changes = (events: readonly AuditEvent[]): readonly AuditEvent[] =>
  events.filter(({ code }) => code === 'config.changed');

/** What the second of two runs over one log says of it. */
async function then(second: Partial<Parts>, crash = false): Promise<readonly AuditEvent[]> {
  const first = await house(base);
  const left = [...first.audit.events];
  await first.gateway.shutdown();
  const earlier = crash ? left : first.audit.events;
  const next = await house({ ...base, ...second, audit: memoryAudit(earlier) });
  await next.gateway.shutdown();
  return changes(next.audit.events);
}

describe('a start with another configuration than the last run had', () => {
  it.each<[string, Partial<Parts>, readonly string[]]>([
    ['limits', { limits: { maxRows: 11 } }, ['limits']],
    ['a plugin less', { plugins: [plugin('hours')] }, ['plugins']],
    ['plugins in another order', { plugins: [plugin('hours'), plugin('freeze')] }, ['plugins']],
    ['another schema', { connections: { warehouse: memoryEngine([ops], nothing), lake: one } }, ['connections']],
    ['a connection more', { connections: { warehouse: one, lake: one, attic: one } }, ['connections']],
    ['approvals that wait longer', { approvals: { expiresMs: 60_001 } }, ['approvals']],
    [
      'all of it',
      { connections: { warehouse: one }, plugins: [], limits: {}, approvals: {} },
      ['connections', 'limits', 'plugins', 'approvals'],
    ],
  ])('is told: %s', async (_what, second, changed) => {
    for (const crash of [false, true]) {
      const [event, ...more] = await then(second, crash);
      expect([event?.data['changed'], more]).toEqual([changed, []]);
      expect(event?.data['before']).toMatch(/^[0-9a-f]{64}$/);
      expect(event?.data['after']).not.toBe(event?.data['before']);
    }
  });

  it('is not told where it is the same, in whatever order it was written', async () => {
    expect(await then({})).toEqual([]);
    expect(
      await then({
        connections: { lake: memoryEngine([finance, ops], nothing), warehouse: one },
        limits: { maxTtlMs: 3_600_000, maxRows: 10 },
      }),
    ).toEqual([]);
  });

  it('is not told where nothing says how it was: a first start, an older record, a log that does not look back', async () => {
    expect(changes((await house(base)).audit.events)).toEqual([]);
    const old = { id: 'e', code: 'gateway.started', at: 1, instance: 'before', data: {} } as const;
    expect(changes((await house({ ...base, audit: memoryAudit([old]) })).audit.events)).toEqual([]);
    const told = memoryAudit([
      { ...old, data: { config: { connections: 'a', limits: 'a', plugins: 'a', approvals: 'a' } } },
    ]);
    await house({
      ...base,
      audit: {
        append: (event) => told.append(event),
        record: (...asked) => told.record(...asked),
        unresolved: () => told.unresolved(),
      },
    });
    expect(changes(told.events)).toEqual([]);
    await house({ ...base, audit: told });
    expect(changes(told.events)).toHaveLength(1);
  });

  it('stands in a journal, and says nothing of what it is', async () => {
    const directory = place();
    for (const limits of [{ maxRows: 4_711 }, { maxRows: 4_711 }, { maxRows: 4_712 }]) {
      const { gateway } = await house({ ...base, limits, audit: await journal({ directory }) });
      await gateway.shutdown();
    }
    const log = await journal({ directory });
    const told = await log.newest?.(['config.changed']);
    expect(told).toMatchObject({ code: 'config.changed', data: { changed: ['limits'] } });
    expect(JSON.stringify([told, await log.newest?.(['gateway.started'])])).not.toMatch(/471[12]/);
    await log.close?.();
  });
});
