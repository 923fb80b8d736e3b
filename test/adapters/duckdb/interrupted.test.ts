import { describe, expect, it } from 'vitest';
import { AccessError, type EngineSession, type Execution, type StatementKind } from '../../../src/core/index.js';
import { opened, rowsOf } from './subject.js';

const rows = 200_000;

function change(session: EngineSession, sql: string, kind: StatementKind, signal: AbortSignal): Promise<Execution> {
  const analysis = {
    kind,
    operation: '',
    canonical: sql,
    digest: '',
    redacted: '',
    summary: '',
    reads: [],
    writes: [],
    functions: [],
  } as const;
  return session.run(
    {
      id: 'statement',
      canonical: sql,
      text: sql,
      binds: [],
      analysis,
      limits: { maxRows: 1e9, maxBytes: 1e12 },
      timeLeftMs: 60_000,
    },
    signal,
  );
}

/** Interrupts one after so many milliseconds, and says how it went. */
async function interrupted(
  session: EngineSession,
  sql: string,
  kind: StatementKind,
  ms: number,
): Promise<'ran' | AccessError> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(new AccessError('SESSION_EXPIRED')), ms);
  try {
    await change(session, sql, kind, stop.signal);
    return 'ran';
  } catch (error) {
    return error as AccessError;
  } finally {
    clearTimeout(timer);
  }
}

describe('a change that is interrupted', () => {
  it('was made whole, or not at all, and the engine says which', async () => {
    const { connector, session } = await opened('write');
    await change(session, 'CREATE TABLE MANY (N BIGINT)', 'ddl', new AbortController().signal);
    const seen = new Set<string>();
    let whole = 0;
    for (let round = 0; round < 60; round += 1) {
      const end = await interrupted(session, `INSERT INTO MANY SELECT range FROM range(${rows})`, 'write', round % 20);
      if (end === 'ran') whole += 1;
      else expect(end).toMatchObject({ code: 'SESSION_EXPIRED', detail: { effect: 'none' } });
      seen.add(end === 'ran' ? end : end.code);
      expect(await rowsOf(session, 'SELECT count(*) FROM MANY')).toEqual([[whole * rows]]);
    }
    expect([...seen]).toContain('SESSION_EXPIRED');
    await connector.close?.();
  });

  it('leaves no table half made', async () => {
    const { connector, session } = await opened('write');
    const end = await interrupted(
      session,
      'CREATE TABLE HALF AS SELECT a.range FROM range(100000000) a, range(100) b',
      'ddl',
      30,
    );
    expect(end).toMatchObject({ code: 'SESSION_EXPIRED', detail: { effect: 'none' } });
    await expect(rowsOf(session, 'SELECT count(*) FROM HALF')).rejects.toMatchObject({ code: 'ENGINE_REJECTED' });
    await connector.close?.();
  });

  it('is not told as done where the session is closed under it', async () => {
    const { connector, session } = await opened('write');
    const { session: other } = await opened('read', connector);
    const running = change(
      session,
      'INSERT INTO ORDERS SELECT 9, NULL FROM range(100000000) a, range(100) b',
      'write',
      new AbortController().signal,
    );
    setTimeout(() => void session.close(), 30);
    await expect(running).rejects.toMatchObject({ code: 'SESSION_CLOSED', detail: { effect: 'none' } });
    expect(await rowsOf(other, 'SELECT count(*) FROM ORDERS')).toEqual([[3]]);
    await connector.close?.();
  });
});
