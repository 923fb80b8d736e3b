import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { repairJournal } from '../../../src/adapters/journal/repair.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import type { AuditEvent } from '../../../src/core/index.js';
import { journal, plain } from './plain.js';
import { allIn, eventsIn, place, segmentsIn } from './test-directory.js';

const file = 'journal-00000001.jsonl';
const opened = (session: string): AuditEvent =>
  sampleEvent('session.opened', { session, data: { text: 'x'.repeat(500) } });
const damaged = (why: string): object => ({ code: 'CONFIG_INVALID', message: expect.stringMatching(why) as string });
const sessionsIn = (directory: string): unknown[] => eventsIn(directory).map(({ session }) => session);
const markOf = (directory: string): string => readFileSync(join(directory, 'durable.json'), 'utf8');

interface Left {
  readonly directory: string;
  readonly path: string;
  /** Where the last group begins. */
  readonly group: number;
}

/**
 * What a power cut leaves that came while a group of so many events was written: the events before are acknowledged,
 * the group is not.
 */
async function cutDuring(count: number, before = 1): Promise<Left> {
  const directory = place();
  const path = join(directory, file);
  const log = await journal({ directory });
  for (let each = 0; each < before; each += 1) await log.append(opened(`kept-${each}`));
  const group = statSync(path).size;
  await vi.waitFor(() => expect(JSON.parse(markOf(directory))).toEqual({ segment: 1, offset: group }));
  const mark = markOf(directory);
  await Promise.all(Array.from({ length: count }, (_, each) => log.append(opened(`group-${each}`))));
  await log.close?.();
  writeFileSync(join(directory, 'durable.json'), mark);
  return { directory, path, group };
}

/** A part of a file as a disk may give it back. */
function spoil(path: string, from: number, bytes: Buffer): void {
  const content = readFileSync(path);
  bytes.copy(content, from);
  writeFileSync(path, content);
}

describe('a power cut amid a group', () => {
  it.each([
    ['zeroes', Buffer.alloc(4_096)],
    ['garbage', Buffer.from('\u0001}\n{"x":'.repeat(500))],
  ])('that left %s before whole lines: what was not acknowledged is set aside, and told', async (_what, bytes) => {
    const { directory, path, group } = await cutDuring(50);
    spoil(path, group + 3_000, bytes);
    const spoilt = readFileSync(path);
    await (await journal({ directory })).close?.();
    expect(sessionsIn(directory)).toEqual([
      'kept-0',
      ...Array.from({ length: sessionsIn(directory).length - 1 }, (_, each) => `group-${each}`),
    ]);
    const whole = statSync(path).size;
    expect(whole).toBeGreaterThan(group);
    expect(readFileSync(`${path}.torn`)).toEqual(spoilt.subarray(whole));
    expect(allIn(directory).at(-1)).toMatchObject({
      code: 'audit.gap',
      data: { cause: 'torn', segment: 1, bytes: spoilt.length - whole },
    });
    expect(existsSync(join(directory, 'torn.json'))).toBe(false);
  });

  it('sets nothing aside that was acknowledged: before the mark, or with more behind it than a group holds', async () => {
    const acknowledged = await cutDuring(5, 3);
    spoil(acknowledged.path, 10, Buffer.alloc(20));
    await expect(journal({ directory: acknowledged.directory })).rejects.toMatchObject(
      damaged('line 1 is not an event, and it was acknowledged'),
    );
    const many = await cutDuring(300);
    spoil(many.path, many.group, Buffer.alloc(20));
    await expect(journal({ directory: many.directory })).rejects.toMatchObject(
      damaged('line 2 is not an event, and more follows than is written at once'),
    );
    const older = await cutDuring(5);
    const log = await journal({ directory: older.directory });
    await log.append(opened('next'));
    await log.close?.();
    spoil(older.path, older.group, Buffer.alloc(20));
    await expect(journal({ directory: older.directory })).rejects.toMatchObject(
      damaged('line 2 is not an event, and it was acknowledged'),
    );
    for (const { directory } of [acknowledged, many, older])
      expect(segmentsIn(directory).some((name) => existsSync(join(directory, `${name}.torn`)))).toBe(false);
  });

  it('refuses an acknowledged last line that is damaged, and damage where no run said how far it got', async () => {
    const directory = place();
    const log = await journal({ directory });
    await log.append(opened('kept'));
    await log.close?.();
    const path = join(directory, file);
    spoil(path, 10, Buffer.alloc(20));
    await expect(journal({ directory })).rejects.toMatchObject(
      damaged('line 1 is not an event, and it was acknowledged'),
    );
    const left = await cutDuring(5);
    rmSync(join(left.directory, 'durable.json'));
    spoil(left.path, left.group, Buffer.alloc(20));
    await expect(journal({ directory: left.directory })).rejects.toMatchObject(
      damaged('line 2 is not an event, and good lines follow'),
    );
  });
});

describe('a repair', () => {
  it('does what a start does, says it before, and the next start tells of it', async () => {
    const { directory, path, group } = await cutDuring(10);
    spoil(path, group, Buffer.alloc(100));
    const content = readFileSync(path);
    const torn = [{ segment: 1, offset: group, bytes: content.length - group }];
    expect(await repairJournal({ directory, format: plain, dry: true })).toEqual(torn);
    expect(readFileSync(path)).toEqual(content);
    expect(await repairJournal({ directory, format: plain, dry: false })).toEqual(torn);
    expect(await repairJournal({ directory, format: plain, dry: false })).toEqual([]);
    expect(existsSync(join(directory, 'lock'))).toBe(false);
    await (await journal({ directory })).close?.();
    expect(allIn(directory).map(({ code, data }) => [code, data['bytes']])).toEqual([
      ['session.opened', undefined],
      ['audit.gap', content.length - group],
    ]);
  });

  it('leaves a journal alone that is in use', async () => {
    const directory = place();
    const log = await journal({ directory });
    await log.append(opened('kept'));
    await expect(repairJournal({ directory, format: plain, dry: true })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('in use') as string,
    });
    await log.close?.();
  });
});
