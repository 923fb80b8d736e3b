import { describe, expect, it } from 'vitest';
import { memoryTickets, type Ticket } from '../../../src/core/index.js';

const someone = { id: 'idp:a', subject: 'a', issuer: 'idp' };

function ticket(id: string, text = ''): Ticket {
  return {
    id,
    version: 1,
    state: 'pending',
    moment: 'run',
    digest: 'd',
    bound: {},
    decided: '',
    request: 'r',
    identity: { principal: someone, actor: someone, expiresAt: 1 },
    connection: 'warehouse',
    schema: 'ACME.OPS',
    access: 'write',
    session: 's',
    reason: text,
    question: { asks: [], context: {} },
    asks: [],
    rules: [],
    policyVersion: 'v',
    terms: [],
    decisions: [],
    requestedAt: 1,
    expiresAt: 2,
  };
}

const over = (one: Ticket): Ticket => ({ ...one, version: 2, state: 'void' });

describe('tickets in memory', () => {
  it('swap once for each version, and keep their order', async () => {
    const store = memoryTickets();
    for (const id of ['1', '2', '3']) await store.put(ticket(id));
    await expect(store.put(ticket('2'))).rejects.toMatchObject({ code: 'INTERNAL' });
    const next: Ticket = { ...ticket('1'), version: 2, state: 'approved' };
    expect(await Promise.all([store.swap(next), store.swap(next)])).toEqual([true, false]);
    expect(await store.swap({ ...next, version: 4 })).toBe(false);
    expect(await store.swap({ ...ticket('none'), version: 2 })).toBe(false);
    expect((await store.list({ states: ['pending', 'approved'] })).map(({ id }) => id)).toEqual(['1', '2', '3']);
    expect(await store.list({ actor: 'idp:b' })).toEqual([]);
  });

  it('do not grow for ever: of a hundred thousand that are over, the latest 5,000 are left', async () => {
    const store = memoryTickets();
    for (let index = 0; index < 100_000; index += 1) {
      const one = ticket(String(index));
      await store.put(one);
      await store.swap(over(one));
    }
    const left = await store.list({});
    expect([left.length, left[0]?.id, left.at(-1)?.id]).toEqual([5_000, '95000', '99999']);
    expect(await store.get('94999')).toBeUndefined();
  });

  it('nor by size: large ones leave sooner', async () => {
    const store = memoryTickets();
    const text = 'x'.repeat(1_000_000);
    for (let index = 0; index < 100; index += 1) {
      const one = ticket(String(index), text);
      await store.put(one);
      await store.swap(over(one));
    }
    const left = await store.list({});
    expect(left.length * text.length).toBeLessThanOrEqual(2 ** 26);
    expect([left.length, left.at(-1)?.id]).toEqual([67, '99']);
  });

  it('take no more than so many at once, nor so much, until some are over', async () => {
    const store = memoryTickets();
    for (let index = 0; index < 10_000; index += 1) await store.put(ticket(String(index)));
    await expect(store.put(ticket('one more'))).rejects.toMatchObject({ code: 'APPROVAL_UNAVAILABLE' });
    await store.swap(over(ticket('0')));
    await store.put(ticket('one more'));
    const large = memoryTickets();
    const text = 'x'.repeat(1_000_000);
    for (let index = 0; index < 269; index += 1) await large.put(ticket(String(index), text));
    await expect(large.put(ticket('one more'))).rejects.toMatchObject({ code: 'APPROVAL_UNAVAILABLE' });
    for (let index = 0; index < 100; index += 1) await large.swap(over(ticket(String(index), text)));
    await large.put(ticket('one more'));
  });
});
