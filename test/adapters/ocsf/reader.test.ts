import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ocsf } from '../../../src/adapters/ocsf/index.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import { journal } from '../../../src/adapters/journal/journal.js';
import { inProcess } from '../../cli/command.js';
import { place as newPlace } from '../journal/test-directory.js';
import { receiver } from '../journal/receiver.js';
import { kinds, LogWriter, sha256, sorted, verified } from './chains.js';

type Members = Record<string, unknown>;
interface Event extends Members {
  metadata: Members;
  attestation_list: [Members & { fingerprint?: Members }];
  unmapped: Members & { sallyport: Members };
}

/** An event with its fingerprint computed anew: what somebody can write who has no key. */
function forged(line: string, change: (event: Event) => void): string {
  const event = JSON.parse(line) as Event;
  change(event);
  const [attestation] = event.attestation_list;
  const { fingerprint, ...rest } = attestation;
  const value = sha256(sorted({ ...event, attestation_list: [rest] }));
  return sorted({ ...event, attestation_list: [{ ...rest, fingerprint: { ...fingerprint, value } }] });
}

const text = { v: 1, id: 'e-1.1', at: 1, part: 1, of: 1, text: 'SELECT 1' };
const sealed = new LogWriter().events(2).seal();
const [, good = '', checkpoint = ''] = sealed.lines;
const jws = checkpoint.slice(15, -2);
const with_ = (more: Members) => forged(good, (event) => void Object.assign(event, more));
const ours = (more: Members) => forged(good, (event) => void Object.assign(event.unmapped.sallyport, more));
const stub = sorted({
  ...(JSON.parse(good) as Event),
  metadata: { ...(JSON.parse(good) as Event).metadata, is_truncated: true, untruncated_size: 12 },
});

/** What nobody here writes, or not in a log. */
const foreign: readonly (readonly [string, string])[] = [
  ['an event with a member sqltext', with_({ sqltext: { ...text } })],
  ['an event with a member sqltext that is none', with_({ sqltext: 1 })],
  ['an event with the members of a text', with_(text)],
  ['an event with a member checkpoint', with_({ checkpoint: jws })],
  ['an event of a version of tomorrow', ours({ v: 3 })],
  ['an event with a member of ours that there is not', ours({ level: 'x' })],
  [
    'an event of a chain with another kind of name',
    forged(good, (event) => void Object.assign(event.attestation_list[0], { chain_uid: 'w-host-a-1' })),
  ],
  [
    'an event that nests without end',
    ours({ data: JSON.parse(`${'{"a":'.repeat(300)}1${'}'.repeat(300)}`) as unknown }),
  ],
  ['an event with two attestations', good.replace('"attestation_list":[', '"attestation_list":[{},')],
  ['an event with an attestation behind its own', good.replace('],"class_uid"', ',{}],"class_uid"')],
  [
    'an event with its attestation in two places',
    forged(good, (event) => void Object.assign(event.unmapped, { attestation_list: event.attestation_list })),
  ],
  [
    'an event whose attestation says more',
    forged(good, (event) => void Object.assign(event.attestation_list[0], { more: 1 })),
  ],
  ['an event with a number that is none', good.replace('"severity_id":1', '"severity_id":1e999')],
  ['an event with a name given twice', `{"severity_id":5,${good.slice(1)}`],
  [
    'an event with half a character',
    good.replace('"quoted', String.raw`\ud800"quoted`).replace(String.raw`\\ud800"quoted`, String.raw`\ud800\"quoted`),
  ],
  ['a checkpoint with something beside it', sorted({ checkpoint: jws, more: 1 })],
  ['a text with something beside it', sorted({ sqltext: text, more: 1 })],
  ['a text with a member that no text has', sorted({ sqltext: { ...text, more: 1 } })],
  ['a text of a version of tomorrow', sorted({ sqltext: { ...text, v: 3 } })],
  ['an object', '{"hello":1}'],
];
/** What is good in a partition or an export, and not in a log. */
const loose: readonly (readonly [string, string])[] = [
  ['a bare checkpoint', jws],
  ['a bare text', sorted(text)],
];

describe('a line is the same to every reader', () => {
  const format = ocsf({ authority: 'host-a' });

  it.each(foreign)('%s is foreign everywhere', async (_what, line) => {
    for (const standing of ['log', 'partition', 'export'] as const) expect(format.read(line, standing)).toBeUndefined();
    expect(() => format.toMessage(line)).toThrow(expect.objectContaining({ code: 'INTERNAL' }) as Error);
    expect(kinds(await verified([...sealed.lines, line], { keys: sealed.keys }))).toContain('foreign');
    expect(kinds(await verified([...sealed.lines, line], { keys: sealed.keys }, null))).toContain('foreign');
  });

  it.each(loose)('%s stands in a topic, and in no log', async (_what, line) => {
    expect([format.read(line, 'partition'), format.read(line, 'export')]).not.toContain(undefined);
    expect([format.read(line), kinds(await verified([...sealed.lines, line], { keys: sealed.keys }))]).toEqual([
      undefined,
      ['foreign'],
    ]);
    expect((await verified([...sealed.lines, line], { keys: sealed.keys }, null)).verdict).toBe('ok');
  });

  it('no empty line stands in a log', async () => {
    expect(kinds(await verified([...sealed.lines, ''], { keys: sealed.keys }))).toEqual(['foreign']);
    expect(kinds(await verified([...sealed.lines, ''], { keys: sealed.keys }, null))).toEqual([]);
  });

  it('a code of a later version is an event of the chain, and tells nothing to who does not know it', async () => {
    const later = new LogWriter().event('statement.dreamt').seal();
    expect((await verified(later.lines, { keys: later.keys })).verdict).toBe('ok');
    expect(format.read(later.lines[0] as string)).toEqual({
      kind: 'event',
      link: expect.objectContaining({ sequence: 1 }) as object,
    });
  });
});

const written = async (directory: string): Promise<string> => {
  const log = await journal({ directory });
  for (const turn of [1, 2, 3])
    await log.append(sampleEvent('statement.delivered', { session: 's', statement: `t-${turn}` }));
  await log.close?.();
  return join(directory, 'journal-00000001.jsonl');
};

describe('a journal', () => {
  it.each([...foreign, ...loose, ['a stub', stub] as const])('%s refuses the start', async (_what, line) => {
    const directory = newPlace();
    const path = await written(directory);
    writeFileSync(path, `${line}\n${readFileSync(path, 'utf8')}`);
    await expect(journal({ directory })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('line 1') as string,
    });
  });

  it.each([...loose, ['a stub', stub] as const])(
    '%s refuses it also at the end, where a torn line is set aside',
    async (_what, line) => {
      const directory = newPlace();
      const path = await written(directory);
      appendFileSync(path, `${line}\n`);
      await expect(journal({ directory })).rejects.toMatchObject({
        code: 'CONFIG_INVALID',
        message: expect.stringContaining('damaged') as string,
      });
    },
  );

  it('a line that is not UTF-8 is damage, not a text that is mended', async () => {
    const directory = newPlace();
    const path = await written(directory);
    const bytes = readFileSync(path);
    bytes[bytes.indexOf('"message":"') + 12] = 0xff;
    writeFileSync(path, bytes);
    await expect(journal({ directory })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
  });

  it('what is put in its files behind its back is neither shipped nor read as a record', async () => {
    const directory = newPlace();
    let path = await written(directory);
    path = path.replace('01.jsonl', '02.jsonl');
    const ship = receiver();
    const log = await journal({ directory, ship });
    await log.append(sampleEvent('statement.delivered', { session: 's', statement: 't-4' }));
    await expect.poll(() => ship.got.length).toBeGreaterThan(3);
    const line = readFileSync(path, 'utf8').split('\n')[0] as string;
    writeFileSync(path, readFileSync(path, 'utf8').replace(line, `${line.slice(0, -1)},"v":1}`.padEnd(line.length)));
    await expect(log.record('s')).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    await log.close?.();
  });

  it('is told by the command as the gateway reads it', async () => {
    const directory = newPlace();
    const path = await written(directory);
    appendFileSync(path, `${foreign[0]?.[1]}\n`);
    for (const args of [
      ['tail', directory],
      ['show', 'session-1', directory],
    ])
      expect((await inProcess(['audit', ...args])).out).not.toContain('session.opened');
  });
});
