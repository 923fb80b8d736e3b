import { describe, expect, it } from 'vitest';
import { eventCatalogue, classUids } from '../../../src/adapters/ocsf/event-catalogue.js';
import { canonicalize } from '../../../src/adapters/ocsf/canonical.js';
import { escapeInvisible } from '../../../src/adapters/ocsf/escape-invisible.js';
import { eventDataSchemas } from '../../../src/adapters/ocsf/event-data-schemas.js';
import { ocsf, type OcsfVersion } from '../../../src/adapters/ocsf/index.js';
import { createStub } from '../../../src/adapters/ocsf/stub.js';
import { parseEventClaims } from '../../../src/adapters/ocsf/parse/event-claims.js';
import { eventCodes, type AuditEvent, type EventCode, type RecordFormat } from '../../../src/core/index.js';
import { quoted, read as pageOf, table } from '../../docs/page.js';
import { bareEvents, codesOf, drivenEvents, fullEvents, reserved } from './events.js';
import { ocsfSays, oursSays, there } from './schema-check.js';

const versions: readonly OcsfVersion[] = ['1.9.0', '1.8.0', '1.3.0', '1.1.0'];

const hmac = { id: 'k1', secret: new Uint8Array(32) };
const formatOf = (version: OcsfVersion): RecordFormat => ocsf({ version, authority: 'gate-1', hmac });

/** Closes what it stands in and goes on by itself; a lone surrogate, a line separator, a control. */
const breakout = (lone: string): string => `"}],"sallyport":{"v":1,"x":"\\${lone}\u2028\n\u0001é𝄞`;
/** What is nobody's choice but ours. */
const fixed = new Set(['code', 'access', 'decision']);

/** The same with every text in it led by another one. */
function led<T>(value: T, by: string, name = ''): T {
  if (typeof value === 'string') return (fixed.has(name) ? value : `${by}${value}`) as T;
  if (Array.isArray(value)) return value.map((item) => led(item as unknown, by)) as T;
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, led(member as unknown, by, key)])) as T;
}

/** The events as lines of one chain. */
function linesOf(events: readonly AuditEvent[], format: RecordFormat): readonly string[] {
  let head = format.begin({
    chain: 'w-gate-1-019b2f00-0000-7000-8000-000000000001',
    sequence: 7,
    id: 'x',
    type: 600203,
    fingerprint: 'a'.repeat(64),
  });
  return events.map((event) => {
    const { lines, head: next } = format.write(event, head);
    head = next;
    return lines.at(-1) as string;
  });
}

const driven = await drivenEvents();
const all = [...fullEvents(), ...bareEvents(), ...driven];

it('every code that is not reserved was really written by somebody, and the reserved ones are those that the page calls so', () => {
  expect(eventCodes.filter((code) => !reserved.has(code) && !codesOf(driven).includes(code))).toEqual([]);
  expect(codesOf(driven).filter((code) => reserved.has(code))).toEqual([]);
  const told = table(pageOf('docs/record.md'), '| code | when | facts in `data`, besides the common ones |')
    .filter(([, when = '']) => when.startsWith('reserved'))
    .flatMap(([code = '']) => quoted(code));
  expect(told.toSorted()).toEqual([...reserved].toSorted());
});

describe.each(versions)('as OCSF %s', (version) => {
  const lines = linesOf(all, formatOf(version)).map(
    (line) =>
      JSON.parse(line) as {
        class_uid: number;
        category_uid: number;
        type_uid: number;
        activity_id: number;
        metadata: { event_code: EventCode };
      },
  );

  it('every event of every path is valid by our own published schema', () => {
    for (const line of lines)
      expect([line.metadata.event_code, oursSays(line.metadata.event_code, version, line)]).toEqual([
        line.metadata.event_code,
        undefined,
      ]);
  });

  it("a receiver's headers say what the event says, whatever a plugin told that looks like it", () => {
    const format = formatOf(version);
    const traced = { span_id: 'forged', statement: 't-2', trace_id: 'forged', v: 1, who: {} };
    const lookalike = {
      ...traced,
      metadata: { correlation_uid: 's-2', event_code: 'x', uid: 'y', version: 'z' },
      class_uid: 1,
      time: 5,
      type_uid: 6,
    };
    // What a plugin passes on may itself be an event in OCSF; where ours has no session, nothing like it comes before.
    const passed = {
      a: 1,
      metadata: { correlation_uid: 's-2', event_code: 'session.closed', log_name: 'l', uid: 'forged', version: 'z' },
      time: 1e17,
      type_uid: 6,
    };
    const fooling = [{ lookalike }, passed].flatMap((told) =>
      all.map((event) => ({
        ...event,
        data: {
          ...event.data,
          context: {
            ...(event.data['context'] as object | undefined),
            plugin: { ...told, traced, text: JSON.stringify(told) },
          },
        },
      })),
    );
    for (const line of [...linesOf(all, format), ...linesOf(fooling, format)]) {
      const { id, key, at, headers } = format.toMessage(line);
      const { metadata, time, class_uid, unmapped } = JSON.parse(line) as {
        time: number;
        class_uid: number;
        metadata: { uid: string; event_code: string; correlation_uid?: string };
        unmapped: { sallyport: { trace_id?: string; span_id?: string } };
      };
      const { trace_id: trace, span_id: span } = unmapped.sallyport;
      expect({ id, at, headers }).toEqual({
        id: metadata.uid,
        at: time,
        headers: {
          'content-type': 'application/json',
          ce_specversion: '1.0',
          ce_id: metadata.uid,
          ce_source: 'urn:sallyport:gate-1',
          ce_type: `dev.sallyport.${metadata.event_code}.v1`,
          ce_time: new Date(time).toISOString(),
          ...(metadata.correlation_uid === undefined ? {} : { ce_subject: metadata.correlation_uid }),
          ocsf_class_uid: String(class_uid),
          ...(trace === undefined ? {} : { traceparent: `00-${trace}-${span}-01` }),
        },
      });
      expect(key).toBe(metadata.correlation_uid ?? key);
    }
  });

  it('so is what stands for one that a receiver will not have whole, and it says what it is', () => {
    const format = formatOf(version);
    for (const line of linesOf(all, format)) {
      const stub = JSON.parse(createStub(line)) as {
        class_uid: number;
        metadata: { event_code: EventCode; uid: string };
      };
      expect([stub.metadata.event_code, oursSays(stub.metadata.event_code, version, stub)]).toEqual([
        stub.metadata.event_code,
        undefined,
      ]);
      if (there) expect(ocsfSays(version, stub)).toBeUndefined();
      expect(stub.metadata.uid).toBe(format.toMessage(line).id);
      expect(parseEventClaims(stub)).toMatchObject({ stub: true });
    }
  });

  it.runIf(there)('every event of every path is valid by OCSF', () => {
    for (const line of lines)
      expect([line.metadata.event_code, ocsfSays(version, line)]).toEqual([line.metadata.event_code, undefined]);
  });

  it('is written in canonical form, whatever stands in it, and nothing in it can pass for more than it is', () => {
    const format = formatOf(version);
    linesOf([...all, ...all.map((event) => led(event, breakout('\ud800')))], format).forEach((line, index) => {
      expect(escapeInvisible(canonicalize(JSON.parse(line)))).toBe(line);
      const event = all[index % all.length] as AuditEvent;
      const {
        data: _data,
        text: _text,
        askedText: _askedText,
        ...rest
      } = index < all.length ? event : led(event, breakout('\ufffd'));
      expect(format.read(line)?.event).toMatchObject(rest);
    });
  });

  it('its type is its class and its activity', () => {
    for (const line of lines) {
      expect(line.type_uid).toBe(line.class_uid * 100 + line.activity_id);
      expect(line.category_uid).toBe(Math.floor(line.class_uid / 1000));
    }
  });

  it('is read back as it was, but for digests, which become HMACs', () => {
    const format = formatOf(version);
    const own = linesOf(all, format);
    all.forEach((event, index) => {
      const { data, text: _text, askedText: _askedText, ...rest } = event;
      const read = format.read(own[index] as string)?.event;
      const { digest, renderedDigest, approval, asked, rewritten, ...kept } = data as Record<string, never>;
      const others = Object.entries({ asked, rewritten })
        .filter(([, other]) => other !== undefined)
        .map(([name, other]) => {
          const { digest: _digest, ...told } = other as unknown as Record<string, unknown>;
          return [name, told] as const;
        });
      expect(read).toMatchObject({ ...rest, data: { ...kept, ...Object.fromEntries(others) } });
      expect(JSON.stringify(read)).not.toMatch(/"digest"|"renderedDigest"/);
      if (renderedDigest !== undefined) expect(read?.data['rendered_hmac']).toMatch(/^k1:[0-9a-f]{64}$/);
      if (digest !== undefined) expect(read?.data['sql_hmac']).toMatch(/^k1:[0-9a-f]{64}$/);
      if (approval !== undefined)
        expect(read?.data['approval']).toMatchObject({ hmac: expect.stringMatching(/^k1:/) as string });
    });
  });
});

it('no access but read or write is read back, and none breaks out of its place', () => {
  const format = formatOf('1.9.0');
  const [event] = fullEvents().filter(({ code }) => code === 'session.opened') as [AuditEvent];
  for (const access of [breakout('x'), 'x"y', 'admin']) {
    const line = String(
      format.write({ ...event, scope: { database: 'D', schema: 'S', access } as never }, format.begin()).lines[0],
    );
    expect(escapeInvisible(canonicalize(JSON.parse(line)))).toBe(line);
    expect(JSON.parse(line)).toMatchObject({ unmapped: { sallyport: { scope: { access } } } });
    expect(format.read(line)).toEqual({ kind: 'event', link: expect.objectContaining({ sequence: 1 }) as object });
  }
});

it.each<[string, object]>([
  ['a code of no catalogue', { code: 'constructor' }],
  ['an issuer that is no text', { who: { principal: 'p', actor: 'a', issuer: 5 } }],
  ['a token id that is none', { who: { principal: 'p', actor: 'a', issuer: 'i', tokenId: null } }],
])('%s is refused, not written as something else', (_what, more) => {
  const format = formatOf('1.9.0');
  const [event] = fullEvents() as [AuditEvent];
  expect(() => format.write({ ...event, ...more }, format.begin())).toThrow(
    expect.objectContaining({ code: 'INTERNAL' }) as Error,
  );
});

it('the schema of a code names every fact that the gateway tells of it', () => {
  const format = formatOf('1.9.0');
  const unknown = driven.flatMap((event) => {
    const { unmapped } = JSON.parse(linesOf([event], format)[0] as string) as {
      readonly unmapped: { readonly sallyport: { readonly data: object } };
    };
    return Object.keys(unmapped.sallyport.data)
      .filter((fact) => !Object.hasOwn(eventDataSchemas[event.code].shape, fact))
      .map((fact) => `${event.code} ${fact}`);
  });
  expect([...new Set(unknown)]).toEqual([]);
});

describe('our schema refuses', () => {
  const [line = ''] = linesOf(
    fullEvents().filter((event) => event.code === 'statement.executed'),
    formatOf('1.9.0'),
  );
  const good = JSON.parse(line) as Record<string, unknown>;
  it.each<[string, Record<string, unknown>]>([
    ['an attribute that OCSF has and we do not write', { count: 1 }],
    ['one that nobody knows', { sallyport: 1 }],
    ['another class', { class_uid: 3002 }],
    ['a type of another class', { type_uid: 300201 }],
    ['a time that is text', { time: '2026-11-23' }],
    ['no attestation', { attestation_list: undefined }],
    [
      'a fingerprint that is none',
      {
        attestation_list: [
          {
            authority_uid: 'a',
            chain_uid: 'c',
            fingerprint: { algorithm_id: 3, encoding_id: 1, serialization_id: 2, value: 'x' },
          },
        ],
      },
    ],
    ['another code', { metadata: { ...(good['metadata'] as object), event_code: 'statement.failed' } }],
    [
      'a fact that is of another kind',
      {
        unmapped: { sallyport: { ...(good['unmapped'] as { sallyport: object }).sallyport, data: { rows: 'three' } } },
      },
    ],
    [
      'an extra in the extras',
      { unmapped: { sallyport: { ...(good['unmapped'] as { sallyport: object }).sallyport, more: 1 } } },
    ],
  ])('%s', (_name, change) => {
    expect(oursSays('statement.executed', '1.9.0', good)).toBeUndefined();
    expect(oursSays('statement.executed', '1.9.0', JSON.parse(JSON.stringify({ ...good, ...change })))).toBeDefined();
  });
});

const eventOf = (code: EventCode, more: Partial<AuditEvent> = {}): Record<string, never> => {
  const sample = fullEvents().find((event) => event.code === code) as AuditEvent;
  return JSON.parse(linesOf([{ ...sample, ...more }], formatOf('1.9.0'))[0] as string) as Record<string, never>;
};

it.each([1.5, -1, 2 ** 60, 'many', null])(
  'an engine that counts %j gets no place in OCSF for it: a count is a whole number there',
  (wrong) => {
    const { duration, query_info: query } = eventOf('statement.failed', { data: { bytes: wrong, durationMs: wrong } });
    expect([duration, (query as { readonly bytes?: number } | undefined)?.bytes]).toEqual([undefined, undefined]);
    expect(eventOf('statement.failed', { data: { bytes: 0, durationMs: 2 ** 53 - 1 } })).toMatchObject({
      duration: 9_007_199_254_740_991,
      query_info: { bytes: 0 },
    });
  },
);

describe('what is said of whom', () => {
  it('the principal is the user, the actor the agent, the grant the delegation', () => {
    expect(eventOf('statement.executed')).toMatchObject({
      class_uid: 6005,
      activity_id: 4,
      actor: {
        user: { uid: 'idp:alice', type_id: 1 },
        session: { uid: 's-1', issuer: 'idp', credential_uid: 'jti-1' },
        application: { uid: 'desk' },
      },
      ai_agent: { uid: 'idp:agent' },
      delegation: { uid: 'grant-1', issuer_uid: 'gate-1' },
      database: { name: 'ACME' },
      src_endpoint: { ip: '10.0.4.17', name: 'desk-agent/1.4' },
      query_info: { uid: '01b8f2c4-0000-4a1e-0000-00000001f3aa', query_string: 'SELECT ID FROM ORDERS WHERE ID = ?' },
      policy: { uid: 'r1', version: 'v1' },
      unmapped: { sallyport: { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' } },
    });
  });

  it('without an act there is no agent', () => {
    expect(
      eventOf('statement.executed', { who: { principal: 'idp:alice', actor: 'idp:alice', issuer: 'idp' } }),
    ).not.toHaveProperty('ai_agent');
  });

  it.each([
    ['SELECT', 4],
    ['SHOW TABLES', 8],
    ['INSERT', 5],
    ['MERGE', 5],
    ['UPDATE', 2],
    ['ALTER TABLE', 2],
    ['CREATE TABLE', 6],
    ['delete', 7],
    ['DROP', 7],
    ['CALL', 99],
    ['', 0],
  ])('%s is activity %i', (operation, activity) => {
    expect(eventOf('statement.authorized', { data: { operation } })).toMatchObject({
      activity_id: activity,
      ...(activity === 99 ? { activity_name: operation } : {}),
    });
  });

  it('an address that is none is not called one', () => {
    for (const address of ['unix:/x', 'fe80::1%eth0', '10.0.0.1:80', ''])
      expect(
        eventOf('statement.executed', { data: { transport: { protocol: 'rest', address } } })['src_endpoint'],
      ).toEqual({ name: 'rest' });
  });
});

/** The first event of a code as it was really written, and that fits. */
function written(code: EventCode, fits: (data: Readonly<Record<string, unknown>>) => boolean = () => true): object {
  const found = driven.find((event) => event.code === code && fits(event.data));
  if (found === undefined) throw new Error(`nobody wrote such a ${code}`);
  return JSON.parse(linesOf([found], formatOf('1.9.0'))[0] as string) as object;
}

describe('what people and gateways really wrote', () => {
  it("why a session failed or was refused is told for a machine, and never in the caller's own words", () => {
    expect(written('session.failed', (data) => data['reason'] !== undefined)).toMatchObject({
      status_code: 'ENGINE_UNAVAILABLE',
      unmapped: { sallyport: { data: { reason: 'to see what is wrong' } } },
    });
    expect(written('session.denied', (data) => data['code'] === 'TOO_MANY_SESSIONS')).toMatchObject({
      status_code: 'TOO_MANY_SESSIONS',
      unmapped: { sallyport: { data: { purpose: 'a test' } } },
    });
    expect(written('session.denied', (data) => data['code'] === 'NOT_PERMITTED')).toMatchObject({
      status_code: 'policy.silent',
      unmapped: { sallyport: { data: { reason: 'policy.silent', purpose: 'a test' } } },
    });
  });

  it('a reviewer who agrees is the actor, and the one who asked the user', () => {
    expect(written('session.approved')).toMatchObject({
      actor: { user: { uid: 'idp:bob', type_id: 0 } },
      user: { uid: 'idp:alice', type_id: 1 },
      privileges: ['read ACME.FINANCE'],
    });
    expect(written('session.denied', (data) => data['decision'] === 'reject')).toMatchObject({
      actor: { user: { uid: 'idp:bob' } },
      user: { uid: 'idp:alice' },
      disposition_id: 25,
    });
  });

  it('who revokes a session is the actor, and its owner the user, and no agent did it', () => {
    const event = written('session.revoked');
    expect(event).toMatchObject({
      actor: { user: { uid: 'idp:bob' } },
      user: { uid: 'idp:alice' },
      unmapped: { sallyport: { who: { actor: 'idp:agent' } } },
    });
    expect(event).not.toHaveProperty('ai_agent');
  });

  it("an attempt to decide on one's own request is an alert; an answer is none", () => {
    expect(written('statement.approval_decided', (data) => data['decision'] === 'refused')).toMatchObject({
      status_code: 'review.self',
      status_id: 2,
      action_id: 2,
      disposition_id: 26,
      severity_id: 3,
      is_alert: true,
    });
    for (const decision of ['approve', 'reject', 'void'])
      expect(written('statement.approval_decided', (data) => data['decision'] === decision)).not.toHaveProperty(
        'is_alert',
      );
  });

  it('every event behind break-glass sessions says so', () => {
    const session = driven.find(({ code }) => code === 'breakglass.activated')?.session;
    const its = driven.filter((event) => event.session === session);
    expect(its.map(({ code, data }) => [code, data['breakGlass']])).toEqual(
      [
        'session.requested',
        'breakglass.activated',
        'session.opened',
        'statement.authorized',
        'statement.executed',
        'session.closed',
        'breakglass.reviewed',
      ].map((code) => [code, true]),
    );
  });
});

it('each code stands in the catalogue with a class that there is', () => {
  expect(Object.keys(eventCatalogue).toSorted()).toEqual([...eventCodes].toSorted());
  for (const { class: name } of Object.values(eventCatalogue)) expect(classUids[name]).toBeGreaterThan(3_000);
});
