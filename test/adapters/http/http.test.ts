import { afterEach, describe, expect, it } from 'vitest';
import {
  bulk,
  httpSink,
  ndjson,
  splunkHec,
  type HttpFormat,
  type HttpOptions,
} from '../../../src/adapters/http/index.js';
import type { DeliveryMessage } from '../../../src/core/index.js';
import { checkpoint, never, parcels, refusal, text } from '../delivery-messages.js';
import { atOnce, turns } from '../../support/event-loop-turns.js';
import { soon } from '../expect-eventually.js';
import { closeAll, ends, idsIn, inTurn, items, receiver, sinkTo, unavailable } from './receiver.js';

afterEach(closeAll);

describe('a receiver over HTTP', () => {
  it("gets the journal's own lines, in order, in requests of bounded size", async () => {
    const { url, asked } = await receiver(ends(204));
    const given = [text, ...parcels(20), checkpoint];
    await sinkTo(url, {
      format: ndjson({ text: true }),
      maxBytes: 300,
      token: 'secret-token',
      headers: { 'x-tenant': 'acme' },
    }).deliver(given, never);
    expect(asked.length).toBeGreaterThan(3);
    expect(asked.every(({ body }) => Buffer.byteLength(body) <= 300)).toBe(true);
    expect(
      asked
        .map(({ body }) => body)
        .join('')
        .trim()
        .split('\n'),
    ).toEqual([`{"sqltext":${text.value}}`, ...parcels(20).map(({ value }) => value), '{"checkpoint":"aaa.bbb.ccc"}']);
    expect(asked[0]?.headers).toMatchObject({
      authorization: 'Bearer secret-token',
      'content-type': 'application/x-ndjson',
      'x-tenant': 'acme',
    });
  });

  it.each<[string, HttpFormat, HttpFormat, number]>([
    ['NDJSON', ndjson(), ndjson({ text: true }), 0],
    ['Elastic', bulk(), bulk({ text: 'restricted' }), 1],
    ['Splunk', splunkHec(), splunkHec({ text: 'restricted' }), 1],
  ])(
    '%s gets the texts of statements only where they were asked for, and has a place for them where it can',
    async (_name, format, asking, places) => {
      const answer = {
        ...format,
        answered: (_body: unknown, count: number) => Array.from({ length: count }, () => ({ fate: 'taken' as const })),
      };
      const without = await receiver(ends(200, '{}'));
      await sinkTo(without.url, { format: answer }).deliver([text, ...parcels(1), checkpoint], never);
      expect(without.asked.map(({ body }) => body).join('')).not.toMatch(/SELECT 1|sqltext/);
      await sinkTo(without.url, { format: answer }).deliver([text], never);
      expect(without.asked).toHaveLength(1);
      const within = await receiver(ends(200, '{}'));
      await sinkTo(within.url, { format: { ...answer, encode: (parcel) => asking.encode(parcel) } }).deliver(
        [text, ...parcels(1), checkpoint],
        never,
      );
      const body = within.asked.map((each) => each.body).join('');
      expect(body).toContain('SELECT 1');
      expect(body.match(/restricted/g)?.length ?? 0).toBe(places);
    },
  );

  it('one parcel larger than a request goes alone', async () => {
    const { url, asked } = await receiver(ends(200));
    await sinkTo(url, { maxBytes: 200 }).deliver(
      [
        ...parcels(1),
        ...parcels(1, { value: `{"metadata":{"uid":"e-2"},"x":"${'y'.repeat(500)}"}` }, 2),
        ...parcels(1, {}, 3),
      ],
      never,
    );
    expect(asked.map(({ body }) => idsIn(body))).toEqual([['e-1'], ['e-2'], ['e-3']]);
  });

  it.each([429, 408, 500, 502, 503])('%i may pass: it is asked again, with the same', async (status) => {
    const { url, asked } = await receiver(inTurn(ends(status), ends(200)));
    await sinkTo(url).deliver(parcels(3), never);
    expect(asked.map(({ body }) => idsIn(body))).toEqual([
      ['e-1', 'e-2', 'e-3'],
      ['e-1', 'e-2', 'e-3'],
    ]);
  });

  it('leaves it alone as long as it asks for: seconds, or a date', async () => {
    for (const form of [() => '1', () => new Date(Date.now() + 2_000).toUTCString()]) {
      let until = Infinity;
      let again = 0;
      const { url, asked } = await receiver(
        inTurn(
          (one, response, time) => {
            const wait = form();
            until = wait === '1' ? Date.now() + 1_000 : Date.parse(wait);
            ends(503, '', { 'retry-after': wait })(one, response, time);
          },
          (one, response, time) => {
            again = Date.now();
            ends(200)(one, response, time);
          },
        ),
      );
      await sinkTo(url).deliver(parcels(1), never);
      // A timer may ring a millisecond early.
      expect(again).toBeGreaterThanOrEqual(until - 2);
      expect(asked).toHaveLength(2);
    }
  });

  it('gives up after a few times, and says by what', async () => {
    const { url, asked } = await receiver(ends(503, 'the password is hunter2'));
    const error = await refusal(sinkTo(url, { token: 'secret-token' }), parcels(2));
    expect(error).toMatchObject(unavailable('status 503'));
    expect(asked).toHaveLength(3);
    expect(JSON.stringify([error, (error as Error).message, (error as Error).stack])).not.toMatch(
      /hunter2|secret-token/,
    );
  });

  it.each([401, 403, 404, 409, 301])(
    '%i blames who asks, or where: at once, and nothing is passed over',
    async (status) => {
      const { url, asked } = await receiver(
        ends(status, '', status === 301 ? { location: 'http://127.0.0.1:9/' } : {}),
      );
      const error = await refusal(sinkTo(url, { retries: 1 }), parcels(2));
      expect(error).toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
      expect(asked).toHaveLength(1);
    },
  );

  it('is not there, hangs, or breaks off', async () => {
    const gone = await receiver(ends(200));
    closeAll();
    expect(await refusal(sinkTo(gone.url, { retries: 0 }), parcels(1))).toMatchObject(unavailable('ECONNREFUSED'));
    const hangs = await receiver(() => undefined);
    expect(await refusal(sinkTo(hangs.url, { retries: 0, timeoutMs: 300 }), parcels(1))).toMatchObject(
      unavailable('TimeoutError'),
    );
    const breaks = await receiver((_asked, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('{"code":0');
      setTimeout(() => response.destroy(), 20);
    });
    expect(await refusal(sinkTo(breaks.url, { retries: 0, format: splunkHec() }), parcels(1))).toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
    });
  });

  it('an answer without end is read no further, and is no receipt', async () => {
    const { url } = await receiver((_asked, response) => {
      response.writeHead(200);
      const more = (): void => {
        while (!response.destroyed && response.write('x'.repeat(65_536)));
        if (!response.destroyed) response.once('drain', more);
      };
      more();
    });
    expect(
      await refusal(sinkTo(url, { retries: 0, timeoutMs: 20_000, format: splunkHec() }), parcels(1)),
    ).toMatchObject(unavailable('unreadable answer'));
  });

  it('ends at once when the delivery is given up, also during a pause', async () => {
    const { url, asked } = await receiver(ends(503, '', { 'retry-after': '20' }));
    const given = new AbortController();
    const ended = refusal(sinkTo(url), parcels(1), given.signal);
    await soon(() => asked.length).toBe(1);
    await turns(200);
    given.abort(new Error('enough'));
    expect(await atOnce(ended)).toBeInstanceOf(Error);
    expect(asked).toHaveLength(1);
  });

  it('asks for the token before each request', async () => {
    let count = 0;
    const { url, asked } = await receiver(inTurn(ends(503), ends(200)));
    await sinkTo(url, { token: async () => `t-${(count += 1)}` }).deliver(parcels(1), never);
    expect(asked.map(({ headers }) => headers.authorization)).toEqual(['Bearer t-1', 'Bearer t-2']);
  });

  it('finds the one among many that is refused for what it is, and hands it over', async () => {
    const { url, asked } = await receiver((one, response) =>
      ends(one.body.includes('e-6"') ? 400 : 200)(one, response, 1),
    );
    const poison: [DeliveryMessage, string][] = [];
    await sinkTo(url, { onPoison: (parcel, reason) => void poison.push([parcel, reason]) }).deliver(parcels(9), never);
    expect(poison.map(([{ id }, reason]) => [id, reason])).toEqual([['e-6', 'status 400']]);
    const taken = asked.filter(({ body }) => !body.includes('e-6"')).flatMap(({ body }) => idsIn(body));
    expect(taken).toEqual(['e-1', 'e-2', 'e-3', 'e-4', 'e-5', 'e-7', 'e-8', 'e-9']);
    expect(await refusal(sinkTo(url), parcels(9)), 'without one to take it the shipping stops').toMatchObject(
      unavailable('status 400'),
    );
  });

  it.each<[string, Partial<HttpOptions>]>([
    ['no URL', { url: 'nowhere' }],
    ['http to elsewhere', { url: 'http://siem.example/in' }],
    ['a password in it', { url: 'https://a:b@siem.example/' }],
    ['no format', { format: undefined as never }],
    ['no room', { maxBytes: 0 }],
    ['a header of its own', { headers: { Authorization: 'x' } }],
    ['retries', { retries: -1 }],
    ['half a format', { format: { ...ndjson(), address: undefined as never } }],
    ['no time', { timeoutMs: 0 }],
    ['half a byte', { maxBytes: 1.5 }],
    ['a header no wire can hold', { headers: { 'x-a': 'a\nb' } }],
    ['a token no wire can hold', { token: 's3cret\ns3cret' }],
    ['an empty token', { token: '' }],
    ['a name no file can have', { name: '../x' }],
    ['no function for poison', { onPoison: 'x' as never }],
  ])('%s is a wrong configuration', (_name, more) => {
    const wrong = expect.objectContaining({
      code: 'CONFIG_INVALID',
      message: expect.stringMatching(/^http: (?!.*s3cret)/) as string,
    }) as Error;
    expect(() => httpSink({ url: 'https://siem.example/in', format: ndjson(), ...more })).toThrow(wrong);
  });

  it.each(['https://siem.example/in', 'http://localhost:1/', 'http://127.0.0.9:1/', 'http://[::1]:1/'])(
    '%s is a right one',
    (url) => {
      expect(httpSink({ url, format: ndjson() }).name).toBe('http');
    },
  );

  it.each(['http://127.0.0.1.siem.example/', 'http://localhost.siem.example/', 'http://0.0.0.0/', 'ftp://127.0.0.1/'])(
    '%s is not this machine',
    (url) => {
      expect(() => httpSink({ url, format: ndjson() })).toThrow('http: url must be https');
    },
  );
});

describe('Elasticsearch and OpenSearch', () => {
  it('get each event by its id, and say of each what became of it', async () => {
    const { url, asked } = await receiver(
      inTurn(ends(200, items(201, 409, [429, 'es_rejected_execution_exception'])), ends(200, items(201))),
    );
    await sinkTo(url, { format: bulk(), token: 'key' }).deliver(parcels(3), never);
    expect(asked.map(({ body }) => idsIn(body))).toEqual([['e-1', 'e-2', 'e-3'], ['e-3']]);
    expect(JSON.parse(asked[0]?.body.split('\n')[0] ?? '')).toEqual({
      create: { _index: 'logs-sallyport.events-default', _id: 'e-1' },
    });
    expect(asked[0]?.headers.authorization).toBe('ApiKey key');
    expect(asked[0]?.url).toContain('filter_path=');
  });

  it('an event that does not fit the mapping is handed over, one that may not be written stops the shipping', async () => {
    const { url } = await receiver(ends(200, items(201, [400, 'document_parsing_exception'])));
    const poison: string[] = [];
    await sinkTo(url, { format: bulk(), onPoison: ({ id }, reason) => void poison.push(id, reason) }).deliver(
      parcels(2),
      never,
    );
    expect(poison).toEqual(['e-2', 'item 400 document_parsing_exception']);
    const forbidden = await receiver(ends(200, items([403, 'security_exception'])));
    expect(await refusal(sinkTo(forbidden.url, { format: bulk() }), parcels(1))).toMatchObject(
      unavailable('item 403 security_exception'),
    );
  });

  it('fewer answers than events are none', async () => {
    const { url } = await receiver(ends(200, items(201)));
    expect(await refusal(sinkTo(url, { format: bulk(), retries: 0 }), parcels(2))).toMatchObject(
      unavailable('unreadable answer'),
    );
  });
});

describe('Splunk', () => {
  it('gets envelopes with time, source and sourcetype, and its receipt is read', async () => {
    const { url, asked } = await receiver(ends(200, '{"text":"Success","code":0}'));
    await sinkTo(url, { format: splunkHec({ index: 'audit' }), token: 'hec' }).deliver(
      [...parcels(1), checkpoint],
      never,
    );
    const [event, sealed] = (asked[0]?.body.trim().split('\n') ?? []).map(
      (line) => JSON.parse(line) as Record<string, unknown>,
    );
    expect(event).toEqual({
      time: 1_795_468_189.763,
      source: 'sallyport',
      sourcetype: 'ocsf:sallyport',
      index: 'audit',
      event: JSON.parse(parcels(1)[0]?.value ?? '') as unknown,
    });
    expect(sealed).toMatchObject({ sourcetype: 'sallyport:checkpoint', event: { checkpoint: 'aaa.bbb.ccc' } });
    expect(asked[0]?.headers.authorization).toBe('Splunk hec');
  });

  it.each([
    [7, 'refused'],
    [4, 'refused'],
  ])('code %i blames the token or its index: %s at once', async (code) => {
    const { url, asked } = await receiver(ends(400, JSON.stringify({ text: 'Incorrect index', code })));
    expect(await refusal(sinkTo(url, { format: splunkHec() }), parcels(2))).toMatchObject(
      unavailable(`HEC code ${code}`),
    );
    expect(asked).toHaveLength(1);
  });

  it('code 6 blames the data: the one at fault is found', async () => {
    const { url } = await receiver((one, response, time) =>
      (one.body.includes('e-2"') ? ends(400, '{"text":"Invalid data format","code":6}') : ends(200, '{"code":0}'))(
        one,
        response,
        time,
      ),
    );
    const poison: string[] = [];
    await sinkTo(url, { format: splunkHec(), onPoison: ({ id }) => void poison.push(id) }).deliver(parcels(3), never);
    expect(poison).toEqual(['e-2']);
  });

  it('a busy one is asked again', async () => {
    const { url, asked } = await receiver(
      inTurn(ends(503, '{"text":"Server is busy","code":9}'), ends(200, '{"code":0}')),
    );
    await sinkTo(url, { format: splunkHec() }).deliver(parcels(1), never);
    expect(asked).toHaveLength(2);
  });
});
