import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { journal } from './plain.js';
import { place } from './place.js';

const refused = (by: string): object => ({ code: 'CONFIG_INVALID', message: expect.stringContaining(by) as string });
const owner = (more: object): string => JSON.stringify({ pid: 999_999_999, host: hostname(), started: '1', ...more });

describe('the lock', () => {
  it('lets one in, and the next when it left', async () => {
    const directory = place();
    const first = await journal({ directory });
    await expect(journal({ directory })).rejects.toMatchObject(refused('this process'));
    await expect(journal({ directory: `${directory}/../${directory.split('/').at(-1) ?? ''}` })).rejects.toMatchObject(refused('this process'));
    await first.close?.();
    expect(existsSync(join(directory, 'lock'))).toBe(false);
    await (await journal({ directory })).close?.();
  });

  it.each<[string, string]>([
    ['of a process that is gone', owner({})],
    ['of an earlier process with our id', owner({ pid: process.pid })],
    ['of a process whose id was used again', owner({ pid: 1, started: 'long ago' })],
  ])('%s is taken over', async (_name, content) => {
    const directory = place();
    writeFileSync(join(directory, 'lock'), content);
    const log = await journal({ directory });
    expect(JSON.parse(readFileSync(join(directory, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
    await log.close?.();
  });

  it.each<[string, string, string]>([['on another host', owner({ host: 'elsewhere' }), 'elsewhere'], ['nobody can read', 'not json', 'unreadable'], ['of another shape', '{"pid":"1"}', 'unreadable']])(
    'a lock %s is respected', async (_name, content, by) => {
      const directory = place();
      writeFileSync(join(directory, 'lock'), content);
      await expect(journal({ directory })).rejects.toMatchObject(refused(by));
      expect(readFileSync(join(directory, 'lock'), 'utf8')).toBe(content);
    },
  );

  it('of a process that lives is respected', async () => {
    const directory = place();
    const started = readFileSync(`/proc/${process.ppid}/stat`, 'utf8').split(') ')[1]?.split(' ')[19] ?? '';
    writeFileSync(join(directory, 'lock'), owner({ pid: process.ppid, started }));
    await expect(journal({ directory })).rejects.toMatchObject(refused(`process ${process.ppid}`));
  });
});
