import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { openJournal } from '../../../src/adapters/journal/index.js';
import { ocsf } from '../../../src/adapters/ocsf/index.js';
import { verifier, type VerificationReport } from '../../../src/adapters/ocsf/verify/index.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import type { AuditLog } from '../../../src/core/index.js';
import { quickTimes } from './lease-times.js';
import { plain } from './plain.js';
import { place, segmentsIn } from './test-directory.js';
import { fill, receiver, refuses, until } from './receiver.js';

const holder = join(import.meta.dirname, 'lease-holder.ts');
const apart = ['--pid', '--fork', '--kill-child', '--mount-proc'];
const together = spawnSync('unshare', [...apart, 'true']).status !== 0;
if (together && process.env['CI'] === 'true')
  throw new Error('no process namespaces (unshare --pid) for the tests of two processes of one id');
if (together)
  process.stderr.write(
    'Process namespaces cannot be made here (unshare --pid): two processes of one id are not tested.\n',
  );

interface Held {
  readonly child: ChildProcess;
  /** The lines of one kind so far. */
  readonly said: (kind: string) => readonly string[];
}

/** A process that holds a directory, or is refused it; in a namespace of its own where it must have the id 1. */
function hold(directory: string, inNamespace = false): Held {
  const program = ['--import', 'tsx', holder, directory];
  const child = spawn(
    inNamespace ? 'unshare' : process.execPath,
    inNamespace ? [...apart, process.execPath, ...program] : program,
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout?.on('data', (chunk: Buffer) => (text += chunk.toString()));
  onTestFinished(() => {
    child.kill('SIGCONT');
    child.kill('SIGKILL');
  });
  return {
    child,
    said: (kind) =>
      text
        .split('\n')
        .slice(0, -1)
        .filter((line) => line.startsWith(`${kind} `))
        .map((line) => line.slice(kind.length + 1)),
  };
}

const patiently = { timeout: 60_000, interval: 20 };
const writes = (held: Held): Promise<void> =>
  vi.waitFor(() => expect(held.said('kept').length).toBeGreaterThan(3), patiently);
const opened = (directory: string): Promise<AuditLog> =>
  openJournal({ directory, format: ocsf({ authority: 'gate-1' }) }, quickTimes);

async function verified(directory: string): Promise<VerificationReport> {
  const check = await verifier({});
  for (const name of segmentsIn(directory)) {
    const lines = readFileSync(join(directory, name), 'utf8').split('\n').slice(0, -1);
    for (const [index, line] of lines.entries())
      await check.take(line, { log: directory, source: name, line: index + 1 });
  }
  return check.report();
}

/** What is wrong with the record beside that nothing is signed: these journals have no key. */
async function faults(directory: string): Promise<readonly string[]> {
  const { problems, chains } = await verified(directory);
  return [problems, ...chains.map((each) => each.problems)]
    .flat()
    .filter(({ kind }) => kind !== 'unsealed')
    .map(({ kind, message }) => `${kind}: ${message}`);
}

const idsIn = (directory: string): readonly string[] =>
  segmentsIn(directory).flatMap((name) =>
    readFileSync(join(directory, name), 'utf8')
      .split('\n')
      .slice(0, -1)
      .flatMap((line) => (JSON.parse(line) as { metadata?: { uid: string } }).metadata?.uid ?? []),
  );

describe('two processes and one directory', { timeout: 120_000 }, () => {
  it.skipIf(together)(
    'both with the id 1 and one host name: the second is refused, and the record is whole',
    async () => {
      const directory = place();
      const first = hold(directory, true);
      await writes(first);
      expect(first.said('open')).toEqual(['1']);
      const second = hold(directory, true);
      await vi.waitFor(() => expect(second.said('closed')).toHaveLength(1), patiently);
      expect(second.said('closed')[0]).toMatch(
        /^CONFIG_INVALID the journal's directory is in use by process 1 on host /,
      );
      const before = first.said('kept').length;
      await vi.waitFor(() => expect(first.said('kept').length).toBeGreaterThan(before), patiently);
      expect(first.said('refused')).toEqual([]);
      expect(await faults(directory)).toEqual([]);
    },
  );

  it.skipIf(together)('one that was killed where its id tells nothing is taken over once it was watched', async () => {
    const directory = place();
    const first = hold(directory, true);
    await writes(first);
    first.child.kill('SIGKILL');
    await once(first.child, 'close');
    const log = await opened(directory);
    await log.append(sampleEvent('session.opened', { session: 'next', data: {} }));
    await log.close?.();
    expect(idsIn(directory)).toEqual(expect.arrayContaining([...first.said('kept')]));
    expect(await faults(directory)).toEqual([]);
  });

  it('one that was killed beside it is taken over at once', async () => {
    const directory = place();
    const first = hold(directory);
    await writes(first);
    first.child.kill('SIGKILL');
    await once(first.child, 'close');
    const log = await openJournal(
      { directory, format: ocsf({ authority: 'gate-1' }) },
      { ...quickTimes, watchMs: 2 ** 30 },
    );
    await log.close?.();
  });

  it('one that sleeps longer than its lease writes nothing more when it wakes up', async () => {
    const directory = place();
    const first = hold(directory);
    await writes(first);
    first.child.kill('SIGSTOP');
    const log = await opened(directory);
    const mine = sampleEvent('session.opened', { session: 'next', data: {} });
    await log.append(mine);
    first.child.kill('SIGCONT');
    await vi.waitFor(() => expect(first.said('refused').length).toBeGreaterThan(2), patiently);
    const [code, reason, message] = JSON.parse(first.said('refused').at(-1) as string) as string[];
    expect([code, reason]).toEqual(['AUDIT_UNAVAILABLE', 'taken_over']);
    expect(message).toContain(`process ${process.pid}`);
    const kept = first.said('kept').length;
    await vi.waitFor(() => expect(first.said('refused').length).toBeGreaterThan(20), patiently);
    expect(first.said('kept')).toHaveLength(kept);
    await log.close?.();
    // One may have been on the disk when it was stopped, and was not acknowledged any more.
    const [ids, acknowledged] = [idsIn(directory), first.said('kept')];
    expect(ids.filter((id) => id === mine.id || acknowledged.includes(id))).toEqual([...acknowledged, mine.id]);
    expect([ids.at(-1), ids.length - acknowledged.length - 1]).toEqual([mine.id, expect.toBeOneOf([0, 1])]);
    expect(await faults(directory)).toEqual([]);
  });

  it('one that slept writes nothing either where the other has left again', async () => {
    const directory = place();
    const first = hold(directory);
    await writes(first);
    first.child.kill('SIGSTOP');
    const log = await opened(directory);
    await log.append(sampleEvent('session.opened', { session: 'next', data: {} }));
    await log.close?.();
    first.child.kill('SIGCONT');
    await vi.waitFor(() => expect(first.said('refused').length).toBeGreaterThan(2), patiently);
    expect(JSON.parse(first.said('refused').at(-1) as string)).toEqual([
      'AUDIT_UNAVAILABLE',
      'taken_over',
      expect.stringContaining('files of another one') as string,
    ]);
    expect(await faults(directory)).toEqual([]);
    expect(existsSync(join(directory, 'lock'))).toBe(false);
  });

  it('one that sleeps while nobody comes goes on', async () => {
    const directory = place();
    const first = hold(directory);
    await writes(first);
    first.child.kill('SIGSTOP');
    await new Promise((resolve) => setTimeout(resolve, quickTimes.watchMs));
    const before = first.said('kept').length;
    first.child.kill('SIGCONT');
    await vi.waitFor(() => expect(first.said('kept').length).toBeGreaterThan(before + 3), patiently);
    expect(first.said('refused')).toEqual([]);
  });
});

describe('another writer', () => {
  it('whose segment is there already ends the writing, also of what comes later', async () => {
    const directory = place();
    const log = await openJournal({ directory, format: plain, segmentBytes: 1 }, quickTimes);
    await log.append(sampleEvent('session.opened', { session: 'a' }));
    writeFileSync(join(directory, 'journal-00000002.jsonl'), '');
    const refused = expect.objectContaining({
      code: 'AUDIT_UNAVAILABLE',
      detail: { reason: 'taken_over' },
      message: expect.stringContaining('journal-00000002.jsonl is there already') as string,
    }) as object;
    await expect(log.append(sampleEvent('session.opened', { session: 'b' }))).rejects.toEqual(refused);
    rmSync(join(directory, 'journal-00000002.jsonl'));
    await expect(log.append(sampleEvent('session.opened', { session: 'c' }))).rejects.toEqual(refused);
    await log.close?.();
  });

  it('is looked for before the next write where the wall clock says that the machine slept, whatever the monotonic one says', async () => {
    const directory = place();
    const log = await openJournal({ directory, format: plain });
    await log.append(sampleEvent('session.opened', { session: 'a' }));
    const path = join(directory, 'lock');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"run":"[^"]+"/, '"run":"another"'));
    const real = Date.now;
    const clock = vi.spyOn(Date, 'now').mockImplementation(() => real() + 60_000);
    onTestFinished(() => clock.mockRestore());
    await expect(log.append(sampleEvent('session.opened', { session: 'b' }))).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      detail: { reason: 'taken_over' },
    });
    await log.close?.();
    expect(readFileSync(path, 'utf8')).toContain('"another"');
  });

  it('finds nothing removed that it has not delivered itself', async () => {
    const directory = place();
    const siem = receiver();
    siem.down = refuses;
    const log = await openJournal({ directory, format: plain, ship: siem, segmentBytes: 200, keepMs: 0 }, quickTimes);
    for (let each = 0; each < 5; each += 1) await fill(log, 1);
    const path = join(directory, 'lock');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/"run":"[^"]+"/, '"run":"another"'));
    await vi.waitFor(() => expect(fill(log, 1)).rejects.toMatchObject({ detail: { reason: 'taken_over' } }), patiently);
    const before = segmentsIn(directory);
    siem.down = undefined;
    await until(() => expect(siem.got.length).toBeGreaterThanOrEqual(5));
    await log.close?.();
    expect(segmentsIn(directory)).toEqual(before);
  });

  it('is none where the directory was away for longer than the lease and comes back', async () => {
    const directory = place();
    const log = await openJournal({ directory, format: plain }, quickTimes);
    await log.append(sampleEvent('session.opened', { session: 'a' }));
    renameSync(directory, `${directory}.away`);
    await new Promise((resolve) => setTimeout(resolve, quickTimes.validMs + 100));
    await expect(log.append(sampleEvent('session.opened', { session: 'b' }))).rejects.toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      detail: { reason: 'ENOENT' },
    });
    renameSync(`${directory}.away`, directory);
    await log.append(sampleEvent('session.opened', { session: 'c' }));
    renameSync(directory, `${directory}.away`);
    await new Promise((resolve) => setTimeout(resolve, quickTimes.validMs + 100));
    mkdirSync(directory);
    await vi.waitFor(() => log.append(sampleEvent('session.opened', { session: 'd' })), patiently);
    await log.close?.();
    rmSync(`${directory}.away`, { recursive: true });
  });
});
