import { describe, expect, it } from 'vitest';
import { AccessError, type Connector, type EngineSession, type Row } from '../../src/core/index.js';
import { as, codeOf, house, ops, rowsOf, valueOf } from './test-gateway.js';

const session = (more: Partial<EngineSession> = {}): EngineSession => ({
  id: 'e',
  run: () => Promise.reject(new Error('unused')),
  close: async () => undefined,
  ...more,
});
const engine = (open: Connector['open']): Connector => ({ engine: 'broken', schemas: [ops], open });

async function* failingMidway(): AsyncGenerator<readonly Row[]> {
  yield [[1]];
  yield [[2]];
  yield [[3]];
  throw new AccessError('ENGINE_UNAVAILABLE', 'connection reset', { detail: { engineCode: '390114' } });
}

async function* slow(): AsyncGenerator<readonly Row[]> {
  for (let row = 0; row < 6; row += 1) {
    await new Promise((resolve) => setTimeout(resolve, 1));
    yield [[row]];
  }
}

async function* endless(): AsyncGenerator<readonly Row[]> {
  for (;;) yield [[1]];
}

describe('an engine that fails', () => {
  it.each<[string, Connector['open'], string]>([
    ['throws at open', () => Promise.reject(new Error('down')), 'ENGINE_UNAVAILABLE'],
    [
      'throws at once',
      () => {
        throw new Error('down');
      },
      'ENGINE_UNAVAILABLE',
    ],
  ])('and %s leaves no session, and an outcome', async (_name, open, code) => {
    const {
      gateway,
      open: ask,
      codes,
    } = await house({ connections: { warehouse: engine(open) }, limits: { openTimeoutMs: 20, sessionsPerActor: 1 } });
    for (const _again of [1, 2]) expect(codeOf(await ask())).toBe(code);
    expect(codes()).toEqual([
      'gateway.started',
      'session.requested',
      'session.failed',
      'session.requested',
      'session.failed',
    ]);
    await gateway.shutdown();
  });

  it('and never opens is given up, but counts as long as it may still be there', async () => {
    let give: ((session: EngineSession) => void) | undefined;
    let closed = 0;
    const hanging: Connector['open'] = () =>
      new Promise((resolve) => {
        give = resolve;
      });
    const { open: ask, codes } = await house({
      connections: { warehouse: engine(hanging) },
      limits: { openTimeoutMs: 20, sessionsPerActor: 1 },
    });
    expect(codeOf(await ask())).toBe('ENGINE_UNAVAILABLE');
    expect(codeOf(await ask())).toBe('TOO_MANY_SESSIONS');
    give?.(session({ close: async () => void (closed += 1) }));
    await expect.poll(() => closed).toBe(1);
    expect(codeOf(await ask())).toBe('ENGINE_UNAVAILABLE');
    expect(codes()).toEqual([
      'gateway.started',
      'session.requested',
      'session.failed',
      'session.denied',
      'session.requested',
      'session.failed',
    ]);
  });

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['no rows', { queryId: 'q', columns: [] }],
    ['no columns', { queryId: 'q', batches: [] }],
    ['no id', { queryId: '', columns: [], batches: endless() }],
    [
      'rows that cannot be begun',
      {
        queryId: 'q',
        columns: [],
        batches: {
          [Symbol.asyncIterator]: () => {
            throw new Error('no');
          },
        },
      },
    ],
  ])('and answers %s fails the statement, not the session', async (_name, answer) => {
    const {
      gateway,
      session: open,
      run: ask,
    } = await house({ connections: { warehouse: engine(async () => session({ run: async () => answer as never })) } });
    const id = await open();
    for (const _again of [1, 2]) expect(codeOf(await ask(id))).toBe('ENGINE_UNAVAILABLE');
    await gateway.shutdown();
  });

  it('and opens too late is closed again', async () => {
    let closed = 0;
    const late: Connector['open'] = () =>
      new Promise((resolve) => setTimeout(() => resolve(session({ close: async () => void (closed += 1) })), 40));
    const { open } = await house({ connections: { warehouse: engine(late) } });
    expect(codeOf(await open({ ttlMs: 15 }))).toBe('SESSION_EXPIRED');
    await expect.poll(() => closed).toBe(1);
  });

  it('at close is reported as not clean', async () => {
    const {
      gateway,
      session: open,
      audit,
    } = await house({
      connections: { warehouse: engine(async () => session({ close: () => Promise.reject(new Error('stuck')) })) },
    });
    const id = await open();
    expect(valueOf(await gateway.close({ ...as('token-a'), session: id })).state).toBe('closed');
    expect(audit.events.at(-1)).toMatchObject({ code: 'session.closed', data: { by: 'agent', clean: false } });
  });

  it.each<[string, () => never | Promise<never>]>([
    ['rejects', () => Promise.reject(new Error('SELECT secret'))],
    [
      'throws at once',
      () => {
        throw new Error('SELECT secret');
      },
    ],
  ])('and %s at run lets the next statement in, and its words stay out of the record', async (_name, run) => {
    const {
      session: open,
      run: ask,
      audit,
    } = await house({ connections: { warehouse: engine(async () => session({ run })) } });
    const id = await open();
    for (const _again of [1, 2]) expect(codeOf(await ask(id))).toBe('ENGINE_UNAVAILABLE');
    expect(JSON.stringify(audit.events)).not.toContain('secret');
  });

  it('in the middle of the rows fails the stream, and the record counts what went out', async () => {
    const { session: open, run, audit } = await house({}, () => ({ columns: ['A'], rows: failingMidway() }));
    const result = valueOf(await run(await open()));
    await expect(rowsOf(result)).rejects.toMatchObject({ code: 'ENGINE_UNAVAILABLE' });
    expect(audit.events.at(-1)).toMatchObject({
      code: 'statement.delivered',
      data: { rows: 3, code: 'ENGINE_UNAVAILABLE' },
    });
  });

  it('does not lose the caller who asks for the same batch twice at once', async () => {
    const { session: open, run } = await house({}, () => ({ columns: ['A'], rows: slow() }));
    const iterator = valueOf(await run(await open())).batches[Symbol.asyncIterator]();
    const steps = await Promise.all(Array.from({ length: 8 }, () => iterator.next()));
    expect(steps.map((step) => (step.done === true ? null : (step.value[0]?.[0] ?? null)))).toEqual([
      0,
      1,
      2,
      3,
      4,
      5,
      null,
      null,
    ]);
  });
});
