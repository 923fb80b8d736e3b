import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fileSink, type FileOptions } from '../../../src/adapters/file/index.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import type { AuditSink } from '../../../src/core/index.js';
import { journal } from '../../../src/adapters/journal/journal.js';
import { checkpoint, never, parcels, refusal, text } from '../delivery-messages.js';

const place = (): string => mkdtempSync(join(tmpdir(), 'file-sink-'));
const linesOf = (path: string): string[] => readFileSync(path, 'utf8').split('\n').slice(0, -1);
const values = (count: number, from = 1): string[] => parcels(count, {}, from).map(({ value }) => value);
const modes = (path: string): number[] =>
  [path, `${path}.1`, `${path}.checkpoints`].map((each) => statSync(each).mode & 0o777);

const open: AuditSink[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map(async (sink) => sink.close?.()));
});

function sinkAt(options: FileOptions): AuditSink {
  const sink = fileSink(options);
  open.push(sink);
  return sink;
}

describe('the record as files', () => {
  it("are the journal's own lines, the checkpoints between them where they share a path", async () => {
    const [directory, out] = [place(), place()];
    const path = join(out, 'audit.jsonl');
    const log = await journal({ directory, ship: sinkAt({ path, checkpoints: path }) });
    for (let turn = 0; turn < 20; turn += 1)
      await log.append(sampleEvent('statement.executed', { session: 's', statement: `t-${turn}` }));
    await log.close?.();
    expect(readFileSync(path, 'utf8')).toBe(readFileSync(join(directory, 'journal-00000001.jsonl'), 'utf8'));
    expect(linesOf(path)).toHaveLength(21);
  });

  it('keep checkpoints apart, and texts out, where nothing else is said', async () => {
    const path = join(place(), 'audit.jsonl');
    await sinkAt({ path }).deliver([text, ...parcels(2), checkpoint], never);
    expect(linesOf(path)).toEqual(values(2));
    expect(linesOf(path.replace('.jsonl', '.checkpoints.jsonl'))).toEqual(['{"checkpoint":"aaa.bbb.ccc"}']);
    const [bare, texts] = [join(place(), 'a'), join(place(), 't')];
    await sinkAt({ path: bare, checkpoints: false, text: texts }).deliver([text, ...parcels(1), checkpoint], never);
    expect([linesOf(bare), linesOf(texts)]).toEqual([values(1), [`{"sqltext":${text.value}}`]]);
  });

  it('are for their owner only, and no symbolic link is followed', async () => {
    const directory = place();
    const path = join(directory, 'audit.jsonl');
    await sinkAt({ path }).deliver(parcels(1), never);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    writeFileSync(join(directory, 'elsewhere'), '');
    symlinkSync(join(directory, 'elsewhere'), join(directory, 'link'));
    expect(await refusal(sinkAt({ path: join(directory, 'link') }), parcels(1))).toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      detail: { reason: 'ELOOP' },
    });
    expect(readFileSync(join(directory, 'elsewhere'), 'utf8')).toBe('');
  });

  it('are made anew when a rotation moves, deletes or replaces them', async () => {
    const path = join(place(), 'audit.jsonl');
    const sink = sinkAt({ path });
    await sink.deliver(parcels(1), never);
    renameSync(path, `${path}.old`);
    await sink.deliver(parcels(1, {}, 2), never);
    rmSync(path);
    await sink.deliver(parcels(1, {}, 3), never);
    renameSync(path, `${path}.older`);
    writeFileSync(path, '');
    await sink.deliver(parcels(1, {}, 4), never);
    truncateSync(path);
    await sink.deliver(parcels(1, {}, 5), never);
    expect([`${path}.old`, `${path}.older`, path].map(linesOf)).toEqual([values(1), values(1, 3), values(1, 5)]);
  });

  it('are moved on by size, the oldest deleted', async () => {
    const path = join(place(), 'audit.jsonl');
    const sink = sinkAt({ path, maxBytes: 110, keep: 2 });
    for (let turn = 1; turn <= 8; turn += 1) await sink.deliver(parcels(1, {}, turn), never);
    expect([path, `${path}.1`, `${path}.2`].map((each) => linesOf(each).length)).toEqual([2, 2, 2]);
    expect(existsSync(`${path}.3`)).toBe(false);
    expect([...linesOf(`${path}.2`), ...linesOf(`${path}.1`), ...linesOf(path)]).toEqual(values(6, 3));
  });

  it('begin a new line behind one that a crash tore', async () => {
    const path = join(place(), 'audit.jsonl');
    appendFileSync(path, '{"half":');
    await sinkAt({ path }).deliver(parcels(1), never);
    expect(linesOf(path)).toEqual(['{"half":', ...values(1)]);
  });

  it('are refused while their directory is away, and go on when it is back', async () => {
    const directory = join(place(), 'sub');
    const sink = sinkAt({ path: join(directory, 'audit.jsonl') });
    expect(await refusal(sink, parcels(1))).toMatchObject({ code: 'AUDIT_UNAVAILABLE', detail: { reason: 'ENOENT' } });
    mkdirSync(directory);
    await sink.deliver(parcels(1), never);
    expect(linesOf(join(directory, 'audit.jsonl'))).toEqual(values(1));
    await sink.close?.();
  });

  it('are refused when their directory goes away under an open file, and begin anew when it is back', async () => {
    const directory = join(place(), 'sub');
    mkdirSync(directory);
    const path = join(directory, 'audit.jsonl');
    const sink = sinkAt({ path });
    await sink.deliver(parcels(1), never);
    rmSync(directory, { recursive: true });
    expect(await refusal(sink, parcels(1, {}, 2))).toMatchObject({
      code: 'AUDIT_UNAVAILABLE',
      detail: { reason: 'ENOENT' },
    });
    mkdirSync(directory);
    await sink.deliver(parcels(1, {}, 2), never);
    expect(linesOf(path)).toEqual(values(1, 2));
  });

  it('are not written through a symbolic link that takes their place', async () => {
    const directory = place();
    const [path, elsewhere] = [join(directory, 'audit.jsonl'), join(directory, 'elsewhere')];
    const sink = sinkAt({ path });
    await sink.deliver(parcels(1), never);
    writeFileSync(elsewhere, '');
    for (const target of [elsewhere, join(directory, 'nowhere')]) {
      rmSync(path);
      symlinkSync(target, path);
      expect(await refusal(sink, parcels(1, {}, 2))).toMatchObject({
        code: 'AUDIT_UNAVAILABLE',
        detail: { reason: 'ELOOP' },
      });
    }
    expect([readFileSync(elsewhere, 'utf8'), existsSync(join(directory, 'nowhere'))]).toEqual(['', false]);
    rmSync(path);
    await sink.deliver(parcels(1, {}, 2), never);
    expect(linesOf(path)).toEqual(values(1, 2));
  });

  it('are no directory and no pipe', async () => {
    const directory = place();
    const pipe = join(directory, 'pipe');
    execFileSync('mkfifo', [pipe]);
    // The pipe is refused before a byte is in it: the system's own refusal would have a code, and come after.
    for (const [path, reason] of [
      [directory, 'EISDIR'],
      [pipe, 'unknown'],
    ] as const)
      expect(await refusal(sinkAt({ path }), parcels(1))).toMatchObject({
        code: 'AUDIT_UNAVAILABLE',
        detail: { reason },
      });
  });

  it('stay for their owner only when they are moved on, made with the mode that is asked for', async () => {
    const [own, shared] = [join(place(), 'a'), join(place(), 'b')];
    for (const [path, mode] of [
      [own, undefined],
      [shared, 0o700],
    ] as const) {
      const sink = sinkAt({ path, maxBytes: 1, ...(mode === undefined ? {} : { mode }) });
      for (let turn = 1; turn <= 2; turn += 1) await sink.deliver([...parcels(1, {}, turn), checkpoint], never);
    }
    expect([modes(own), modes(shared)]).toEqual([
      [0o600, 0o600, 0o600],
      [0o700, 0o700, 0o700],
    ]);
  });

  it('are written again after a close', async () => {
    const path = join(place(), 'audit.jsonl');
    const sink = sinkAt({ path });
    await sink.deliver(parcels(1), never);
    await sink.close?.();
    await sink.deliver(parcels(1, {}, 2), never);
    await sink.close?.();
    expect(linesOf(path)).toEqual(values(2));
  });

  it('keep the order of deliveries that were not awaited', async () => {
    const path = join(place(), 'audit.jsonl');
    const sink = sinkAt({ path });
    await Promise.all(Array.from({ length: 50 }, (_, turn) => sink.deliver(parcels(2, {}, turn * 2 + 1), never)));
    expect(linesOf(path)).toEqual(values(100));
  });

  it('are not begun for a delivery that was given up', async () => {
    const path = join(place(), 'audit.jsonl');
    expect(await refusal(sinkAt({ path }), parcels(1), AbortSignal.abort(new Error('enough')))).toBeInstanceOf(Error);
    expect(existsSync(path)).toBe(false);
  });

  it.each<Partial<FileOptions>>([{ path: '' }, { maxBytes: 0 }, { keep: 0 }, { mode: 0o444 }, { text: '' }])(
    '%j is a wrong configuration',
    (more) => {
      expect(() => fileSink({ path: 'x', ...more })).toThrow(
        expect.objectContaining({ code: 'CONFIG_INVALID' }) as Error,
      );
    },
  );
});
