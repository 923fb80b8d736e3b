import { describe, expect, it } from 'vitest';
import { house } from './test-gateway.js';
import { mount } from './test-hosts.js';

interface Page {
  readonly events: readonly { readonly id: string }[];
  readonly next?: string;
}

describe('GET /sessions/{session}/record', () => {
  it('answers a page, and names the next', async () => {
    const { gateway } = await house();
    const { ask, session } = await mount(gateway);
    const here = `/sessions/${await session()}`;
    for (let count = 0; count < 5; count += 1)
      await ask('POST', `${here}/statements`, { body: { sql: 'SELECT acme.ops.orders' } });
    const read = async (query = ''): Promise<Page> =>
      (await ask('GET', `${here}/record${query}`)).json as unknown as Page;
    const whole = await read();
    expect(whole).not.toHaveProperty('next');
    const pages = [await read('?limit=4')];
    while (pages.at(-1)?.next !== undefined) pages.push(await read(`?limit=4&after=${pages.at(-1)?.next ?? ''}`));
    expect(pages.length).toBeGreaterThan(1);
    expect(pages.flatMap(({ events }) => events)).toEqual(whole.events);
  });

  it.each([
    ['?limit=0', 'request.limit'],
    ['?limit=1001', 'request.limit'],
    ['?limit=4.0', 'request.limit'],
    ['?limit=', 'request.limit'],
    ['?limit=1e2', 'request.limit'],
    ['?limit=4&limit=5', 'request.query'],
    ['?after=', 'request.after'],
    [`?after=${'x'.repeat(256)}`, 'request.after'],
    ['?access_token=a', 'request.query'],
    ['?__proto__=1', 'request.query'],
    ['?constructor=1', 'request.query'],
  ])('%s is refused', async (query, reason) => {
    const { gateway } = await house();
    const { ask, session } = await mount(gateway);
    const answer = await ask('GET', `/sessions/${await session()}/record${query}`);
    expect([answer.status, answer.json['code'], answer.json['reason']]).toEqual([400, 'INVALID_REQUEST', reason]);
  });
});
