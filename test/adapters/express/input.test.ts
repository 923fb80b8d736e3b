import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { house, opening } from './test-gateway.js';
import { hosts, mount } from './test-hosts.js';

const refusedOpenings: readonly [string, unknown, string][] = [
  ['an unknown field', { ...opening, admin: true }, 'request.unknown_field'],
  ['an own __proto__', `{"__proto__":{"access":"write"},${JSON.stringify(opening).slice(1)}`, 'request.unknown_field'],
  ['a constructor', { ...opening, constructor: { prototype: {} } }, 'request.unknown_field'],
  ['a list', [opening], 'request.body'],
  ['null', 'null', 'request.body'],
  ['a string', '"x"', 'request.body'],
  ['an object in a string', JSON.stringify(JSON.stringify(opening)), 'request.body'],
  ['nothing in it', {}, 'request.connection'],
  ['a number as name', { ...opening, connection: 1 }, 'request.connection'],
  ['an object as name', { ...opening, connection: { $ne: '' } }, 'request.connection'],
  ['a name too long', { ...opening, connection: 'x'.repeat(256) }, 'request.connection'],
  ['no schema form', { ...opening, schema: 'ops' }, 'request.schema'],
  ['an access of its own', { ...opening, access: 'admin' }, 'request.access'],
  ['no time', { ...opening, ttl: 0 }, 'request.ttl'],
  ['a negative time', { ...opening, ttl: -1 }, 'request.ttl'],
  ['a fraction', { ...opening, ttl: 1.5 }, 'request.ttl'],
  ['a time in words', { ...opening, ttl: '60' }, 'request.ttl'],
  ['endless time', `${JSON.stringify(opening).slice(0, -1)},"ttl":1e999}`, 'request.ttl'],
  ['more than a day', { ...opening, ttl: 86_401 }, 'request.ttl'],
  ['an empty reason', { ...opening, reason: '' }, 'request.reason'],
  ['a blank reason', { ...opening, reason: ' \n' }, 'request.reason'],
  ['half a character', `${JSON.stringify(opening).slice(0, -1)},"reason":"\\ud800"}`, 'request.reason'],
];

const refusedStatements: readonly [string, unknown, string][] = [
  ['no text', {}, 'request.sql'],
  ['an empty text', { sql: '' }, 'request.sql'],
  ['half a character', '{"sql":"SELECT \\udfff"}', 'request.sql'],
  ['a session in the body', { sql: 'SELECT orders', session: 'x' }, 'request.unknown_field'],
  ['binds that are no list', { sql: 'SELECT orders', binds: { 0: 1 } }, 'request.binds'],
  ['a bind that is an object', { sql: 'SELECT orders', binds: [{}] }, 'request.binds'],
  ['a bind that is a list', { sql: 'SELECT orders', binds: [[1]] }, 'request.binds'],
  ['a bind that JSON has rounded', '{"sql":"SELECT orders","binds":[9007199254740993]}', 'request.binds'],
  ['an endless bind', '{"sql":"SELECT orders","binds":[1e999]}', 'request.binds'],
  ['too many binds', { sql: 'SELECT orders', binds: Array(10_001).fill(1) }, 'request.binds'],
];

/** A body of exactly so many bytes. */
function filled(size: number): string {
  const body = JSON.stringify({ sql: 'SELECT orders', binds: [''] });
  return body.replace('""', `"${'x'.repeat(size - body.length)}"`);
}

/** A host that has read the body before us must make no difference. */
const readings = hosts.flatMap(({ name, host }) => [
  { name, host, before: undefined },
  {
    name: `${name} with its own JSON parser`,
    host,
    before: (app: ReturnType<typeof host>) => void app.use(host.json({ limit: '4mb', strict: false })),
  },
  {
    name: `${name} with a raw parser`,
    host,
    before: (app: ReturnType<typeof host>) => void app.use(host.raw({ limit: '4mb', type: () => true })),
  },
]);

describe.each(readings)('what is asked, $name', ({ host, before }) => {
  const place = { host, ...(before === undefined ? {} : { before }) };

  it('refuses what is not of the form, and says which field', async () => {
    const { gateway, engine, audit } = await house();
    const { ask, session } = await mount(gateway, place);
    const id = await session();
    const recorded = audit.events.filter((event) => event.code === 'session.opened').length;
    const all = [
      ...refusedOpenings.map((each) => ['/sessions', ...each] as const),
      ...refusedStatements.map((each) => [`/sessions/${id}/statements`, ...each] as const),
    ];
    for (const [path, what, body, reason] of all) {
      const { status, json, headers } = await ask('POST', path, { body });
      expect([what, status, json['code'], json['reason']]).toEqual([what, 400, 'INVALID_REQUEST', reason]);
      expect(headers.get('content-type')).toBe('application/problem+json');
    }
    expect(audit.events.filter((event) => event.code === 'session.opened')).toHaveLength(recorded);
    expect(engine.ran).toEqual([]);
  });

  it('takes at most 1 MiB', async () => {
    const { gateway, engine } = await house();
    const { ask, session } = await mount(gateway, place);
    const path = `/sessions/${await session()}/statements`;
    expect((await ask('POST', path, { body: filled(1_048_576) })).status).toBe(200);
    const { status, json } = await ask('POST', path, { body: filled(1_048_577) });
    expect([status, json['code'], json['reason']]).toEqual([413, 'INVALID_REQUEST', 'request.too_large']);
    expect(engine.ran).toHaveLength(1);
  });

  it('takes JSON in UTF-8 only', async () => {
    const { gateway } = await house();
    const { ask } = await mount(gateway, place);
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/json; charset=latin1',
      'application/json; charset=utf-16',
      'application/jsonx',
      'multipart/form-data; boundary=x',
    ]) {
      const { status, json } = await ask('POST', '/sessions', {
        body: JSON.stringify(opening),
        headers: { 'content-type': type },
      });
      // A parser of the host may have refused it before us, in its own way.
      if (json['code'] === undefined)
        expect([before === undefined, [400, 415]]).toEqual([false, expect.arrayContaining([status])]);
      else expect([type, status, json['reason']]).toEqual([type, 415, 'request.content_type']);
    }
    for (const type of ['application/json', 'Application/JSON; Charset=UTF-8', 'application/json;charset="utf-8"']) {
      expect((await ask('POST', '/sessions', { body: opening, headers: { 'content-type': type } })).status).toBe(201);
    }
  });
});

describe.each(hosts)('bodies made to hurt, $name', ({ host }) => {
  it.each([
    ['nothing', '', 400],
    ['a broken object', '{"sql":', 400],
    ['two objects', '{}{}', 400],
    ['a comment', '{/**/}', 400],
    ['NaN', '{"ttl":NaN}', 400],
    ['nesting without end', '['.repeat(100_000), 400],
    ['deep nesting', `${'['.repeat(500_000)}${']'.repeat(500_000)}`, 400],
    ['a deep field', `{"reason":${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}}`, 400],
    [
      'very many fields',
      JSON.stringify(Object.fromEntries(Array.from({ length: 40_000 }, (_, n) => [`field${n}`, n]))),
      400,
    ],
    ['very many bad binds', `{"binds":[${'{},'.repeat(300_000)}1]}`, 400],
    ['bytes that are no UTF-8', Buffer.from([0x22, 0xff, 0xfe, 0x22]), 400],
    ['UTF-16', Buffer.from('{}', 'utf16le'), 400],
  ])('%s', async (_what, body, expected) => {
    const { gateway } = await house();
    const { ask } = await mount(gateway, { host });
    const { status, json, text } = await ask('POST', '/sessions', { body });
    expect([status, json['code']]).toEqual([expected, 'INVALID_REQUEST']);
    expect(text).not.toContain('at JSON.parse');
  });

  it('a broken letter is refused, not replaced', async () => {
    const { gateway } = await house();
    const { ask } = await mount(gateway, { host });
    const body = Buffer.from(JSON.stringify({ ...opening, reason: '~' })).map((byte) => (byte === 0x7e ? 0xff : byte));
    const { status, json } = await ask('POST', '/sessions', { body });
    expect([status, json['reason']]).toEqual([400, 'request.encoding']);
  });

  it('compressed ones are refused, a bomb among them', async () => {
    const { gateway } = await house();
    const { ask } = await mount(gateway, { host });
    const body = gzipSync(Buffer.alloc(50_000_000, ' '));
    const { status, json } = await ask('POST', '/sessions', { body, headers: { 'content-encoding': 'gzip' } });
    expect([status, json['reason']]).toEqual([415, 'request.content_encoding']);
  });

  it('one that the host inflated is measured as it is', async () => {
    const { gateway } = await house();
    const { ask } = await mount(gateway, { host, before: (app) => void app.use(host.json({ limit: '64mb' })) });
    const body = gzipSync(JSON.stringify({ ...opening, reason: ' '.repeat(2_000_000) }));
    expect((await ask('POST', '/sessions', { body, headers: { 'content-encoding': 'gzip' } })).status).toBe(413);
    const nested = gzipSync(`{"reason":${'['.repeat(400_000)}${']'.repeat(400_000)}}`);
    expect((await ask('POST', '/sessions', { body: nested, headers: { 'content-encoding': 'gzip' } })).status).toBe(
      413,
    );
  });

  it('one that the host read and threw away is an error, not a wait', async () => {
    const { gateway } = await house();
    const { ask } = await mount(gateway, {
      host,
      before: (app) => void app.use((request, _response, next) => request.on('end', () => next()).resume()),
    });
    const { status, json } = await ask('POST', '/sessions', { body: opening });
    expect([status, json['reason']]).toEqual([400, 'request.body']);
  });

  it('takes nothing after a question mark', async () => {
    const { gateway } = await house();
    const { ask, session } = await mount(gateway, { host });
    const id = await session();
    for (const path of [
      '/connections?access_token=a',
      `/sessions/${id}?revoke`,
      `/sessions/${id}/record?x[__proto__]=1`,
    ]) {
      const { status, json } = await ask('GET', path);
      expect([status, json['reason']]).toEqual([400, 'request.query']);
    }
    expect((await ask('DELETE', `/sessions/${id}?revoke&force`)).status).toBe(400);
    expect((await ask('GET', `/sessions/${id}`)).json['state']).toBe('open');
  });
});
