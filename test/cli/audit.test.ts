import { appendFileSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventSchema } from '../../src/adapters/ocsf/index.js';
import { eventCodes, type AuditEvent } from '../../src/core/index.js';
import { journal } from '../../src/adapters/journal/journal.js';
import { house, rowsOf, valueOf } from '../core/test-gateway.js';
import { inProcess, sallyport, start } from './command.js';

const place = (): string => mkdtempSync(join(tmpdir(), 'cli-audit-'));
const file = 'journal-00000001.jsonl';

interface Played {
  readonly directory: string;
  readonly session: string;
  readonly lines: readonly string[];
}

/** A whole session of a gateway on a real journal. */
async function played(): Promise<Played> {
  const directory = place();
  const audit = await journal({ directory });
  const at = await house({ audit });
  const session = await at.session();
  for (let turn = 0; turn < 3; turn += 1) await rowsOf(valueOf(await at.run(session)));
  await at.run(session, 'SELECT FINANCE.payroll');
  await at.gateway.close({ credential: { scheme: 'bearer', token: 'token-a' }, session });
  await at.gateway.shutdown();
  return { directory, session, lines: readFileSync(join(directory, file), 'utf8').split('\n').slice(0, -1) };
}

let whole: Played;
beforeAll(async () => {
  whole = await played();
});

/** The same record in another place, with its lines changed, and the keys pinned. */
async function verified(
  change: (lines: string[]) => readonly string[],
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const directory = place();
  writeFileSync(
    join(directory, file),
    change([...whole.lines])
      .map((line) => `${line}\n`)
      .join(''),
  );
  return inProcess(['audit', 'verify', directory, '--jwks', join(whole.directory, 'jwks.json')]);
}

const executed = (lines: readonly string[]): number =>
  lines.findIndex((line) => line.includes('"event_code":"statement.executed"'));

describe('sallyport audit verify', () => {
  it('finds a whole record whole, in its own process', async () => {
    const { code, out, err } = await sallyport(['audit', 'verify', whole.directory]);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^chain w-\S+: OK\n {2}events +1 to \d+, .*closed properly\n {2}sealed +to \d+/);
    expect(out).toMatch(/\nOK: \d+ events in 1 chain, 1 checkpoint\. Every event is sealed\.\n$/);
  });

  it('names the event of which one byte was flipped, wherever it is', async () => {
    const bytes = readFileSync(join(whole.directory, file));
    const line = whole.lines[executed(whole.lines)] as string;
    const { metadata } = JSON.parse(line) as { readonly metadata: { readonly uid: string; readonly sequence: number } };
    const begin = bytes.indexOf(line);
    for (const name of ['"query_string":"', '"message":"', '"time":1', '"severity_id":']) {
      const changed = Buffer.from(bytes);
      const at = begin + line.indexOf(name) + name.length;
      changed[at] = (changed[at] as number) ^ 1;
      const directory = place();
      writeFileSync(join(directory, file), changed);
      const { code, out } = await inProcess([
        'audit',
        'verify',
        directory,
        '--jwks',
        join(whole.directory, 'jwks.json'),
      ]);
      expect(code, name).toBe(1);
      expect(out).toContain(metadata.uid);
      expect(out).toMatch(new RegExp(`event ${metadata.sequence}\\b.*statement\\.executed`));
      expect(out).toContain('TAMPERED');
    }
  });

  it.each<[string, (lines: string[]) => readonly string[], number, RegExp]>([
    ['one event deleted', (lines) => lines.toSpliced(executed(lines), 1), 1, /missing|absent/],
    ['two swapped', (lines) => lines.toSpliced(3, 2, lines[4] as string, lines[3] as string), 1, /place|order/],
    ['one written twice', (lines) => lines.toSpliced(4, 0, lines[3] as string), 1, /copied +\S+:5: event 4/],
    ['the end cut, its checkpoint kept', (lines) => lines.toSpliced(-3, 2), 1, /absent|cut|missing/],
    ['a line of another hand', (lines) => lines.toSpliced(2, 0, '{"hello":"world"}'), 1, /no line of a record/],
    [
      'a checkpoint of another key',
      (lines) =>
        lines.map((line) =>
          line.startsWith('{"checkpoint"') ? line.replace(/.(?="\}$)/, (last) => (last === 'A' ? 'Q' : 'A')) : line,
        ),
      1,
      /signature|checkpoint/,
    ],
    ['no checkpoint at all', (lines) => lines.filter((line) => !line.startsWith('{"checkpoint"')), 2, /seal/],
    ['the beginning gone', (lines) => lines.slice(4), 2, /events 1 to 4 are absent/],
  ])('%s is told for what it is', async (_name, change, code, words) => {
    const { code: ended, out } = await verified(change);
    expect(out).toMatch(words);
    expect(ended).toBe(code);
  });

  it('takes a half line at the end for what a crash leaves', async () => {
    const directory = place();
    writeFileSync(join(directory, file), `${whole.lines.join('\n')}\n${whole.lines[2]?.slice(0, 100)}`);
    const { code, out } = await inProcess(['audit', 'verify', directory, '--jwks', join(whole.directory, 'jwks.json')]);
    expect([code, out]).toEqual([2, expect.stringContaining('not written to its end')]);
  });

  it('remembers with --state what was there, so that a shorter record is noticed', async () => {
    const [state, jwks] = [join(place(), 'state.json'), join(whole.directory, 'jwks.json')];
    const growing = place();
    const path = join(growing, file);
    writeFileSync(path, whole.lines.map((line) => `${line}\n`).join(''));
    expect((await inProcess(['audit', 'verify', growing, '--jwks', jwks, '--state', state])).code).toBe(0);
    writeFileSync(
      path,
      whole.lines
        .slice(0, 5)
        .map((line) => `${line}\n`)
        .join(''),
    );
    expect((await inProcess(['audit', 'verify', growing, '--jwks', jwks])).code).toBe(2);
    const { code, out } = await inProcess(['audit', 'verify', growing, '--jwks', jwks, '--state', state]);
    expect(code).toBe(1);
    expect(out).toMatch(/absent|cut|missing/);
  });

  it('reports as JSON', async () => {
    const { code, out } = await inProcess(['audit', 'verify', whole.directory, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ verdict: 'ok', openIntents: 0 });
  });

  it.each([
    [['audit', 'verify']],
    [['audit', 'verify', '/nowhere/at/all']],
    [['audit', 'verify', tmpdir()]],
    [['audit', 'verify', '.', '--jwks', 'package.json']],
    [['audit', 'verify', '--colour']],
    [['audit']],
    [['audit', 'prove']],
    [['audit', 'verify', 'x', '--kafka', '127.0.0.1:9']],
    [['audit', 'show']],
    [['audit', 'show', 'x']],
    [['audit', 'tail', 'x', 'y']],
    [['audit', 'reconcile', '.']],
  ])('%j is a wrong command line or input: 3, with a reason and no stack', async (args) => {
    const { code, out, err } = await inProcess(args);
    expect([code, out]).toEqual([3, '']);
    expect(err).toMatch(/\S/);
    expect(err).not.toMatch(/\n\s+at /);
  });
});

describe('sallyport audit show', () => {
  it('tells a session from its request to its end', async () => {
    const { code, out } = await inProcess(['audit', 'show', whole.session, whole.directory]);
    expect(code).toBe(0);
    for (const words of [
      whole.session,
      'idp:agent-a',
      'ACME.OPS',
      'a test',
      'session.opened',
      'session.closed',
      'OUT_OF_SCOPE',
      '    SELECT orders',
    ])
      expect(out).toContain(words);
    expect(out.match(/authorized by .*; executed/g)).toHaveLength(3);
  });

  it('says that there is no such session', async () => {
    expect(await inProcess(['audit', 'show', 'nobody\u001b[31m', whole.directory])).toMatchObject({
      code: 1,
      out: '',
      err: expect.not.stringContaining('\u001b') as string,
    });
  });
});

const event = (turn: number): AuditEvent => ({
  id: `event-${turn}`,
  code: 'statement.executed',
  at: turn,
  instance: 'i',
  session: 's',
  statement: `t-${turn}`,
  data: { queryId: `q-${turn}` },
});

describe('sallyport audit tail', () => {
  it('shows the newest events, one line each, of one session where asked', async () => {
    const all = await inProcess(['audit', 'tail', whole.directory, '-n', '3']);
    expect(all.out.trim().split('\n')).toHaveLength(3);
    expect(all.out).toContain('gateway.stopped');
    const one = await inProcess(['audit', 'tail', whole.directory, '--session', whole.session, '-n', '100']);
    expect(one.out).not.toContain('gateway.');
    expect(one.out.trim().split('\n').length).toBeGreaterThan(7);
  });

  it('goes on with what is written, across segments, until it is ended', async () => {
    const directory = place();
    const log = await journal({ directory, segmentBytes: 4_000 });
    await log.append(event(0));
    const child = start('audit', 'tail', directory, '--follow');
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    await expect.poll(() => out).toContain('q-0');
    for (let turn = 1; turn < 20; turn += 1) await log.append(event(turn));
    await expect.poll(() => out.match(/q-\d+/g)?.length).toBe(20);
    child.kill();
    await log.close?.();
  });
});

const parsed = () =>
  whole.lines
    .filter((line) => line.includes('"event_code":"statement.executed"'))
    .map(
      (line) =>
        JSON.parse(line) as {
          readonly time: number;
          readonly metadata: { readonly correlation_uid: string };
          readonly unmapped: {
            readonly sallyport: { readonly statement: string; readonly data: { readonly queryId: string } };
          };
        },
    );
const csv = (rows: readonly Record<string, string>[]): string =>
  [Object.keys(rows[0] ?? {}), ...rows.map((row) => Object.values(row))]
    .map((cells) => cells.map((cell) => `"${cell.replaceAll('"', '""')}"`).join(','))
    .join('\r\n');

const history = (): Record<string, string>[] =>
  parsed().map(
    ({
      time,
      metadata,
      unmapped: {
        sallyport: { statement, data },
      },
    }) => ({
      QUERY_ID: data.queryId,
      QUERY_TAG: JSON.stringify({ session: metadata.correlation_uid, statement }),
      START_TIME: new Date(time).toISOString(),
      USER_NAME: 'GATE',
      QUERY_TEXT: 'SELECT orders',
    }),
  );
const compared = async (
  rows: readonly Record<string, string>[],
  as: 'csv' | 'jsonl' = 'csv',
  ...more: readonly string[]
) => {
  const path = join(place(), `history.${as}`);
  writeFileSync(path, as === 'csv' ? csv(rows) : rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return inProcess(['audit', 'reconcile', whole.directory, '--history', path, '--user', 'gate', ...more]);
};

describe('sallyport audit reconcile', () => {
  it.each(['csv', 'jsonl'] as const)('both agree: %s', async (as) => {
    const { code, out, err } = await compared(history(), as);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/3 statements/);
  });

  it('names a query that ran and was not recorded', async () => {
    const rogue = {
      QUERY_ID: 'rogue-1',
      QUERY_TAG: '',
      START_TIME: history()[0]?.['START_TIME'] as string,
      USER_NAME: 'GATE',
      QUERY_TEXT: 'SELECT * FROM payroll',
    };
    expect(await compared([...history(), rogue])).toMatchObject({
      code: 1,
      out: expect.stringContaining('rogue-1') as string,
    });
    expect(await compared([...history(), { ...rogue, USER_NAME: 'SOMEBODY' }])).toMatchObject({ code: 0 });
    expect(
      await compared([...history(), { ...rogue, USER_NAME: 'SOMEBODY' }], 'csv', '--user', 'somebody'),
    ).toMatchObject({ code: 1, out: expect.stringContaining('rogue-1') as string });
  });

  it('names a statement that was recorded and did not run, and one whose query ids differ', async () => {
    const [first, second] = parsed();
    const { code, out } = await compared(
      history()
        .filter(({ QUERY_ID }) => QUERY_ID !== first?.unmapped.sallyport.data.queryId)
        .map((row) =>
          row['QUERY_ID'] === second?.unmapped.sallyport.data.queryId ? { ...row, QUERY_ID: 'other-id' } : row,
        ),
    );
    expect(code).toBe(1);
    expect(out).toContain(first?.unmapped.sallyport.statement);
    expect(out).toContain('other-id');
  });

  it('reads the record in any order', async () => {
    const path = join(place(), 'record.jsonl');
    writeFileSync(
      path,
      whole.lines
        .toReversed()
        .map((line) => `${line}\n`)
        .join(''),
    );
    const rows = join(place(), 'history.csv');
    writeFileSync(rows, csv(history().map((row, index) => (index === 0 ? { ...row, QUERY_TAG: '' } : row))));
    expect(await inProcess(['audit', 'reconcile', path, '--history', rows, '--user', 'gate'])).toMatchObject({
      code: 0,
      out: expect.stringContaining('AGREE: 3 statements') as string,
    });
  });

  it('takes no export that is none', async () => {
    const path = join(place(), 'history.csv');
    appendFileSync(path, 'a,b\n1,2\n');
    expect((await inProcess(['audit', 'reconcile', whole.directory, '--history', path])).code).toBe(3);
  });
});

describe('sallyport audit schema', () => {
  it('prints the schema of every code, which is the one that events are held against', async () => {
    const { out: list } = await inProcess(['audit', 'schema', '--list']);
    expect(list.trim().split('\n')).toEqual(eventCodes);
    const { code, out } = await inProcess(['audit', 'schema', 'statement.executed', '--ocsf', '1.3.0']);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual(JSON.parse(JSON.stringify(eventSchema('statement.executed', '1.3.0'))));
  });

  it.each([[[]], [['nothing']], [['statement.executed', 'more']], [['statement.executed', '--ocsf', '2.0.0']]])(
    '%j is a wrong command line',
    async (args) => {
      expect(await inProcess(['audit', 'schema', ...args])).toMatchObject({ code: 3, out: '' });
    },
  );
});

it('the codes that a person may meet are those of the catalogue', () => {
  const codes = new Set(whole.lines.flatMap((line) => /"event_code":"([^"]+)"/.exec(line)?.[1] ?? []));
  expect([...codes].filter((code) => !(eventCodes as readonly string[]).includes(code))).toEqual([]);
  expect(codes.size).toBeGreaterThan(6);
});
