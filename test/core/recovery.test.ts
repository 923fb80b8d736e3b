import { describe, expect, it } from 'vitest';
import { memoryAudit, memoryEngine } from '../../src/adapters/memory/index.js';
import { AccessError, type AuditEvent, type EngineEventRecorder, type OrphanedSession } from '../../src/core/index.js';
import { as, codeOf, house, ops, valueOf } from './test-gateway.js';

const who = { principal: 'idp:agent-a', actor: 'idp:agent-a', issuer: 'idp' };
const left = (code: AuditEvent['code'], session: string, statement?: string): AuditEvent => ({
  id: `${code}-${session}`,
  code,
  at: 1,
  instance: 'before',
  session,
  who,
  connection: 'warehouse',
  data: {},
  ...(statement === undefined ? {} : { statement }),
});

describe('after a crash', () => {
  it('answers every intent and ends every session of the earlier run', async () => {
    const audit = memoryAudit([
      left('session.requested', 's1'),
      left('session.opened', 's1'),
      left('statement.authorized', 's1', 't1'),
      left('session.requested', 's2'),
    ]);
    const { gateway, run } = await house({ audit });
    expect(gateway.recovered).toEqual({ statements: 1, sessions: 2 });
    expect(audit.events.slice(4).map((event) => [event.code, event.session, event.data['by'] ?? null])).toEqual([
      ['statement.unresolved', 's1', 'restart'],
      ['session.closed', 's1', 'restart'],
      ['session.failed', 's2', 'restart'],
      ['gateway.started', undefined, null],
    ]);
    expect(audit.events[4]).toMatchObject({
      statement: 't1',
      who,
      connection: 'warehouse',
      data: { intent: 'statement.authorized-s1' },
    });
    expect(codeOf(await run('s1'))).toBe('NOT_FOUND');
  });

  it('still shows the owner, and only the owner, the record of then', async () => {
    const { gateway } = await house({
      audit: memoryAudit([left('session.requested', 's1'), left('session.opened', 's1')]),
    });
    expect(
      valueOf(await gateway.record({ ...as('token-a'), session: 's1' })).events.map((event) => event.code),
    ).toEqual(['session.requested', 'session.opened', 'session.closed']);
    expect(codeOf(await gateway.record({ ...as('token-b'), session: 's1' }))).toBe('NOT_FOUND');
  });

  it('does not start when that cannot be recorded', async () => {
    const audit = memoryAudit([left('session.opened', 's1')]);
    await expect(
      house({ audit: { ...audit, append: () => Promise.reject(new AccessError('AUDIT_UNAVAILABLE')) } }),
    ).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
  });
});

describe('while the record cannot be written', () => {
  it('nothing opens and nothing runs, and it mends without a restart', async () => {
    const inner = memoryAudit();
    let broken = false;
    const audit = {
      ...inner,
      append: (event: AuditEvent) => (broken ? Promise.reject(new Error('disk full')) : inner.append(event)),
    };
    const { open, session, run, engine } = await house({ audit });
    const id = await session();
    broken = true;
    expect(await run(id)).toMatchObject({
      status: 'failed',
      at: 'audit',
      error: { code: 'AUDIT_UNAVAILABLE', retryable: true },
    });
    expect(codeOf(await open())).toBe('AUDIT_UNAVAILABLE');
    expect(engine.ran).toEqual([]);
    expect(engine.live()).toBe(1);
    broken = false;
    expect(codeOf(await run(id))).toBe('completed');
    expect(codeOf(await open())).toBe('completed');
  });

  it('rows are withheld until the outcome is durable, and the outcome is written before the next intent', async () => {
    const inner = memoryAudit();
    let broken = false;
    const audit = {
      ...inner,
      append: (event: AuditEvent) =>
        broken && event.code === 'statement.executed' ? Promise.reject(new Error('disk full')) : inner.append(event),
    };
    const { session, run, engine } = await house({ audit });
    const id = await session();
    broken = true;
    expect(codeOf(await run(id, 'SELECT one'))).toBe('AUDIT_UNAVAILABLE');
    expect(codeOf(await run(id, 'SELECT two'))).toBe('AUDIT_UNAVAILABLE');
    expect(engine.ran).toEqual(['SELECT one']);
    broken = false;
    expect(codeOf(await run(id, 'SELECT three'))).toBe('completed');
    expect(inner.events.slice(3).map((event) => [event.code, event.data['sql']])).toEqual([
      ['statement.authorized', 'SELECT one'],
      ['statement.executed', 'SELECT one'],
      ['statement.delivered', undefined],
      ['statement.authorized', 'SELECT three'],
      ['statement.executed', 'SELECT three'],
    ]);
    expect(inner.events.find(({ code }) => code === 'statement.delivered')?.data).toMatchObject({
      rows: 0,
      code: 'AUDIT_UNAVAILABLE',
    });
  });

  it('a session that could not be recorded as open is closed at the engine', async () => {
    const inner = memoryAudit();
    let broken = true;
    const audit = {
      ...inner,
      append: (event: AuditEvent) =>
        broken && event.code === 'session.opened' ? Promise.reject(new Error('disk full')) : inner.append(event),
    };
    const { gateway, open, engine } = await house({ audit });
    expect(codeOf(await open())).toBe('AUDIT_UNAVAILABLE');
    expect(engine.live()).toBe(0);
    broken = false;
    await gateway.shutdown();
    expect(inner.events.map((event) => event.code)).toEqual([
      'gateway.started',
      'session.requested',
      'session.opened',
      'session.closed',
      'gateway.stopped',
    ]);
  });
});

describe('an engine that keeps books of its own', () => {
  it('is told at the start which sessions were left, and what it tells is recorded', async () => {
    const audit = memoryAudit([
      left('session.requested', 's1'),
      { ...left('grant.applied', 's1'), data: { role: 'R1' } },
      left('session.opened', 's1'),
      left('session.requested', 's2'),
      { ...left('grant.applied', 's2'), data: { role: 'R2' } },
      left('grant.removed', 's2'),
      left('session.requested', 's3'),
    ]);
    const seen: OrphanedSession[] = [];
    let note: EngineEventRecorder | undefined;
    const engine = memoryEngine([ops], () => ({ columns: [], rows: [] }));
    const { session } = await house({
      audit,
      connections: {
        warehouse: {
          ...engine,
          start: (say, sessions) => {
            seen.push(...sessions);
            note = say;
          },
        },
      },
    });
    expect(seen).toEqual([{ session: 's1', applied: { role: 'R1' } }, { session: 's2' }, { session: 's3' }]);
    await note?.('grant.removed', { role: 'SALLYPORT_1', by: 'reaper' }, { session: 's1' });
    expect(audit.events.at(-1)).toMatchObject({
      code: 'grant.removed',
      session: 's1',
      connection: 'warehouse',
      data: { role: 'SALLYPORT_1', by: 'reaper' },
    });
    await session();
  });

  it('does not start where it cannot', async () => {
    const engine = memoryEngine([ops], () => ({ columns: [], rows: [] }));
    await expect(
      house({
        connections: { warehouse: { ...engine, start: () => Promise.reject(new AccessError('CONFIG_INVALID', 'no')) } },
      }),
    ).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('ends its session when the path is lost', async () => {
    const engine = memoryEngine([ops], () => ({ columns: ['ID'], rows: [[1]] }));
    let lose: (() => void) | undefined;
    const { session, run, codes } = await house({
      connections: {
        warehouse: {
          ...engine,
          open: async (grant, signal) => {
            const inner = await engine.open(grant, signal);
            return {
              id: inner.id,
              run: (statement, stop) => inner.run(statement, stop),
              close: () => inner.close(),
              lost: new Promise<void>((resolve) => (lose = resolve)),
            };
          },
        },
      },
    });
    const id = await session();
    lose?.();
    await expect.poll(codes).toContain('session.closed');
    expect(codeOf(await run(id))).toBe('SESSION_CLOSED');
    expect(engine.live()).toBe(0);
  });
});
