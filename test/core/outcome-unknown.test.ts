import { describe, expect, it } from 'vitest';
import type { MemoryStatementHandler } from '../../src/adapters/memory/index.js';
import { memoryAudit } from '../../src/adapters/memory/index.js';
import { AccessError, withoutEffect, type AuditEvent, type Row } from '../../src/core/index.js';
import { as, codeOf, house, valueOf } from './test-gateway.js';

const lost = (): never => {
  throw new AccessError('ENGINE_UNAVAILABLE', 'connection reset', { detail: { engineCode: 'ECONNRESET' } });
};

/** Rows that cannot be had. */
const cut = (error: AccessError): AsyncIterable<readonly Row[]> => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }),
});

const write = { ...as('token-w'), access: 'write' } as const;

/** Runs one statement in a session for writing, and tells how it was answered and what the record has of it. */
async function writing(answer: MemoryStatementHandler, sql = 'DELETE orders', parts: Parameters<typeof house>[0] = {}) {
  const built = await house(parts, answer);
  const id = await built.session(write);
  const outcome = await built.run(id, sql, 'token-w');
  return { ...built, id, outcome, last: built.audit.events.findLast(({ statement }) => statement === outcome.id) };
}

describe('a write whose answer was lost', () => {
  it.each<[string, MemoryStatementHandler]>([
    ['the engine is gone', lost],
    [
      'it throws something unheard of',
      () => {
        throw new Error('socket hang up');
      },
    ],
    [
      'it took the statement and lost the rest',
      () => ({ columns: [], rows: cut(new AccessError('ENGINE_UNAVAILABLE')) }),
    ],
    [
      'it took the statement and refuses its rows',
      () => ({ columns: [], rows: cut(new AccessError('ENGINE_REJECTED')) }),
    ],
  ])('is unknown, in the answer and in the record, where %s', async (_name, answer) => {
    const { outcome, last } = await writing(answer);
    expect(outcome).toMatchObject({ status: 'failed', error: { code: 'OUTCOME_UNKNOWN', retryable: false } });
    expect(last).toMatchObject({
      code: 'statement.unresolved',
      data: { code: 'OUTCOME_UNKNOWN', at: 'execute', kind: 'write' },
    });
  });

  it('says what broke off, and what the engine said of that', async () => {
    const { last } = await writing(lost);
    expect(last?.data).toMatchObject({ after: 'ENGINE_UNAVAILABLE', engineCode: 'ECONNRESET' });
  });

  it.each<[string, MemoryStatementHandler, string]>([
    [
      'refused it',
      () => {
        throw new AccessError('ENGINE_REJECTED');
      },
      'ENGINE_REJECTED',
    ],
    [
      'says that nothing was done',
      () => {
        throw withoutEffect(new AccessError('ENGINE_UNAVAILABLE'));
      },
      'ENGINE_UNAVAILABLE',
    ],
  ])('is not, where the engine %s', async (_name, answer, code) => {
    const { outcome, last } = await writing(answer);
    expect(codeOf(outcome)).toBe(code);
    expect(last).toMatchObject({ code: 'statement.failed', data: { code } });
  });

  it('is not, where it only read', async () => {
    const { outcome, last } = await writing(lost, 'SELECT orders');
    expect(codeOf(outcome)).toBe('ENGINE_UNAVAILABLE');
    expect(last?.code).toBe('statement.failed');
  });

  it('is unknown where it was cancelled and the engine does not say how that went', async () => {
    const leave = new AbortController();
    const built = await house({ limits: { closeTimeoutMs: 20 } }, () => {
      leave.abort();
      return new Promise<never>(() => undefined);
    });
    const outcome = await built.run(await built.session(write), 'DELETE orders', 'token-w', leave.signal);
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { code: 'OUTCOME_UNKNOWN', detail: { after: 'ABORTED' } },
    });
  });

  it('is known where the engine says so after all: cancelled too late, it ran', async () => {
    const leave = new AbortController();
    const built = await house({}, async (_statement, signal) => {
      leave.abort();
      expect(signal.aborted).toBe(true);
      return { columns: [], rows: [], affected: 3 };
    });
    const outcome = await built.run(await built.session(write), 'DELETE orders', 'token-w', leave.signal);
    expect(valueOf(outcome)).toMatchObject({ affected: 3 });
    expect(built.audit.events.at(-1)).toMatchObject({ code: 'statement.executed', data: { affected: 3 } });
  });

  it('is told as done where the session ends in the moment of its end', async () => {
    const inner = memoryAudit();
    let closing: Promise<unknown> | undefined;
    const audit = {
      ...inner,
      append: async (event: AuditEvent) => {
        if (event.code === 'statement.executed') closing = built.gateway.close({ ...as('token-w'), session: id });
        await inner.append(event);
      },
    };
    const built = await house({ audit }, () => ({ columns: [], rows: [], affected: 1 }));
    const id: string = await built.session(write);
    const done = valueOf(await built.run(id, 'DELETE orders', 'token-w'));
    await closing;
    for await (const _batch of done.batches) throw new Error('there are no rows');
    expect([done.affected, done.delivery()]).toEqual([1, { rows: 0, bytes: 0, truncated: false }]);
  });

  it('is unknown where the record could not take its end, which it tells later', async () => {
    const inner = memoryAudit();
    let broken = true;
    const audit = {
      ...inner,
      append: (event: AuditEvent) =>
        broken && event.code === 'statement.executed' ? Promise.reject(new Error('disk full')) : inner.append(event),
    };
    const { outcome, gateway } = await writing(() => ({ columns: [], rows: [], affected: 1 }), 'DELETE orders', {
      audit,
    });
    expect(outcome).toMatchObject({
      status: 'failed',
      error: { code: 'OUTCOME_UNKNOWN', detail: { after: 'AUDIT_UNAVAILABLE' } },
    });
    broken = false;
    await gateway.shutdown();
    expect(inner.events.filter(({ statement }) => statement === outcome.id).map(({ code }) => code)).toEqual([
      'statement.authorized',
      'statement.executed',
    ]);
  });
});
