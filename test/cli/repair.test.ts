import { appendFileSync, existsSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { sampleEvent } from '../../src/core/contract/index.js';
import { journal } from '../../src/adapters/journal/journal.js';
import { inProcess } from './command.js';

const file = 'journal-00000001.jsonl';

/** A journal of three events and the checkpoint of its end. */
async function kept(): Promise<string> {
  const directory = mkdtempSync(join(tmpdir(), 'cli-repair-'));
  const log = await journal({ directory });
  for (const session of ['a', 'b', 'c']) await log.append(sampleEvent('session.opened', { session, data: {} }));
  await log.close?.();
  return directory;
}

describe('sallyport audit repair', () => {
  it('says what it would do, does it, and leaves a record that its next start completes', async () => {
    const directory = await kept();
    const whole = statSync(join(directory, file)).size;
    appendFileSync(join(directory, file), Buffer.concat([Buffer.alloc(300), Buffer.from('\n{"half')]));
    const said = (does: string): string =>
      `${file}: 307 bytes from byte ${whole} on ${does} set aside in ${file}.torn\n`;
    expect(await inProcess(['audit', 'repair', directory, '--dry-run'])).toEqual({
      code: 0,
      out: said('would be'),
      err: '',
    });
    expect(statSync(join(directory, file)).size).toBe(whole + 307);
    expect(await inProcess(['audit', 'repair', directory])).toEqual({ code: 0, out: said('are'), err: '' });
    expect(statSync(join(directory, file)).size).toBe(whole);
    expect(await inProcess(['audit', 'repair', directory])).toEqual({
      code: 0,
      out: 'There is nothing to set aside.\n',
      err: '',
    });
    await (await journal({ directory })).close?.();
    expect(readFileSync(join(directory, 'journal-00000002.jsonl'), 'utf8')).toContain('"event_code":"audit.gap"');
    expect((await inProcess(['audit', 'verify', directory])).code).toBe(0);
  });

  it('sets nothing aside that a checkpoint covers', async () => {
    const directory = await kept();
    const path = join(directory, file);
    writeFileSync(join(directory, 'durable.json'), '{"segment":1,"offset":0}\n');
    const bytes = readFileSync(path);
    bytes.fill(0, 5, 50);
    writeFileSync(path, bytes);
    const { code, out, err } = await inProcess(['audit', 'repair', directory]);
    expect([code, out]).toEqual([1, '']);
    expect(err).toBe(
      `sallyport: the journal was damaged: ${file} line 1 is not an event, and a checkpoint follows that covers it. Nothing was changed.\n`,
    );
    expect(existsSync(`${path}.torn`)).toBe(false);
  });

  it('leaves alone what is in use, and says where there is no journal', async () => {
    const directory = await kept();
    const log = await journal({ directory });
    expect(await inProcess(['audit', 'repair', directory])).toMatchObject({
      code: 3,
      err: expect.stringContaining('in use by this process') as string,
    });
    await log.close?.();
    expect(await inProcess(['audit', 'repair', mkdtempSync(join(tmpdir(), 'cli-repair-'))])).toMatchObject({
      code: 3,
      err: expect.stringContaining('there is no journal in') as string,
    });
    expect(await inProcess(['audit', 'repair', join(directory, 'nowhere')])).toMatchObject({
      code: 3,
      err: expect.stringContaining('cannot be read') as string,
    });
    expect((await inProcess(['audit', 'repair'])).code).toBe(3);
  });
});
