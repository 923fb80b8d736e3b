import { readFileSync, renameSync, statSync, writeFileSync, appendFileSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Segment } from '../../../src/adapters/journal/segment.js';
import { journal } from './plain.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import type { AuditEvent } from '../../../src/core/index.js';
import { eventsIn, place, segmentsIn } from './test-directory.js';

const handle = await open(import.meta.filename);
const files = Object.getPrototypeOf(handle) as FileHandle;
await handle.close();

/** The next write of a file reaches it, and its sync fails: on Linux both are one call. */
function unsynced(code: string): void {
  if (process.platform !== 'linux') return void vi.spyOn(files, 'datasync').mockRejectedValueOnce(fault(code));
  const write = Reflect.get(files, 'write') as (this: FileHandle, ...given: unknown[]) => Promise<unknown>;
  vi.spyOn(files, 'write').mockImplementationOnce(async function (this: FileHandle, ...given: unknown[]) {
    await write.apply(this, given);
    throw fault(code);
  });
}

const fault = (code: string): Error => Object.assign(new Error(code), { code });
const refusedFor = (reason: string): object => ({ code: 'AUDIT_UNAVAILABLE', detail: { reason } });
const opened = (session: string): AuditEvent => sampleEvent('session.opened', { session });
const sessionsIn = (directory: string): unknown[] => eventsIn(directory).map((event) => event.session);

afterEach(() => {
  vi.restoreAllMocks();
});

describe('a disk that fails', () => {
  it.each(['EIO', 'ENOSPC'])(
    'a sync that ends in %s takes its whole group back, and the next goes to a fresh segment',
    async (code) => {
      const directory = place();
      const log = await journal({ directory });
      await log.append(opened('before'));
      unsynced(code);
      const group = await Promise.allSettled(['x', 'y', 'z'].map((session) => log.append(opened(session))));
      expect(group.map((each) => each.status === 'rejected' && (each.reason as object))).toEqual(
        Array(3).fill(expect.objectContaining(refusedFor(code))),
      );
      await log.append(opened('after'));
      expect(segmentsIn(directory)).toHaveLength(2);
      expect(sessionsIn(directory)).toEqual(['before', 'after']);
      await log.close?.();
    },
  );

  it('a write that fails half-way leaves nothing, and the event can be appended again', async () => {
    const directory = place();
    const log = await journal({ directory });
    await log.append(opened('before'));
    const path = join(directory, segmentsIn(directory)[0] ?? '');
    vi.spyOn(files, 'write').mockImplementationOnce(async () => {
      appendFileSync(path, '{"id":"half');
      throw fault('ENOSPC');
    });
    const event = opened('again');
    await expect(log.append(event)).rejects.toMatchObject(refusedFor('ENOSPC'));
    await log.append(event);
    expect(sessionsIn(directory)).toEqual(['before', 'again']);
    await log.close?.();
  });

  it('short writes are carried on', async () => {
    const directory = place();
    const log = await journal({ directory });
    const path = join(directory, 'journal-00000001.jsonl');
    vi.spyOn(files, 'write').mockImplementation(async (bytes: unknown, offset: unknown) => {
      const piece = (bytes as Buffer).subarray(offset as number, (offset as number) + 7);
      appendFileSync(path, piece);
      return { bytesWritten: piece.length, buffer: bytes } as never;
    });
    const event = opened('pieces');
    await log.append(event);
    expect(eventsIn(directory)).toEqual([event]);
    await log.close?.();
  });

  it('nothing is taken until what failed could be cut away', async () => {
    const directory = place();
    const log = await journal({ directory });
    await log.append(opened('before'));
    unsynced('EIO');
    const cutting = vi.spyOn(files, 'sync').mockRejectedValue(fault('EROFS'));
    await expect(log.append(opened('lost'))).rejects.toMatchObject(refusedFor('EIO'));
    await expect(log.append(opened('lost'))).rejects.toMatchObject(refusedFor('EROFS'));
    await expect(log.append(opened('lost'))).rejects.toMatchObject(refusedFor('EROFS'));
    cutting.mockRestore();
    await log.append(opened('after'));
    expect(sessionsIn(directory)).toEqual(['before', 'after']);
    await log.close?.();
  });

  it('a segment whose name could not be made durable is taken away, and its number not used again', async () => {
    const directory = place();
    const log = await journal({ directory });
    vi.spyOn(files, 'sync').mockRejectedValueOnce(fault('EIO'));
    await expect(log.append(opened('lost'))).rejects.toMatchObject(refusedFor('EIO'));
    await log.append(opened('after'));
    expect(segmentsIn(directory)).toEqual(['journal-00000002.jsonl']);
    expect(sessionsIn(directory)).toEqual(['after']);
    await log.close?.();
  });

  it('an event that JSON cannot hold is refused alone', async () => {
    const directory = place();
    const log = await journal({ directory });
    const odd = { ...opened('odd'), data: { count: 1n } } as unknown as AuditEvent;
    const both = await Promise.allSettled([log.append(odd), log.append(opened('good'))]);
    expect(both.map((each) => each.status)).toEqual(['rejected', 'fulfilled']);
    await expect(log.append(odd)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    await log.close?.();
    expect(sessionsIn(directory)).toEqual(['good']);
  });
});

describe('a directory that goes elsewhere and comes back', () => {
  it('holds nothing that was refused, whenever it comes back', async () => {
    const directory = place();
    const segment = await Segment.create(directory, 1);
    await segment.append(Buffer.from('kept\n'));
    renameSync(directory, `${directory}.away`);
    await expect(segment.append(Buffer.from('refused\n'))).rejects.toMatchObject({ code: 'ENOENT' });
    await segment.truncate();
    await segment.truncate();
    await segment.close();
    renameSync(`${directory}.away`, directory);
    expect(segmentsIn(directory).map((name) => readFileSync(join(directory, name), 'utf8'))).toEqual(['kept\n']);
  });

  it('again and again, is written to again each time, and by no event that was refused', async () => {
    const directory = place();
    const log = await journal({ directory });
    const good: string[] = [];
    for (let round = 0; round < 5; round += 1) {
      renameSync(directory, `${directory}.away`);
      for (const each of ['first', 'second'])
        await expect(log.append(opened(`refused-${each}`))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
      renameSync(`${directory}.away`, directory);
      await log.append(opened(`good-${round}`));
      good.push(`good-${round}`);
    }
    await log.close?.();
    expect(sessionsIn(directory)).toEqual(good);
  });
});

describe('what cannot be read', () => {
  it('at the end of a segment is set aside, not thrown away', async () => {
    const directory = place();
    const log = await journal({ directory });
    await log.append(opened('good'));
    await log.close?.();
    const path = join(directory, segmentsIn(directory)[0] ?? '');
    const whole = statSync(path).size;
    appendFileSync(path, '{"id":"changed"}\n{"id":"to');
    await (await journal({ directory })).close?.();
    expect(statSync(path).size).toBe(whole);
    expect(readFileSync(`${path}.torn`, 'utf8')).toBe('{"id":"changed"}\n{"id":"to');
    await (await journal({ directory })).close?.();
    expect(sessionsIn(directory)).toEqual(['good']);
  });

  it('within a session is reported, not left out of its record', async () => {
    const directory = place();
    const log = await journal({ directory });
    for (const code of ['session.opened', 'statement.delivered', 'session.closed'] as const)
      await log.append(sampleEvent(code, { session: 's' }));
    const path = join(directory, segmentsIn(directory)[0] ?? '');
    const text = readFileSync(path, 'utf8');
    writeFileSync(path, text.replace('statement.delivered', 'statement.deliverex'));
    await expect(log.record('s')).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    writeFileSync(path, text);
    expect((await log.record('s')).events).toHaveLength(3);
    renameSync(path, `${path}.gone`);
    await expect(log.record('s')).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
    await log.close?.();
  });
});
