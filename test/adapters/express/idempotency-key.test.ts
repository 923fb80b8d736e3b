import { describe, expect, it } from 'vitest';
import { AccessError, withoutEffect } from '../../../src/core/index.js';
import { memoryPolicy, type MemoryStatementHandler } from '../../../src/adapters/memory/index.js';
import { house, opening } from './test-gateway.js';
import { mount, type Ask } from './test-hosts.js';

const policy = memoryPolicy([{ id: 'all', subject: '*', connection: '*', object: '*', action: '*' }]);

async function writing(answer: MemoryStatementHandler) {
  const { gateway, engine } = await house(answer, { policy });
  const { ask } = await mount(gateway);
  const id = String((await ask('POST', '/sessions', { body: { ...opening, access: 'write' } })).json['id']);
  return {
    engine,
    write: (headers: Ask['headers'], body: object = { sql: 'DELETE orders' }) =>
      ask('POST', `/sessions/${id}/statements`, { body, headers: headers ?? {} }),
  };
}

describe('Idempotency-Key over REST', () => {
  it('runs a write once, quoted or bare, as JSON or in lines', async () => {
    const { engine, write } = await writing(() => ({ columns: [], rows: [], affected: 3 }));
    const first = await write({ 'idempotency-key': '"8e03978e-40d5-43dd-bc93-6894a57f9324"' });
    const again = await write({ 'idempotency-key': '8e03978e-40d5-43dd-bc93-6894a57f9324' });
    expect([first.status, again.status, first.json['replayed'], again.json]).toMatchObject([
      200,
      200,
      undefined,
      { replayed: true, affected: 3, statement: first.json['statement'], rows: [], truncated: false },
    ]);
    const lines = (
      await write({ 'idempotency-key': '8e03978e-40d5-43dd-bc93-6894a57f9324', accept: 'application/x-ndjson' })
    ).text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as object);
    expect(lines).toMatchObject([{ replayed: true, affected: 3 }, { end: { status: 'complete', rows: 0 } }]);
    expect(engine.ran).toEqual(['DELETE orders']);
  });

  it('is refused for other bytes, and where it is no key', async () => {
    const { engine, write } = await writing(() => ({ columns: [], rows: [] }));
    await write({ 'idempotency-key': 'k' });
    expect((await write({ 'idempotency-key': 'k' }, { sql: 'DELETE customers' })).json).toMatchObject({
      status: 400,
      code: 'INVALID_REQUEST',
      reason: 'key.reused',
    });
    for (const bad of ['', '"', '"a', 'a b', 'a, b', 'x'.repeat(256), 'ä']) {
      expect((await write({ 'idempotency-key': bad })).json).toMatchObject({
        status: 400,
        code: 'INVALID_REQUEST',
        reason: 'request.idempotency_key',
      });
    }
    expect(engine.ran).toHaveLength(1);
  });

  it('a write whose answer was lost is 502 without Retry-After, each time; one that was not sent has it', async () => {
    let error = new AccessError('ENGINE_UNAVAILABLE');
    const { engine, write } = await writing(() => {
      throw error;
    });
    for (const _again of [1, 2]) {
      const lost = await write({ 'idempotency-key': 'k' });
      expect([lost.status, lost.json['code'], lost.headers.get('retry-after')]).toEqual([502, 'OUTCOME_UNKNOWN', null]);
    }
    error = withoutEffect(error);
    const unsent = await write({});
    expect([unsent.status, unsent.json, unsent.headers.get('retry-after')]).toMatchObject([
      503,
      { code: 'ENGINE_UNAVAILABLE', data: { effect: 'none' } },
      '5',
    ]);
    expect(engine.ran).toHaveLength(2);
  });
});
