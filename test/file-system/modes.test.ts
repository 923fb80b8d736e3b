import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { localKeys } from '../../src/adapters/ocsf/index.js';
import { sampleEvent } from '../../src/core/contract/index.js';
import { journal } from '../../src/adapters/journal/journal.js';

function place(): string {
  const directory = mkdtempSync(join(tmpdir(), 'modes-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return directory;
}

async function written(): Promise<string> {
  const directory = place();
  const log = await journal({ directory });
  await log.append(sampleEvent('session.opened', { session: 's', data: {} }));
  await log.close?.();
  return directory;
}

const refused = (message: string): object => ({ code: 'CONFIG_INVALID', message });

describe.skipIf(process.platform === 'win32')('modes', () => {
  it('what is made is for its owner alone, whatever the umask lets through; only public keys are for all', async () => {
    const before = process.umask(0);
    const directory = join(await written(), 'below');
    process.umask(0);
    const log = await journal({ directory }).finally(() => process.umask(before));
    await log.append(sampleEvent('session.opened', { session: 's', data: {} }));
    const modes = Object.fromEntries(
      readdirSync(directory)
        .filter((name) => !name.endsWith('.new'))
        .map((name) => [name, (statSync(join(directory, name)).mode & 0o777).toString(8)]),
    );
    expect(modes).toEqual({
      'durable.json': '600',
      'head.json': '600',
      'journal-00000001.jsonl': '600',
      'jwks.json': '644',
      'keys.json': '600',
      lock: '600',
    });
    expect((statSync(directory).mode & 0o777).toString(8)).toBe('700');
    await log.close?.();
  });

  it.each([
    ['777', '755'],
    ['1777', '755'],
    ['770', '750'],
    ['2775', '755'],
  ])('a directory of mode %s is refused, with what mends it', async (mode, better) => {
    const directory = await written();
    chmodSync(directory, Number.parseInt(mode, 8));
    const message = (named: string): string =>
      `${named} has the mode ${mode}: others than its owner may write to it. Run: chmod ${better} ${directory}`;
    await expect(journal({ directory })).rejects.toMatchObject(refused(message('journal: directory')));
    await expect(localKeys({ directory })).rejects.toMatchObject(refused(message('localKeys: directory')));
    chmodSync(directory, Number.parseInt(better, 8));
    await (await journal({ directory })).close?.();
  });

  it.each([
    ['666', '600'],
    ['640', '600'],
    ['604', '600'],
  ])('keys.json of mode %s is refused, with what mends it', async (mode, better) => {
    const directory = await written();
    const path = join(directory, 'keys.json');
    chmodSync(path, Number.parseInt(mode, 8));
    await expect(journal({ directory })).rejects.toMatchObject(
      refused(
        `localKeys: keys.json has the mode ${mode}: others than its owner may read it, or write to it. Run: chmod ${better} ${path}`,
      ),
    );
    chmodSync(path, 0o600);
    await (await journal({ directory })).close?.();
  });

  it('jwks.json that others may write to is refused; that they may read it is what it is for', async () => {
    const directory = await written();
    const path = join(directory, 'jwks.json');
    chmodSync(path, 0o666);
    await expect(journal({ directory })).rejects.toMatchObject(
      refused(`localKeys: jwks.json has the mode 666: others than its owner may write to it. Run: chmod 644 ${path}`),
    );
  });

  it('a draft that somebody left with a wide mode does not make the keys readable', async () => {
    const directory = await written();
    writeFileSync(join(directory, 'keys.json.new'), '', { mode: 0o666 });
    chmodSync(join(directory, 'keys.json.new'), 0o666);
    const keys = await localKeys({ directory, rotateMs: 0 });
    writeFileSync(join(directory, 'keys.json.new'), '', { mode: 0o666 });
    chmodSync(join(directory, 'keys.json.new'), 0o666);
    await keys.signer({ authority: 'gate-1', at: Date.now() });
    expect(statSync(join(directory, 'keys.json')).mode & 0o777).toBe(0o600);
  });
});
