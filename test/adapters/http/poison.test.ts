import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { bulk, splunkHec } from '../../../src/adapters/http/index.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import type { DeliveryMessage } from '../../../src/core/index.js';
import { journal } from '../../../src/adapters/journal/journal.js';
import { never, parcels, refusal } from '../delivery-messages.js';
import { closeAll, ends, idsIn, inTurn, items, receiver, sinkTo, unavailable } from './receiver.js';

afterEach(closeAll);

const names = (from: number, to: number): string[] =>
  Array.from({ length: to - from + 1 }, (_, index) => `e-${from + index}`);

describe('too much at once', () => {
  it('413 is halved until it fits, in order, and nothing is sent twice that was taken', async () => {
    const { url, asked } = await receiver((one, response, time) =>
      ends(idsIn(one.body).length > 2 ? 413 : 200)(one, response, time),
    );
    await sinkTo(url).deliver(parcels(8), never);
    expect(asked.map(({ body }) => idsIn(body).length)).toEqual([8, 4, 2, 2, 4, 2, 2]);
    expect(
      asked
        .map(({ body }) => idsIn(body))
        .filter((ids) => ids.length <= 2)
        .flat(),
    ).toEqual(names(1, 8));
  });

  it.each([400, 413, 422])('%i for one alone: nothing is passed over without one to take it', async (status) => {
    const { url, asked } = await receiver(ends(status));
    expect(await refusal(sinkTo(url), parcels(1))).toMatchObject(unavailable(`status ${status}`));
    expect(asked).toHaveLength(1);
    const poison: [DeliveryMessage, string][] = [];
    await sinkTo(url, { onPoison: (...each) => void poison.push(each) }).deliver(parcels(1), never);
    expect(poison).toEqual([[parcels(1)[0], `status ${status}`]]);
  });
});

describe('who takes poison', () => {
  it('has it before the next is sent', async () => {
    const order: string[] = [];
    const { url } = await receiver((one, response, time) => {
      order.push(...idsIn(one.body));
      ends(one.body.includes('e-1"') ? 400 : 200)(one, response, time);
    });
    await sinkTo(url, {
      maxBytes: 1,
      async onPoison({ id }) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        order.push(`kept ${id}`);
      },
    }).deliver(parcels(2), never);
    expect(order).toEqual(['e-1', 'kept e-1', 'e-2']);
  });

  it('may fail: then the delivery does, and goes no further', async () => {
    const { url, asked } = await receiver(ends(400));
    const cause = new Error('full');
    for (const onPoison of [
      () => Promise.reject(cause),
      () => {
        throw cause;
      },
    ])
      expect(await refusal(sinkTo(url, { maxBytes: 1, onPoison }), parcels(3))).toMatchObject({
        code: 'AUDIT_UNAVAILABLE',
        cause,
      });
    expect(asked.map(({ body }) => idsIn(body))).toEqual([['e-1'], ['e-1']]);
  });
});

describe('an answer for each of them', () => {
  it('each has the reason of its own, and only what may pass is sent again', async () => {
    const { url, asked } = await receiver(
      inTurn(
        ends(
          200,
          items([429, 'es_rejected_execution_exception'], [400, 'document_parsing_exception'], 201, 503, [
            413,
            'too_large',
          ]),
        ),
        ends(200, items(201, [429, 'x'])),
        ends(200, items(409)),
      ),
    );
    const poison: string[] = [];
    await sinkTo(url, { format: bulk(), onPoison: ({ id }, reason) => void poison.push(`${id}: ${reason}`) }).deliver(
      parcels(5),
      never,
    );
    expect(poison).toEqual(['e-2: item 400 document_parsing_exception', 'e-5: item 413 too_large']);
    expect(asked.map(({ body }) => idsIn(body))).toEqual([names(1, 5), ['e-1', 'e-4'], ['e-4']]);
  });

  it('one that never passes is told, however many did', async () => {
    const { url, asked } = await receiver(inTurn(ends(200, items(201, 429)), ends(200, items(429))));
    expect(await refusal(sinkTo(url, { format: bulk() }), parcels(2))).toMatchObject(unavailable('item 429'));
    expect(asked.map(({ body }) => idsIn(body))).toEqual([['e-1', 'e-2'], ['e-2'], ['e-2']]);
  });

  it('all of them poison: each is handed over once', async () => {
    const { url } = await receiver((one, response, time) =>
      ends(200, items(...idsIn(one.body).map(() => 400)))(one, response, time),
    );
    const poison: string[] = [];
    await sinkTo(url, { format: bulk(), onPoison: ({ id }) => void poison.push(id) }).deliver(parcels(3), never);
    expect(poison).toEqual(names(1, 3));
  });

  it.each(['', 'no JSON', '[]', '{"items":3}', '{"items":[{}]}', '{"items":[{"create":{"status":"201"}}]}'])(
    '%j is no receipt of Elasticsearch',
    async (body) => {
      const { url } = await receiver(ends(200, body));
      expect(await refusal(sinkTo(url, { format: bulk(), retries: 0 }), parcels(1))).toMatchObject({
        code: 'AUDIT_UNAVAILABLE',
      });
    },
  );

  it.each(['', 'no JSON', '{}', '{"code":"0"}', '{"code":9}'])('%j is no receipt of Splunk', async (body) => {
    const { url } = await receiver(ends(200, body));
    expect(await refusal(sinkTo(url, { format: splunkHec(), retries: 0 }), parcels(1))).toMatchObject(
      unavailable('unreadable answer'),
    );
  });
});

it('a journal ships through a receiver that fails now and then: everything, in order', async () => {
  const taken: string[] = [];
  const { url, asked } = await receiver((one, response, time) => {
    if (time % 3 === 1) ends(503)(one, response, time);
    else if (time % 3 === 2) response.destroy();
    else {
      taken.push(...one.body.trim().split('\n'));
      ends(200)(one, response, time);
    }
  });
  const log = await journal({
    directory: mkdtempSync(join(tmpdir(), 'http-sink-')),
    ship: sinkTo(url, { maxBytes: 8_000, timeoutMs: 5_000 }),
  });
  const written: string[] = [];
  for (let turn = 0; turn < 30; turn += 1) {
    written.push(`t-${turn}`);
    await log.append(sampleEvent('statement.executed', { session: 's', statement: `t-${turn}` }));
  }
  await expect.poll(() => new Set(taken.flatMap((line) => /"t-\d+"/.exec(line) ?? [])).size).toBe(30);
  await log.close?.();
  const order = taken.flatMap((line) => /"(t-\d+)"/.exec(line)?.[1] ?? []);
  expect([...new Set(order)]).toEqual(written);
  expect(asked.length).toBeGreaterThan(3);
});
