import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ocsf } from '../../../src/adapters/ocsf/index.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import { inProcess } from '../../cli/command.js';
import { kinds, LogWriter, newKey, sorted, told, verified } from './chains.js';

type Json = Record<string, unknown>;
interface Event extends Json {
  metadata: Json;
  unmapped: Json & { sallyport: Json & { data: Json } };
  query_info?: Json;
}

/** A stub made from the page alone. */
function stubOf(line: string, more: Json = {}): string {
  const { authorizations: _gone, ...event } = JSON.parse(line) as Event;
  const { sallyport } = event.unmapped;
  sallyport.data = Object.fromEntries(
    Object.entries(sallyport.data).filter(([, value]) =>
      typeof value === 'string' ? value.length <= 256 : typeof value !== 'object' || value === null,
    ),
  );
  if (event.query_info !== undefined) event.query_info['query_string'] = '[withheld]';
  const place = event.metadata['version'] === '1.3.0' ? event.unmapped : event.metadata;
  Object.assign(place, { is_truncated: true, untruncated_size: Math.ceil(Buffer.byteLength(line) / 1_000) });
  Object.assign(sallyport.data, more);
  return sorted(event);
}

const tables = { reads: Array.from({ length: 600 }, (_, index) => `ACME.OPS.TABLE_${index}`), rows: 7 };
/** The third event is large. Lines: 1-4, checkpoint 5. */
const large = (old = false, v: 1 | 2 = 2): LogWriter =>
  new LogWriter('host-a', newKey(), old, v).events(2).event('statement.executed', tables, 't-1').stop();
const judged = async (
  { keys }: LogWriter,
  lines: readonly string[],
  log: string | null = null,
): Promise<readonly unknown[]> => {
  const report = await verified(lines, { keys }, log);
  return [report.verdict, told(report), report.duplicates, report.chains[0]?.truncated];
};

describe.each([
  ['OCSF 1.9', false],
  ['before', true],
])('a stub: %s', (_name, old) => {
  const log = large(old);
  const [whole, stub, forged] = [
    log.lines[2] as string,
    stubOf(log.lines[2] as string),
    stubOf(log.lines[2] as string, { rows: 0 }),
  ];
  const instead = (...lines: readonly string[]): string[] => log.lines.toSpliced(2, 1, ...lines);

  it('is no event of a log', async () => {
    for (const line of [stub, forged]) {
      expect(await judged(log, instead(line), 'log')).toEqual(['tampered', ['stub@3'], 0, 0]);
      expect(await judged(log, instead(whole, line), 'log')).toEqual(['tampered', ['stub@4'], 0, 0]);
    }
  });

  it('is proven by the event for which it stands, in any order', async () => {
    for (const lines of [instead(whole, stub), instead(stub, whole), [...log.lines, stub, stub]])
      expect(await judged(log, lines)).toEqual(['ok', [], lines.length - 5, 0]);
  });

  it('that says something else than that event is tampered, in any order', async () => {
    expect(await judged(log, instead(whole, forged))).toEqual(['tampered', ['stub@4'], 0, 0]);
    expect(await judged(log, instead(forged, whole))).toEqual(['tampered', ['stub@3'], 0, 0]);
  });

  it('alone proves nothing, and nothing says that every event is sealed', async () => {
    expect(await judged(log, instead(stub))).toEqual(['incomplete', ['stub@3'], 0, 1]);
    const [file, jwks] = ['record.jsonl', 'jwks.json'].map((name) =>
      join(mkdtempSync(join(tmpdir(), 'stubs-')), name),
    ) as [string, string];
    writeFileSync(jwks, JSON.stringify(log.keys));
    writeFileSync(
      file,
      instead(stub)
        .map((line) => `${line}\n`)
        .join(''),
    );
    const { code, out } = await inProcess(['audit', 'verify', file, '--jwks', jwks]);
    expect([code, out.includes('very event is sealed')]).toEqual([2, false]);
    expect(out).toContain('nothing proves what it says');
  });

  it('two that differ cannot both be right', async () => {
    expect(await judged(log, instead(stub, forged))).toEqual(['tampered', ['stub@3', 'stub@4'], 0, 1]);
    expect(await judged(log, instead(forged, stub, whole))).toEqual(['tampered', ['stub@3'], 1, 0]);
  });

  it('of an event that nobody had to cut is tampered', async () => {
    const small = log.lines[1] as string;
    expect((await judged(log, [...log.lines, stubOf(small)])).slice(0, 2)).toEqual(['tampered', ['stub@6', 'stub@6']]);
  });

  it('is held against the whole as the log has it, whoever wrote that', async () => {
    const spaced = whole.replaceAll(/,"(\w+)":/g, ', "$1": ');
    expect(await judged(log, [spaced, stub, ...log.lines.toSpliced(2, 1)])).toEqual(['ok', [], 1, 0]);
  });
});

it('of version 1 can be of an event of any size: it is believed where that is read behind it, and not told as forged where that cannot be known', async () => {
  const log = large(false, 1);
  const small = log.lines[1] as string;
  expect((await judged(log, [stubOf(small), ...log.lines])).slice(0, 2)).toEqual(['ok', []]);
  expect((await judged(log, [stubOf(small, { rows: 1 }), ...log.lines])).slice(0, 2)).toEqual(['tampered', ['stub@1']]);
  expect((await judged(log, [...log.lines, stubOf(small)])).slice(0, 2)).toEqual(['incomplete', ['stub@6']]);
});

it('the gateway cuts events of more than 8,192 bytes only, as the page says', () => {
  const format = ocsf({ authority: 'gate-1' });
  const lineOf = (count: number): string =>
    format.write(
      sampleEvent('statement.executed', {
        session: 's',
        statement: 't',
        data: { ...tables, reads: tables.reads.slice(0, count), rules: ['r1'], sql: 'SELECT \u202e1' },
      }),
      format.begin(),
    ).lines[0] as string;
  const [small, big] = [lineOf(250), lineOf(420)];
  expect([Buffer.byteLength(small) > 8_192, format.toMessage(small).stub, Buffer.byteLength(big) > 8_192]).toEqual([
    false,
    undefined,
    true,
  ]);
  const stub = format.toMessage(big).stub?.() ?? '';
  expect(JSON.parse(stub)).toEqual(JSON.parse(stubOf(big)));
  expect(stub).not.toMatch(/\p{Cf}/u);
  expect(format.read(stub, 'partition')).toMatchObject({ kind: 'event', unproven: true });
});

const cli = async (lines: readonly string[], ...args: readonly string[]): Promise<string> => {
  const file = join(mkdtempSync(join(tmpdir(), 'stubs-')), 'record.jsonl');
  writeFileSync(file, lines.map((line) => `${line}\n`).join(''));
  return (await inProcess(['audit', ...args.map((arg) => arg.replace('FILE', file))])).out;
};

describe('who reads a record for people', () => {
  const log = new LogWriter()
    .event('session.opened')
    .event('statement.authorized', {}, 't-1')
    .event('statement.executed', { ...tables, queryId: 'q-1' }, 't-1')
    .stop();
  const stub = stubOf(log.lines[2] as string, { rows: 0 });
  const history = join(mkdtempSync(join(tmpdir(), 'stubs-')), 'history.jsonl');
  writeFileSync(
    history,
    `${JSON.stringify({ QUERY_ID: 'q-1', QUERY_TAG: JSON.stringify({ statement: 't-1' }), START_TIME: '1795400000', USER_NAME: 'GATE', QUERY_TEXT: 'SELECT 1' })}\n`,
  );

  it('takes the event, not what stands for it, in any order', async () => {
    for (const lines of [
      [...log.lines, stub],
      [stub, ...log.lines],
    ]) {
      const shown = await cli(lines, 'show', 'session-1', 'FILE');
      expect([shown.includes('NOT PROVEN'), shown.includes('rows=7')]).toEqual([false, true]);
      expect(await cli(lines, 'reconcile', 'FILE', '--history', history)).toContain('AGREE');
    }
  });

  it('says of a stub alone that nothing proves it, and takes no outcome from it', async () => {
    const lines = log.lines.toSpliced(2, 1, stub);
    expect(await cli(lines, 'show', 'session-1', 'FILE')).toMatch(/executed \[NOT PROVEN: a stub/);
    expect(await cli(lines, 'reconcile', 'FILE', '--history', history)).toMatch(
      /counts for nothing\n.*t-1.*statement\.executed.*NOT PROVEN[^]*DIFFER: .* 1 not proven/,
    );
  });

  it('says of an event that was changed that it was', async () => {
    const lines = log.lines.with(2, (log.lines[2] as string).replace('"rows":7', '"rows":8'));
    expect(await cli(lines, 'show', 'session-1', 'FILE')).toMatch(/executed \[NOT PROVEN: it was changed/);
    expect(await cli(lines, 'reconcile', 'FILE', '--history', history)).toContain('DIFFER');
  });
});

describe('what comes twice', () => {
  it('an altered copy is no duplicate, in any order', async () => {
    const log = new LogWriter().events(3).stop();
    const altered = (log.lines[1] as string).replace('"severity_id":1', '"severity_id":4');
    for (const lines of [
      [...log.lines, altered],
      [altered, ...log.lines],
    ]) {
      const report = await verified(lines, { keys: log.keys }, null);
      expect([kinds(report), report.duplicates, report.events]).toEqual([['altered'], 0, 4]);
    }
    expect(told(await verified(log.lines.toSpliced(2, 0, altered, altered), { keys: log.keys }))).toEqual([
      'altered@3',
      'copied@4',
    ]);
  });

  it('two logs that hold the same are no copy of each other; each has its lines once', async () => {
    const log = new LogWriter().events(3).seal().events(2).stop();
    const { verifier } = await import('../../../src/adapters/ocsf/verify/index.js');
    const check = await verifier({ keys: log.keys });
    for (const [copy, count] of [
      ['one', 5],
      ['other', 8],
    ] as const) {
      for (const [index, line] of log.lines.slice(0, count).entries())
        await check.take(line, { source: copy, line: index + 1, log: copy });
    }
    expect(check.report()).toMatchObject({ verdict: 'ok', events: 6, duplicates: 4, again: 1 });
  });
});
