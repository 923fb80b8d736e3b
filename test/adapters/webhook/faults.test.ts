import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { webhook, type WebhookOptions } from '../../../src/adapters/webhook/index.js';
import type { Notifier } from '../../../src/core/index.js';
import { office, people } from '../../core/approvals/test-reviewers.js';
import { closeAll, ends, inTurn, receiver, type Asked } from '../http/receiver.js';
import { dropped, never, notice, numbered, tell } from '../notices.js';
import { soon } from '../expect-eventually.js';

afterEach(closeAll);

const secret = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
const hangs = (): void => undefined;
const resets = (_asked: Asked, response: { destroy(): void }): void => response.destroy();

function hookTo(
  url: string,
  more: Partial<WebhookOptions> = {},
): { readonly hook: Notifier; readonly all: readonly [string, string][] } {
  const { all, onDropped } = dropped();
  return { hook: webhook({ url, secret, timeoutMs: 2_000, retries: 2, onDropped, ...more }), all };
}

describe('what may pass', () => {
  it.each([
    ['503', ends(503)],
    ['500', ends(500)],
    ['429', ends(429)],
    ['408', ends(408)],
    ['silence', hangs],
    ['a reset', resets],
    ['an answer that trickles', (_asked: Asked, response: { writeContinue(): void }) => response.writeContinue()],
  ])('%s: is told again under the same id, signed anew', async (_what, answer) => {
    const { url, asked } = await receiver(inTurn(answer, ends(200)));
    const { hook, all } = hookTo(url);
    await hook.notify(notice, never);
    expect(asked.map(({ headers, body }) => [headers['webhook-id'], body])).toEqual(
      [0, 1].map(() => [notice.id, asked[0]?.body]),
    );
    expect(all).toEqual([]);
  });

  it.each([429, 503])('%i with Retry-After: not before', async (status) => {
    const { url, asked } = await receiver(inTurn(ends(status, '', { 'retry-after': '2' }), ends(200)));
    await hookTo(url).hook.notify(notice, never);
    const [first = 0, second = 0] = asked.map(({ headers }) => Number(headers['webhook-timestamp']));
    expect(second - first).toBeGreaterThanOrEqual(1); // whole seconds of two moments 2 s apart
    expect(asked[1]?.headers['webhook-signature']).not.toBe(asked[0]?.headers['webhook-signature']);
  });

  it.each([
    ['503', ends(503), 'status 503'],
    ['silence', hangs, 'TimeoutError'],
    ['a reset', resets, 'UND_ERR_SOCKET'],
  ])('%s that does not pass is given up, and told', async (_what, answer, why) => {
    const { url, asked } = await receiver(answer);
    const { hook, all } = hookTo(url);
    await hook.notify(notice, never);
    expect(all).toEqual([[notice.id, why]]);
    expect(asked).toHaveLength(3);
  });

  it('nobody there', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { hook, all } = hookTo(`http://127.0.0.1:${port}/`, { retries: 0 });
    await hook.notify(notice, never);
    expect(all).toEqual([[notice.id, 'ECONNREFUSED']]);
  });
});

describe('what does not pass', () => {
  it.each([400, 401, 403, 404, 410, 413, 422])(
    '%i is given up at once; the next notice is tried all the same',
    async (status) => {
      const { url, asked } = await receiver(inTurn(ends(status, 'a text of the receiver'), ends(200)));
      const { hook, all } = hookTo(url);
      await hook.notify(notice, never);
      expect([asked.length, all]).toEqual([1, [[notice.id, `status ${status}`]]]);
      await hook.notify({ ...notice, id: 'next' }, never);
      expect([asked.length, all.length]).toEqual([2, 1]);
    },
  );

  it.each([301, 302, 303, 307, 308])('%i: nothing goes elsewhere, and it is given up at once', async (status) => {
    const elsewhere = await receiver(ends(200));
    const { url, asked } = await receiver(ends(status, '', { location: elsewhere.url }));
    const { hook, all } = hookTo(url);
    await hook.notify(notice, never);
    expect([all, elsewhere.asked, asked.length]).toEqual([[[notice.id, 'redirect']], [], 1]);
  });
});

describe('many notices', () => {
  it('four at once, so many waiting, and no more', async () => {
    const { url, asked } = await receiver(hangs);
    const { hook, all } = hookTo(url, { retries: 0, waiting: 3 });
    await tell(hook, numbered(10));
    expect(all.filter(([, why]) => why === 'full').map(([id]) => id)).toEqual(['n-7', 'n-8', 'n-9']);
    expect(all.filter(([, why]) => why === 'TimeoutError').map(([id]) => id)).toEqual([
      'n-0',
      'n-1',
      'n-2',
      'n-3',
      'n-4',
      'n-5',
      'n-6',
    ]);
    expect(asked).toHaveLength(7);
    await tell(hook, numbered(1));
    expect(all.at(-1), 'there is room again').toEqual(['n-0', 'TimeoutError']);
  });

  it('all of them arrive through a receiver that fails now and then', async () => {
    const seen = new Set<string>();
    const { url } = await receiver(({ headers }, response, time) => {
      if (time % 3 !== 0) seen.add(String(headers['webhook-id']));
      response.writeHead(time % 3 === 0 ? 503 : 200).end();
    });
    const { hook, all } = hookTo(url, { timeoutMs: 10_000, retries: 20 });
    const warnings: string[] = [];
    const warned = ({ name }: Error): void => void warnings.push(name);
    process.on('warning', warned);
    await tell(hook, numbered(40));
    process.off('warning', warned);
    expect([seen.size, all, warnings]).toEqual([40, [], []]);
  });
});

describe('shutting down', () => {
  it.each([
    ['an attempt', hangs],
    ['a pause', ends(503, '', { 'retry-after': '30' })],
  ])('during %s: ends it and what waits behind it; nothing more is sent', async (_what, answer) => {
    const { url, asked } = await receiver(answer);
    const { all, onDropped } = dropped();
    const hook = webhook({ url, secret, onDropped });
    const stop = new AbortController();
    const telling = tell(hook, numbered(6), stop.signal);
    await soon(() => asked.length).toBe(4);
    stop.abort();
    await telling;
    expect(all.map(([, why]) => why)).toEqual(Array.from({ length: 6 }, () => 'shutdown'));
    await hook.notify(notice, stop.signal);
    expect([asked.length, all.at(-1)]).toEqual([4, [notice.id, 'shutdown']]);
  });

  it('of a gateway while its receiver says later', async () => {
    const { url, asked } = await receiver(ends(503, '', { 'retry-after': '30' }));
    const { hook, all } = hookTo(url, { retries: 100, timeoutMs: 30_000 });
    const at = await office({ approvals: { ...people, notify: [hook] } });
    await at.ticket();
    await soon(() => asked.length).toBe(1);
    await at.gateway.shutdown();
    expect(all.map(([, why]) => why)).toContain('shutdown');
  });

  it('a log that throws keeps nobody from being told', async () => {
    const { url, asked } = await receiver(inTurn(ends(410), ends(200)));
    const hook = webhook({
      url,
      secret,
      onDropped: () => {
        throw new Error('the log is full');
      },
    });
    await tell(hook, numbered(1));
    await tell(hook, numbered(1));
    expect(asked).toHaveLength(2);
  });
});
