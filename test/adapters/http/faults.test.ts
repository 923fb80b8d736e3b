import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { afterEach, describe, expect, it } from 'vitest';
import { bulk, ndjson, splunkHec } from '../../../src/adapters/http/index.js';
import { never, parcels, refusal } from '../delivery-messages.js';
import { atOnce } from '../../support/event-loop-turns.js';
import { closeAll, ends, inTurn, receiver, sinkTo, unavailable } from './receiver.js';

afterEach(closeAll);

const secret = 's3cret-token';
const hangs = (): void => undefined;
const neverComes = (): Promise<string> => new Promise(hangs);
const tells = (): string => secret;

describe('time', () => {
  it('a request ends in time, also where memory is tidied up meanwhile', async () => {
    setFlagsFromString('--expose-gc');
    const tidy = runInNewContext('gc') as () => void;
    const { url } = await receiver(hangs);
    const timer = setInterval(tidy, 20);
    const late = new AbortController();
    const patience = setTimeout(() => late.abort(new Error('never ended')), 60_000);
    try {
      expect(await refusal(sinkTo(url, { retries: 0, timeoutMs: 300 }), parcels(1), late.signal)).toMatchObject(
        unavailable('TimeoutError'),
      );
    } finally {
      clearInterval(timer);
      clearTimeout(patience);
    }
  });

  it('an answer that begins and never ends is no receipt', async () => {
    const { url } = await receiver((_asked, response) => void response.writeHead(200).write('{"code":0'));
    expect(await refusal(sinkTo(url, { retries: 0, timeoutMs: 300, format: splunkHec() }), parcels(1))).toMatchObject(
      unavailable('TimeoutError'),
    );
  });

  it('a token that never comes ends in time, and at once when the delivery is given up', async () => {
    const { url, asked } = await receiver(ends(200));
    expect(await refusal(sinkTo(url, { retries: 0, timeoutMs: 300, token: neverComes }), parcels(1))).toMatchObject(
      unavailable('TimeoutError'),
    );
    const given = new AbortController();
    let waits: (() => void) | undefined;
    const waiting = new Promise<void>((resolve) => {
      waits = resolve;
    });
    const token = (): Promise<string> => {
      waits?.();
      return neverComes();
    };
    const refused = refusal(sinkTo(url, { timeoutMs: 20_000, token }), parcels(1), given.signal);
    await waiting;
    given.abort(new Error('enough'));
    expect(await atOnce(refused)).toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    expect(asked).toEqual([]);
  });

  it.each([
    ['a request', hangs],
    ['a pause', ends(503, '', { 'retry-after': '20' })],
  ] as const)('given up during %s: a stable code, at once, and no more is sent', async (_name, answer) => {
    const { url, asked } = await receiver(answer);
    const given = new AbortController();
    const reason = new Error('enough');
    const refused = refusal(sinkTo(url, { timeoutMs: 20_000 }), parcels(1), given.signal);
    await expect.poll(() => asked.length).toBe(1);
    given.abort(reason);
    expect(await atOnce(refused)).toMatchObject({ code: 'AUDIT_UNAVAILABLE', cause: reason });
    expect(asked).toHaveLength(1);
  });

  it('one that was given up before sends nothing', async () => {
    const { url, asked } = await receiver(ends(200));
    expect(await refusal(sinkTo(url), parcels(1), AbortSignal.abort(new Error('enough')))).toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
    });
    expect(asked).toEqual([]);
  });

  it('nothing to deliver is delivered', async () => {
    const { url, asked } = await receiver(ends(500));
    await sinkTo(url).deliver([], never);
    expect(asked).toEqual([]);
  });
});

describe('a token', () => {
  it('is renewed once where the receiver does not know it', async () => {
    let count = 0;
    const token = (): string => `t-${(count += 1)}`;
    const { url, asked } = await receiver(
      (one, response) => void response.writeHead(one.headers.authorization === 'Bearer t-2' ? 200 : 401).end(),
    );
    await sinkTo(url, { token, retries: 0 }).deliver(parcels(2), never);
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer t-1', 'Bearer t-2']);
    expect(asked[1]?.body).toBe(asked[0]?.body);
    expect(await refusal(sinkTo(url, { token }), parcels(1))).toMatchObject(unavailable('status 401'));
    expect(asked, 'once, and no more').toHaveLength(4);
  });

  it.each([
    ['Bearer t-1', ndjson(), 'Bearer t-1'],
    ['bearer  t-1', ndjson(), 'Bearer t-1'],
    ['Splunk abc', splunkHec(), 'Splunk abc'],
    ['abc', splunkHec(), 'Splunk abc'],
    ['ApiKey a==', bulk(), 'ApiKey a=='],
  ])('%j is sent with its scheme once', async (token, format, sent) => {
    const { url, asked } = await receiver((_one, response) => void response.writeHead(500).end());
    for (const each of [token, () => token])
      await refusal(sinkTo(url, { token: each, format, retries: 0 }), parcels(1));
    expect(asked.map(({ headers }) => headers.authorization)).toEqual([sent, sent]);
  });

  it('with another scheme is refused: at once where it is a text, at the delivery where a function gives it, and never told', async () => {
    const { url, asked } = await receiver((_one, response) => void response.writeHead(200).end());
    for (const token of [`Basic ${secret}`, 'Splunk ', 'Splunk  ', 'two words']) {
      expect(() => sinkTo(url, { token, format: splunkHec() })).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.not.stringContaining(secret) as unknown }),
      );
    }
    expect(
      await refusal(sinkTo(url, { token: () => `Basic ${secret}`, format: splunkHec(), retries: 0 }), parcels(1)),
    ).toMatchObject({ detail: { reason: 'token' } });
    expect(asked).toEqual([]);
  });

  it.each([
    [401, secret],
    [403, () => secret],
  ])('%i of what another token would not help is told at once', async (status, token) => {
    const { url, asked } = await receiver(ends(status));
    expect(await refusal(sinkTo(url, { token }), parcels(1))).toMatchObject(unavailable(`status ${status}`));
    expect(asked).toHaveLength(1);
  });

  it('is in no error, whatever fails', async () => {
    const told: unknown[] = [];
    for (const status of [301, 400, 401, 403, 404, 413, 429, 500, 503]) {
      const { url } = await receiver(
        (one, response) => void response.writeHead(status, { location: `/${secret}` }).end(one.headers.authorization),
      );
      told.push(await refusal(sinkTo(url, { token: tells, retries: 0 }), parcels(1)));
    }
    const { url, asked } = await receiver(ends(200));
    const fails = [
      () => `${secret}\n${secret}`,
      () => Promise.reject(Object.assign(new Error(secret), { code: secret, name: secret })),
      () => {
        throw secret as unknown as Error;
      },
      () => Promise.reject(null),
    ];
    for (const each of fails) told.push(await refusal(sinkTo(url, { token: each, retries: 0 }), parcels(1)));
    expect(asked).toEqual([]);
    expect(told.every((error) => (error as { code?: unknown } | undefined)?.code === 'AUDIT_UNAVAILABLE')).toBe(true);
    for (const error of told) {
      const { message, stack, cause, detail } = error as Error & { detail: unknown };
      expect([message, stack, String(cause), JSON.stringify(detail)].join()).not.toContain(secret);
    }
    expect(told.slice(-3)).toEqual(
      [1, 2, 3].map(() => expect.objectContaining({ detail: { reason: 'token' } }) as unknown),
    );
  });
});

describe('what a receiver may not do', () => {
  it('send the record elsewhere', async () => {
    const elsewhere = await receiver(ends(200));
    for (const status of [301, 302, 303, 307, 308]) {
      const { url, asked } = await receiver(ends(status, '', { location: elsewhere.url }));
      expect(await refusal(sinkTo(url, { token: secret }), parcels(1))).toMatchObject(unavailable('redirect'));
      expect(asked).toHaveLength(1);
    }
    expect(elsewhere.asked).toEqual([]);
  });

  it("say less than it was asked, by a format of one's own", async () => {
    const { url, asked } = await receiver(ends(200, '{}'));
    const format = { ...ndjson(), answered: () => [{ fate: 'taken' } as const] };
    expect(await refusal(sinkTo(url, { format, retries: 1 }), parcels(2))).toMatchObject(
      unavailable('unreadable answer'),
    );
    expect(asked).toHaveLength(2);
  });

  it('break off, and then be back', async () => {
    const { url, asked } = await receiver(inTurn((_asked, response) => void response.destroy(), ends(200)));
    await sinkTo(url).deliver(parcels(2), never);
    expect(asked).toHaveLength(2);
    expect(asked[1]?.body).toBe(asked[0]?.body);
  });
});
