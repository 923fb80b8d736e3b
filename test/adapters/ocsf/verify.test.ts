import { describe, expect, it } from 'vitest';
import { escapeInvisible } from '../../../src/adapters/ocsf/escape-invisible.js';
import { changed, kinds, LogWriter, newKey, rechained, reserialised, told, verified } from './chains.js';

/**
 * Ten events, a checkpoint after each fifth, an orderly end. Lines: 1-5, checkpoint 6, 7-11, checkpoint 12, 13
 * (stopped), checkpoint 14.
 */
const whole = (old = false): LogWriter =>
  new LogWriter('host-a', newKey(), old).events(5).seal().events(5).seal().stop();

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item, index) => ({ item, rank: (index * 7_919) % 104_729 }))
    .toSorted((a, b) => (a.rank % 17) - (b.rank % 17) || b.rank - a.rank)
    .map(({ item }) => item);
}

const at = (line: number): number => line - 1;
const without = (lines: readonly string[], ...numbers: number[]): string[] =>
  lines.filter((_line, index) => !numbers.includes(index + 1));
const swapped = (lines: readonly string[], one: number, other: number): string[] => {
  const copy = [...lines];
  [copy[at(one)], copy[at(other)]] = [lines[at(other)] as string, lines[at(one)] as string];
  return copy;
};
const edited = (lines: readonly string[], line: number, change: (event: Record<string, never>) => void): string[] =>
  lines.map((each, index) => (index === at(line) ? changed(each, change) : each));
const severity = (event: Record<string, unknown>): void => {
  event['severity_id'] = 5;
};

/** Another first event of the same chain. */
function forked({ authority, chain, key }: LogWriter): readonly string[] {
  return Object.assign(new LogWriter(authority, key), { chain }).event('session.denied').lines;
}

describe('a whole log', () => {
  it.each([
    ['OCSF 1.9', false],
    ['before', true],
  ])('verifies: %s', async (_name, old) => {
    const log = whole(old);
    const report = await verified(log.lines, { keys: log.keys });
    expect(told(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: 'ok', events: 11, checkpoints: 3, duplicates: 0, openIntents: 0 });
    expect(report.chains[0]).toMatchObject({
      first: 1,
      last: 11,
      sealed: 11,
      unsealed: 0,
      closed: true,
      keys: [log.key.jwk['kid']],
      truncated: 0,
    });
  });

  it('verifies shuffled, twice and as other programs write it', async () => {
    const log = whole();
    const lines = shuffled([
      ...log.lines,
      ...log.lines.map((line) => (line.startsWith('{"checkpoint"') ? line : reserialised(line))),
    ]);
    expect(lines).not.toEqual(log.lines);
    const report = await verified(lines, { keys: log.keys }, null);
    expect(told(report)).toEqual([]);
    expect(report).toMatchObject({ verdict: 'ok', events: 11, duplicates: 11, checkpoints: 3 });
  });

  it('verifies with what is not seen as it is, as older builds wrote it, and as its code; to both it is the same event', async () => {
    const log = new LogWriter()
      .event('session.opened', { reason: 'a\u202eb\u2028c\u{e0041}\u009bd' })
      .event('session.closed', { by: 'x\u2066y' })
      .seal()
      .stop();
    const escaped = log.lines.map(escapeInvisible);
    expect(escaped.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(escaped.join('')).toContain(String.raw`a\u202eb\u2028c\udb40\udc41\u009bd`);
    for (const lines of [log.lines, escaped])
      expect(await verified(lines, { keys: log.keys })).toMatchObject({ verdict: 'ok', events: 3, duplicates: 0 });
    expect(await verified([...log.lines, ...escaped], { keys: log.keys }, null)).toMatchObject({
      verdict: 'ok',
      events: 3,
      duplicates: 3,
    });
  });

  it('verifies from a topic, where checkpoints and texts come bare', async () => {
    const log = whole();
    const lines = log.lines.map((line) => /^\{"checkpoint":"(.*)"\}$/.exec(line)?.[1] ?? line);
    const text = '{"v":1,"id":"x.1","at":1,"part":1,"of":1,"text":"select 1"}';
    const report = await verified([text, `{"sqltext":${text}}`, ...lines], { keys: log.keys }, null);
    expect(report).toMatchObject({ verdict: 'ok', texts: 1, again: 1, checkpoints: 3 });
  });

  it('says what no signature covers yet, which is no fault', async () => {
    const log = new LogWriter().events(5).seal().events(3);
    const report = await verified(log.lines, { keys: log.keys });
    expect(report.verdict).toBe('ok');
    expect(report.chains[0]).toMatchObject({ sealed: 5, unsealed: 3, closed: false });
  });

  it('takes a crashed chain for sealed up to where the next one vouches for it', async () => {
    for (const [vouched, sealed] of [
      [8, 8],
      [6, 6],
      [0, 5],
    ] as const) {
      const log = new LogWriter().events(5).seal().events(3).start(vouched).events(2).stop();
      const report = await verified(log.lines, { keys: log.keys });
      expect(told(report)).toEqual([]);
      expect(report.chains.map((each) => [each.sealed, each.unsealed])).toEqual([
        [sealed, 8 - sealed],
        [3, 0],
      ]);
    }
  });

  it('a chain that nobody vouches for is sealed by no later one', async () => {
    const log = new LogWriter().events(5).seal().start().events(3).start(0).events(2).stop();
    const report = await verified(log.lines, { keys: log.keys });
    expect(report.chains.map((each) => each.unsealed)).toEqual([0, 3, 0]);
  });

  it('more behind the last seal than its writer promised is not whole, however long it goes on', async () => {
    const interval = { interval: { events: 4, ms: 60_000 } };
    const few = new LogWriter().events(3).seal('count', interval).events(4);
    const many = new LogWriter().events(3).seal('count', interval).events(5);
    const late = new LogWriter().events(3).seal('count', interval).later(70_000).events(1);
    const crashed = new LogWriter().events(3).seal('count', interval).events(5).start(0).events(2).stop();
    const verdicts = [few, many, late, crashed].map(async (log) => {
      const report = await verified(log.lines, { keys: log.keys });
      return [report.verdict, ...told(report)];
    });
    expect(await Promise.all(verdicts)).toEqual([
      ['ok'],
      ['incomplete', 'unsealed@9'],
      ['incomplete', 'unsealed@5'],
      ['incomplete', 'unsealed@9'],
    ]);
  });

  it('counts statements that were announced and have no outcome', async () => {
    const log = new LogWriter()
      .event('statement.authorized', {}, 's-1')
      .event('statement.executed', {}, 's-1')
      .event('statement.authorized', {}, 's-2')
      .event('statement.authorized', {}, 's-3')
      .start()
      .event('statement.unresolved', {}, 's-3')
      .event('statement.executed', {}, 's-9')
      .stop();
    expect(await verified(log.lines, { keys: log.keys })).toMatchObject({
      openIntents: 1,
      open: ['s-2'],
      unannounced: 1,
      verdict: 'ok',
    });
  });

  it('takes a statement that failed before it was announced for what it is, and not one whose announcement is absent', async () => {
    const log = new LogWriter()
      .event('statement.failed', { code: 'ANALYSIS_UNAVAILABLE', at: 'scope' }, 's-1')
      .event('statement.denied', { code: 'OUT_OF_SCOPE' }, 's-2')
      .event('statement.failed', { code: 'ENGINE_REJECTED', at: 'execute', durationMs: 3 }, 's-3')
      .stop();
    expect(await verified(log.lines, { keys: log.keys })).toMatchObject({
      openIntents: 0,
      unannounced: 1,
      verdict: 'ok',
    });
  });

  it('keeps writers apart', async () => {
    const [one, two] = [new LogWriter('host-a'), new LogWriter('host-b')];
    one.events(4).stop();
    two.events(6).stop();
    const mixed = one.lines
      .flatMap((line, index) => [line, two.lines[index] ?? ''])
      .concat(two.lines.slice(one.lines.length));
    const report = await verified(mixed, { keys: { keys: [one.key.jwk, two.key.jwk] } }, null);
    expect(report.chains.map(({ authority, last, verdict }) => [authority, last, verdict])).toEqual([
      ['host-a', 5, 'ok'],
      ['host-b', 7, 'ok'],
    ]);
  });
});

describe('what was done to a log is told for what it is', () => {
  it.each<[string, (log: LogWriter) => string[], string[], string]>([
    ['an event altered', ({ lines }) => edited(lines, 3, severity), ['altered@3'], 'tampered'],
    ['an event deleted', ({ lines }) => without(lines, 3), ['gap@3'], 'tampered'],
    ['events deleted around a checkpoint', ({ lines }) => without(lines, 4, 5, 6, 7), ['gap@4', 'start@8'], 'tampered'],
    ['neighbours swapped', ({ lines }) => swapped(lines, 2, 3), ['reordered@3'], 'tampered'],
    [
      'events swapped far apart',
      ({ lines }) => swapped(lines, 2, 10),
      [3, 4, 5, 7, 8, 9, 10].map((line) => `reordered@${line}`),
      'tampered',
    ],
    ['a checkpoint moved before its event', ({ lines }) => swapped(lines, 5, 6), ['reordered@6'], 'tampered'],
    [
      'checkpoints swapped',
      ({ lines }) => swapped(lines, 6, 12),
      ['reordered@10', 'reordered@11', 'reordered@12', 'reordered@7', 'reordered@8', 'reordered@9'],
      'tampered',
    ],
    ['one number with two contents', (log) => [...log.lines, ...forked(log)], ['fork@15'], 'tampered'],
    [
      'a fingerprint replaced',
      ({ lines }) =>
        edited(lines, 3, (event: Record<string, never>) => {
          (
            event as unknown as { attestation_list: [{ fingerprint: { value: string } }] }
          ).attestation_list[0].fingerprint.value = '0'.repeat(64);
        }),
      ['altered@3'],
      'tampered',
    ],
    [
      'the fingerprint described otherwise',
      ({ lines }) =>
        edited(lines, 3, (event: Record<string, never>) => {
          (
            event as unknown as { attestation_list: [{ fingerprint: { algorithm_id: number } }] }
          ).attestation_list[0].fingerprint.algorithm_id = 4;
        }),
      ['foreign@3', 'gap@4'],
      'tampered',
    ],
    [
      'computed anew from an event, without the key',
      ({ lines }) => rechained(lines, at(3), severity),
      ['rewritten@12', 'rewritten@14', 'rewritten@6', 'unsealed@13'],
      'tampered',
    ],
    [
      'computed anew behind a good checkpoint',
      ({ lines }) => rechained(lines, at(8), severity),
      ['rewritten@12', 'rewritten@14', 'unsealed@13'],
      'tampered',
    ],
    ['the tail cut, its checkpoint kept', ({ lines }) => without(lines, 11, 13), ['cut@11', 'cut@12'], 'tampered'],
    ['a checkpoint taken out', ({ lines }) => without(lines, 12), ['checkpoint@13', 'unsealed@12'], 'tampered'],
    ['the first checkpoint taken out', ({ lines }) => without(lines, 6), ['start@11'], 'incomplete'],
    ['the last checkpoint taken out', ({ lines }) => without(lines, 14), ['unsealed@13'], 'incomplete'],
    ['all checkpoints taken out', ({ lines }) => without(lines, 6, 12, 14), ['unsealed@11'], 'incomplete'],
    ['the beginning removed, as retention does', ({ lines }) => lines.slice(6), ['start@1', 'start@6'], 'incomplete'],
    [
      'a line put in',
      ({ lines }) => [...lines.slice(0, 3), '{"hello":1}', ...lines.slice(3)],
      ['foreign@4'],
      'tampered',
    ],
    [
      'an event without attestation put in',
      ({ lines }) => [
        ...lines.slice(0, 3),
        changed(lines[2] as string, (event: Record<string, unknown>) => delete event['attestation_list']),
        ...lines.slice(3),
      ],
      ['foreign@4'],
      'tampered',
    ],
    [
      'a name given twice',
      ({ lines }) => lines.map((line, index) => (index === 2 ? `{"severity_id":5,${line.slice(1)}` : line)),
      ['foreign@3', 'gap@4'],
      'tampered',
    ],
    [
      'an event that says it begins the chain',
      ({ lines }) =>
        rechained(lines, at(8), (event) => {
          delete (event as unknown as { attestation_list: [{ prev_event?: object }] }).attestation_list[0].prev_event;
        }),
      ['restart@8', 'rewritten@12', 'rewritten@14', 'unsealed@13'],
      'tampered',
    ],
    [
      'an event later than its checkpoint',
      (log) => new LogWriter('host-a', log.key).events(2).later(60_000).events(1).later(-60_000).seal().stop().lines,
      ['time@3'],
      'tampered',
    ],
  ])('%s', async (_name, tamper, expected, verdict) => {
    const log = whole();
    const report = await verified(tamper(log), { keys: log.keys });
    expect(told(report).toSorted()).toEqual(expected.toSorted());
    expect(report.verdict).toBe(verdict);
    expect(report.memory === undefined).toBe(verdict === 'tampered');
  });

  it('names the event', async () => {
    const log = whole();
    const report = await verified(edited(log.lines, 3, severity), { keys: log.keys });
    const {
      metadata: { uid },
      time,
    } = JSON.parse(log.lines[2] as string) as { metadata: { uid: string }; time: number };
    expect(report.chains[0]?.problems).toMatchObject([
      { kind: 'altered', sequence: 3, id: uid, code: 'session.opened', at: time, place: { source: 'file', line: 3 } },
    ]);
  });

  it('tells the first problems and how many more there are', async () => {
    const log = new LogWriter().events(60).stop();
    const lines = log.lines.map((line, index) => (index < 50 ? changed(line, severity) : line));
    const [chain] = (await verified(lines, { keys: log.keys })).chains;
    expect([chain?.problems.length, chain?.more]).toEqual([20, 30]);
  });

  it('a torn last line is no tampering; an unreadable one in the middle is', async () => {
    const log = whole();
    const { verifier } = await import('../../../src/adapters/ocsf/verify/index.js');
    const check = await verifier({ keys: log.keys });
    for (const [index, line] of log.lines.entries())
      await check.take(line, { source: 'file', line: index + 1, log: 'log' });
    await check.take('{"metadata":{"uid"', { source: 'file', line: 15, log: 'log' }, false);
    expect(told(check.report())).toEqual(['torn@15']);
    expect(
      told(await verified([...log.lines.slice(0, 2), undefined, ...log.lines.slice(3)], { keys: log.keys })),
    ).toEqual(['foreign@3', 'gap@4']);
  });
});

const three = (): LogWriter => new LogWriter().events(3).seal().start().events(3).seal().start().events(3).stop();

describe('chains of one log', () => {
  it('one that is gone is missed', async () => {
    const log = three();
    const report = await verified(
      log.lines.filter((_line, index) => index < 4 || index > 7),
      { keys: log.keys },
    );
    expect(report.verdict).not.toBe('ok');
    expect(kinds(report)).toEqual(expect.arrayContaining(['missing', 'checkpoint']));
  });

  it('one that is gone with the checkpoints kept is missed', async () => {
    const log = three();
    expect(
      kinds(
        await verified(
          log.lines.filter((_line, index) => index < 4 || index > 6),
          { keys: log.keys },
        ),
      ),
    ).toEqual(['link', 'missing']);
    expect(
      kinds(
        await verified(
          log.lines.filter((_line, index) => index < 8 || index > 11),
          { keys: log.keys },
        ),
      ),
    ).toContain('cut');
  });

  it('the last events of a crashed one are missed, though no checkpoint names them', async () => {
    const log = new LogWriter().events(3).seal().events(2).start().events(2).stop();
    expect(
      told(
        await verified(
          log.lines.filter((_line, index) => index !== 5),
          { keys: log.keys },
        ),
      ),
    ).toEqual(['cut@5']);
  });

  it('what was appended to an earlier one, or changed at its end, is seen', async () => {
    const log = new LogWriter().events(3);
    const { line } = log.make('session.opened');
    log.start().events(2).stop();
    expect(told(await verified([...log.lines.slice(0, 3), line, ...log.lines.slice(3)], { keys: log.keys }))).toEqual([
      'appended@4',
    ]);
    expect(
      told(
        await verified(
          rechained(log.lines.slice(0, 3), 2, (event: Record<string, unknown>) => {
            event['severity_id'] = 4;
          }).concat(log.lines.slice(3)),
          { keys: log.keys },
        ),
      ),
    ).toEqual(['rewritten@3']);
  });

  it('the beginning of a later one cannot have gone by retention', async () => {
    const log = new LogWriter().events(3).seal().start().events(3).stop();
    expect(
      told(
        await verified(
          log.lines.filter((_line, index) => index !== 4),
          { keys: log.keys },
        ),
      ),
    ).toContain('gap@5');
  });

  it('two that follow the same one are told', async () => {
    const log = new LogWriter().events(3).seal().start().events(2);
    const other = rechained(
      log.lines.slice(4).map((line) => line.replaceAll(log.chain, `${log.chain.slice(0, -1)}f`)),
      0,
      () => {},
    );
    expect(kinds(await verified([...log.lines, ...other], { keys: log.keys }, null))).toEqual(['link']);
  });
});

describe('checkpoints', () => {
  it.each<[string, (log: LogWriter) => string, string[]]>([
    [
      'signed by nobody',
      (log) => `${log.stamp().split('.').slice(0, 2).join('.')}.${Buffer.alloc(64).toString('base64url')}`,
      ['signature'],
    ],
    [
      'signed for other claims',
      (log) => [...log.stamp('count', { seq: 2 }).split('.').slice(0, 2), log.stamp().split('.')[2]].join('.'),
      ['signature'],
    ],
    [
      'with another key under a known name',
      (log) => log.stamp('count', {}, { ...newKey(), jwk: log.key.jwk }),
      ['signature'],
    ],
    ['with an unknown key', (log) => log.stamp('count', {}, newKey()), ['key']],
    ['with alg none', (log) => log.stamp('count', {}, log.key, { alg: 'none' }), ['foreign']],
    ['with alg HS256', (log) => log.stamp('count', {}, log.key, { alg: 'HS256' }), ['foreign']],
    ['of another typ', (log) => log.stamp('count', {}, log.key, { typ: 'JWT' }), ['foreign']],
    [
      'with a critical header that nobody knows',
      (log) => log.stamp('count', {}, log.key, { crit: ['x'], x: 1 }),
      ['foreign'],
    ],
    ['for another writer', (log) => log.stamp('count', { authority: 'host-b' }), ['checkpoint']],
    ['for a head that is no digest', (log) => log.stamp('count', { head: 'x' }), ['foreign']],
    ['older than the one before it', (log) => log.stamp('count', { at: 1 }), ['resealed']],
    [
      'over less than the one before it',
      (log) =>
        log.stamp('count', {
          seq: 1,
          head: (JSON.parse(log.lines[0] as string) as { attestation_list: [{ fingerprint: { value: string } }] })
            .attestation_list[0].fingerprint.value,
        }),
      ['resealed'],
    ],
    [
      'that announces a key nobody can read',
      (log) => log.stamp('rotation', { next: { kty: 'OKP', crv: 'Ed25519', x: 'short', kid: 'k' } }),
      ['foreign'],
    ],
    ['that brings its own key', (log) => log.stamp('count', {}, log.key, { jwk: log.key.jwk }), ['foreign']],
    ['with a claim that nobody knows', (log) => log.stamp('count', { x: 1 }), ['foreign']],
    ['that promises nothing', (log) => log.stamp('count', { interval: undefined }), ['foreign']],
    [
      'whose signature has another length',
      (log) => `${log.stamp().split('.').slice(0, 2).join('.')}.${Buffer.alloc(63).toString('base64url')}`,
      ['foreign'],
    ],
  ])('%s', async (_name, forge, expected) => {
    const log = new LogWriter().events(3).seal();
    const report = await verified([...log.lines, `{"checkpoint":"${forge(log)}"}`], { keys: log.keys });
    expect([report.verdict, kinds(report)]).toEqual(['tampered', expected]);
  });

  it('a second one after the same is told', async () => {
    const log = new LogWriter().events(3).seal();
    const jws = log.stamp('time');
    log.seal('time');
    expect(kinds(await verified([...log.lines, `{"checkpoint":"${jws}"}`], { keys: log.keys }))).toEqual([
      'checkpoint',
    ]);
  });

  it('another spelling of the same signature is not taken', async () => {
    const log = new LogWriter().events(3).seal();
    const last = log.lines.pop() as string;
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';
    const unit = last.at(-3) as string;
    const other = `${last.slice(0, -3)}${alphabet[alphabet.indexOf(unit) + 1]}"}`;
    expect(kinds(await verified([...log.lines, other], { keys: log.keys }))).toContain('foreign');
  });

  it('an announced key is taken; the one that it replaced is not any more', async () => {
    const [old, next] = [newKey(), newKey()];
    const log = new LogWriter('host-a', old).events(3).seal().events(2).rotate(next).seal().events(1).stop();
    expect(told(await verified(log.lines, { keys: { keys: [old.jwk] } }))).toEqual([]);
    expect((await verified(log.lines.toReversed(), { keys: { keys: [old.jwk] } }, null)).verdict).toBe('ok');
    const back = new LogWriter('host-a', old).events(3).seal().rotate(next).seal().events(1).seal('count', {}, old);
    expect(kinds(await verified(back.lines, { keys: { keys: [old.jwk] } }))).toEqual(['key']);
    expect(kinds(await verified(back.lines, { keys: { keys: [old.jwk, next.jwk] } }))).toEqual(['key']);
  });

  it('an announced key is good for its writer only', async () => {
    const [old, next] = [newKey(), newKey()];
    const one = new LogWriter('host-a', old).events(3).rotate(next);
    const other = new LogWriter('host-b', next).events(3).seal();
    expect(kinds(await verified([...one.lines, ...other.lines], { keys: { keys: [old.jwk] } }, null))).toContain('key');
  });

  it('a new key that nobody announced is taken only where it was given', async () => {
    const [old, next] = [newKey(), newKey()];
    const log = new LogWriter('host-a', old).events(3).seal().start();
    log.key = next;
    log.events(2).stop();
    expect(kinds(await verified(log.lines, { keys: { keys: [old.jwk] } }))).toContain('key');
    expect(told(await verified(log.lines, { keys: { keys: [old.jwk, next.jwk] } }))).toEqual([]);
  });

  it('a key given with times is good for checkpoints of that time', async () => {
    const log = new LogWriter().events(3).stop();
    const limited = (nbf: number, exp: number): object => ({ keys: [{ ...log.key.jwk, nbf, exp }] });
    expect((await verified(log.lines, { keys: limited(1_795_400_000 - 60, 1_795_400_000 + 60) })).verdict).toBe('ok');
    expect(kinds(await verified(log.lines, { keys: limited(1_795_400_000 - 60, 1_795_400_000 - 30) }))).toContain(
      'key',
    );
    expect(kinds(await verified(log.lines, { keys: limited(1_795_400_000 + 30, 1_795_400_000 + 60) }))).toContain(
      'key',
    );
  });

  it('an old chain sealed again is seen', async () => {
    const log = new LogWriter().events(3).seal();
    const { chain } = log;
    const third = JSON.parse(log.lines[2] as string) as {
      metadata: { uid: string };
      attestation_list: [{ fingerprint: { value: string } }];
    };
    const [head, id] = [third.attestation_list[0].fingerprint.value, third.metadata.uid];
    log.start().events(2).seal().seal('time', { chain, seq: 3, head, head_uid: id });
    expect(kinds(await verified(log.lines, { keys: log.keys }))).toEqual(['resealed']);
  });

  it('without keys they are not believed, but still compared', async () => {
    const log = whole();
    expect(await verified(log.lines)).toMatchObject({
      verdict: 'incomplete',
      problems: [{ kind: 'unchecked' }],
      chains: [{ sealed: 0, unsealed: 11 }],
    });
    expect(
      (
        await verified(
          rechained(log.lines, 2, (event: Record<string, unknown>) => {
            event['severity_id'] = 4;
          }),
        )
      ).verdict,
    ).toBe('tampered');
    expect(told(await verified(new LogWriter().events(4).lines))).toEqual(['unsealed@4']);
  });

  it('EdDSA, the older name of the algorithm, is the same', async () => {
    const log = new LogWriter().events(3);
    log.lines.push(`{"checkpoint":"${log.stamp('count', {}, log.key, { alg: 'EdDSA' })}"}`);
    expect((await verified(log.lines, { keys: log.keys })).chains[0]?.sealed).toBe(3);
  });

  it.each<[string, unknown]>([
    ['no set', []],
    ['a list that is none', { keys: 1 }],
    ['one that is no object', { keys: ['x'] }],
    ['a secret one of another type', { keys: [{ kty: 'oct', k: 'AA' }] }],
    ['a private one', { keys: [{ ...newKey().jwk, d: 'x' }] }],
    ['one that is broken', { keys: [{ kty: 'OKP', crv: 'Ed25519', x: '!' }] }],
    ['one without a name', { keys: [{ ...newKey().jwk, kid: undefined }] }],
    ['one bound to nobody', { keys: [{ ...newKey().jwk, authority: '' }] }],
    ['one bound to no time', { keys: [{ ...newKey().jwk, nbf: '1' }] }],
    ['one of 31 bytes', { keys: [{ ...newKey().jwk, x: Buffer.alloc(31).toString('base64url') }] }],
  ])('refuses keys: %s', async (_name, keys) => {
    await expect(verified([], { keys })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });
});
