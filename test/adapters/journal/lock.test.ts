import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openJournal } from '../../../src/adapters/journal/index.js';
import type { AuditLog } from '../../../src/core/index.js';
import { quickTimes } from './lease-times.js';
import { plain } from './plain.js';
import { place } from './test-directory.js';

const refused = (by: string): object => ({ code: 'CONFIG_INVALID', message: expect.stringContaining(by) as string });
const realm = `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()} ${readlinkSync('/proc/self/ns/pid')}`;
const owner = (more: object): string =>
  JSON.stringify({ run: 'r-1', pid: 999_999_999, host: hostname(), realm, started: '1', beat: '7', ...more });
const journal = (directory: string): Promise<AuditLog> => openJournal({ directory, format: plain }, quickTimes);

/** A holder elsewhere, as far as its lock file tells. */
function renewing(path: string): void {
  let beat = 7;
  const timer = setInterval(() => {
    beat += 1;
    writeFileSync(path, owner({ host: 'elsewhere', realm: 'another', beat: String(beat) }));
  }, quickTimes.renewMs);
  onTestFinished(() => clearInterval(timer));
}

describe('the lock', () => {
  it('lets one in, and the next when it left', async () => {
    const directory = place();
    const first = await journal(directory);
    await expect(journal(directory)).rejects.toMatchObject(refused('this process'));
    await expect(journal(`${directory}/../${directory.split('/').at(-1) ?? ''}`)).rejects.toMatchObject(
      refused('this process'),
    );
    await first.close?.();
    expect(existsSync(join(directory, 'lock'))).toBe(false);
    await (await journal(directory)).close?.();
  });

  it('is renewed, in a file of the same length', async () => {
    const directory = place();
    const log = await journal(directory);
    const beat = (): number =>
      Number((JSON.parse(readFileSync(join(directory, 'lock'), 'utf8')) as { beat: string }).beat);
    const [before, size] = [beat(), statSync(join(directory, 'lock')).size];
    await expect.poll(beat, { timeout: 20_000 }).toBeGreaterThan(before + 1);
    expect(statSync(join(directory, 'lock')).size).toBe(size);
    await log.close?.();
  });

  it.each<[string, string]>([
    ['of a process that is gone', owner({})],
    ['of an earlier process with our id', owner({ pid: process.pid })],
    ['of a process whose id was used again', owner({ pid: 1, started: 'long ago' })],
    ['of another host, which is not renewed', owner({ host: 'elsewhere', realm: 'another', pid: process.pid })],
    ['of a host that tells nothing of its processes, which is not renewed', owner({ realm: '', pid: process.pid })],
  ])('%s is taken over', async (_name, content) => {
    const directory = place();
    writeFileSync(join(directory, 'lock'), content);
    const log = await journal(directory);
    expect(JSON.parse(readFileSync(join(directory, 'lock'), 'utf8'))).toMatchObject({
      pid: process.pid,
      host: hostname(),
      realm,
    });
    await log.close?.();
  });

  it.each<[string, string, string]>([
    ['nobody can read', 'not json', 'unreadable'],
    ['of another shape', '{"pid":"1"}', 'unreadable'],
  ])('a lock %s is respected', async (_name, content, by) => {
    const directory = place();
    writeFileSync(join(directory, 'lock'), content);
    await expect(journal(directory)).rejects.toMatchObject(refused(by));
    expect(readFileSync(join(directory, 'lock'), 'utf8')).toBe(content);
  });

  it('of another host, which is renewed, is respected, whatever process ids there are here', async () => {
    const directory = place();
    writeFileSync(join(directory, 'lock'), owner({ host: 'elsewhere', realm: 'another' }));
    renewing(join(directory, 'lock'));
    await expect(journal(directory)).rejects.toMatchObject(refused('process 999999999 on host elsewhere'));
  });

  it('of a process that has ended and that nobody has waited for is taken over at once', async () => {
    const directory = place();
    // The shell becomes a program that does not wait for the one that it began; until it is that program it would.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { stdio: ['ignore', 'pipe', 'inherit'] });
    onTestFinished(() => void parent.kill('SIGKILL'));
    const [text] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(text.toString());
    const fields = (): string[] => readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    await expect.poll(() => readFileSync(`/proc/${parent.pid}/cmdline`, 'utf8')).toBe('sleep\x0060\x00');
    process.kill(pid, 'SIGKILL');
    await expect.poll(() => fields()[0]).toBe('Z');
    writeFileSync(join(directory, 'lock'), owner({ pid, started: fields()[19] }));
    const log = await openJournal({ directory, format: plain }, { ...quickTimes, watchMs: 2 ** 30 });
    await log.close?.();
  });

  it('that goes while it is watched lets the next one in', async () => {
    const directory = place();
    writeFileSync(join(directory, 'lock'), owner({ host: 'elsewhere', realm: 'another' }));
    setTimeout(() => rmSync(join(directory, 'lock')), quickTimes.renewMs);
    await (await journal(directory)).close?.();
  });
});
