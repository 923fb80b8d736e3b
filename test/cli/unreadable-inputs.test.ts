import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { ocsf } from '../../src/adapters/ocsf/index.js';
import type { AuditEvent } from '../../src/core/index.js';
import { journal } from '../../src/adapters/journal/journal.js';
import { sampleEvent } from '../../src/core/contract/index.js';
import { decided } from '../adapters/ocsf/driven/approval-events.js';
import { inProcess } from './command.js';

const home = mkdtempSync(join(tmpdir(), 'odd-'));
const at = (name: string): string => join(home, name);
const file = (name: string, content: string | Buffer): string => {
  writeFileSync(at(name), content);
  return at(name);
};

beforeAll(async () => {
  const log = await journal({ directory: at('whole') });
  await log.append(sampleEvent('gateway.started', { data: {} }));
  await log.close?.();
  mkdirSync(at('empty'));
  mkdirSync(at('overwritten'));
  file('overwritten/journal-00000001.jsonl', randomBytes(50_000));
  file('good.jsonl', readFileSync(at('whole/journal-00000001.jsonl')));
  file('none.jsonl', '');
  file('junk.bin', randomBytes(100_000));
  file('long.jsonl', `${'x'.repeat(3_000_000)}\n`);
  file('no.json', '{"keys":');
  file('nokeys.json', '{"keys":[]}');
  file('state.json', '{');
});

const good = (): readonly string[] => ['audit', 'verify', at('good.jsonl'), '--jwks', at('whole/jwks.json')];

describe('what cannot be read, or is no record, is an input that cannot be used', () => {
  it.each<[string, () => readonly string[], RegExp]>([
    ['an empty directory', () => ['audit', 'verify', at('empty')], /there is no journal-/],
    ['an empty file', () => ['audit', 'verify', at('none.jsonl')], /no line was read/],
    ['binary junk', () => ['audit', 'verify', at('junk.bin')], /not one line of a record/],
    ['one endless line', () => ['audit', 'verify', at('long.jsonl')], /not one line of a record/],
    [
      'keys that are not there',
      () => [...good().slice(0, 3), '--jwks', at('missing.json')],
      /missing\.json: it cannot be read \(ENOENT\)/,
    ],
    ['keys that are half there', () => [...good().slice(0, 3), '--jwks', at('no.json')], /no JWK set/],
    [
      'a state that cannot be written',
      () => [...good(), '--state', at('nowhere/state.json')],
      /nowhere\/state\.json: it cannot be written \(ENOENT\)/,
    ],
    ['brokers that are none', () => ['audit', 'verify', '--kafka', 'nonsense'], /--kafka takes HOST:PORT/],
    ['no brokers', () => ['audit', 'show', 'x', '--kafka', ''], /--kafka takes HOST:PORT/],
    ['a topic and files', () => ['audit', 'show', 'x', at('good.jsonl'), '--kafka', '127.0.0.1:9'], /not both/],
    ['a broker that is away', () => ['audit', 'show', 'x', '--kafka', '127.0.0.1:1'], /cannot be read: .*ECONNREFUSED/],
    ['a session of an empty record', () => ['audit', 'show', 'x', at('none.jsonl')], /there is no event in the record/],
    ['a session without a name', () => ['audit', 'show', '', at('good.jsonl')], /name a session/],
    ['a file to tail', () => ['audit', 'tail', at('good.jsonl')], /is no directory/],
    [
      'a directory as history',
      () => ['audit', 'reconcile', at('good.jsonl'), '--history', at('empty')],
      /cannot be read \(EISDIR\)/,
    ],
    ['a binary history', () => ['audit', 'reconcile', at('good.jsonl'), '--history', at('junk.bin')], /./],
  ])('%s', async (_name, args, words) => {
    const { code, err } = await inProcess(args());
    expect(err).toMatch(words);
    expect(err).not.toMatch(/\n\s+at |node:internal/);
    expect(err).toMatch(/\nTry sallyport audit (?:verify|show|tail|reconcile) --help\.\n$/);
    expect(code).toBe(3);
  });
});

it('a journal that was overwritten was tampered with, whatever stands there now', async () => {
  expect(await inProcess(['audit', 'verify', at('overwritten')])).toMatchObject({
    code: 1,
    out: expect.stringContaining('no line of a record') as string,
  });
});

it('a line of three megabytes between good ones is told, and the good ones are read', async () => {
  const path = file('between.jsonl', `${readFileSync(at('good.jsonl'), 'utf8')}${'x'.repeat(3_000_000)}\n`);
  const { code, out } = await inProcess(['audit', 'verify', path, '--jwks', at('whole/jwks.json')]);
  expect([code, out]).toEqual([
    1,
    expect.stringMatching(/foreign +\S+between\.jsonl:3: [\s\S]*TAMPERED: 1 event in 1 chain/) as string,
  ]);
});

describe('sallyport audit show', () => {
  let events: readonly AuditEvent[] = [];
  let path = '';

  beforeAll(async () => {
    events = await decided();
    const format = ocsf({ authority: 'gate-1' });
    let head = format.begin();
    const lines = events.map((event) => {
      const written = format.write(event, head);
      head = written.head;
      return written.lines.at(-1) as string;
    });
    // As partitions mix them; many have the same millisecond.
    path = file('people.jsonl', `${lines.toReversed().join('\n')}\n`);
  });

  const shown = async (code: AuditEvent['code']): Promise<string> =>
    (await inProcess(['audit', 'show', events.find((event) => event.code === code)?.session ?? '', path])).out;

  it('tells who agreed, who did not, who may not, and what ran with which consent', async () => {
    const out = await shown('session.revoked');
    expect(out).toMatch(/who +idp:alice via idp:agent, client app/);
    expect(out).toMatch(
      /waiting for approval by writes; ticket=(\S+)\n +\S+ idp:alice may not decide on it \(review\.self\)\n +\S+ idp:bob agreed\n[\s\S]*authorized by writes, agreed to by idp:bob, ticket \1; executed/,
    );
    expect(out).toContain('idp:bob rejected: not today');
    expect(out).toContain('closed without a decision: void (session_revoked)');
    expect(out).toMatch(/end +\S+ session\.revoked by=revoked revokedBy=idp:bob comment=stop it/);
  });

  it('tells break-glass sessions first, and who looked at it', async () => {
    const out = await shown('breakglass.activated');
    expect(out).toMatch(/who +idp:oncall\n/);
    expect(out).toMatch(/\nbreak-glass +activated on \S+; idp:bob reviewed it on \S+: it was right\n/);
    expect(
      out
        .split('\n')
        .filter((line) => /^\S+Z {2}/.test(line))
        .map((line) => line.split(/ {2}/)[1]),
    ).toEqual([
      'session.requested',
      'breakglass.activated',
      'session.opened',
      expect.stringMatching(/^statement /) as string,
      'session.closed',
      'breakglass.reviewed',
    ]);
    expect(out).toContain('breakglass.reviewed  by idp:bob  comment=it was right');
  });

  it('tells a session that a person agreed to, and its consent where it opened', async () => {
    expect(await shown('session.approved')).toMatch(
      /session\.approved {2}by idp:bob {2}decision=approve state=approved comment=for today ticket=/,
    );
    const opened =
      events.filter(({ code, data }) => code === 'session.opened' && data['approval'] !== undefined)[0]?.session ?? '';
    expect((await inProcess(['audit', 'show', opened, path])).out).toMatch(
      /\nconsent +agreed to by idp:bob, ticket \S+\n/,
    );
  });
});
