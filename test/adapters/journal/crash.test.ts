import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { journal } from './plain.js';
import { eventsIn, place } from './test-directory.js';

const storm = join(import.meta.dirname, 'append-load.ts');

describe('kill -9 under 64 writers', () => {
  it('loses nothing that was acknowledged, repeats nothing, keeps the order, and names what is open', async () => {
    const [directory, printed] = [place(), place()];
    const acknowledged = new Set<string>();
    for (let round = 0; round < 5; round += 1) {
      const path = join(printed, `round-${round}`);
      const file = openSync(path, 'w');
      const child = spawn(process.execPath, ['--import', 'tsx', storm, directory], {
        stdio: ['ignore', file, 'inherit'],
      });
      const ended = once(child, 'close');
      // So much at least has been acknowledged, however slow the disk; then at any moment.
      while (readFileSync(path, 'utf8').split('\n').length <= 128 && child.exitCode === null)
        await new Promise((resolve) => setTimeout(resolve, 5));
      await new Promise((resolve) => setTimeout(resolve, 60 + round * 37));
      child.kill('SIGKILL');
      expect(await ended, 'it was killed, and did not fail by itself').toEqual([null, 'SIGKILL']);
      closeSync(file);
      for (const id of readFileSync(path, 'utf8').split('\n').slice(0, -1)) acknowledged.add(id);
    }
    const log = await journal({ directory });
    const events = eventsIn(directory);
    const ids = new Set(events.map((event) => event.id));
    expect(acknowledged.size).toBeGreaterThan(500);
    expect([...acknowledged].filter((id) => !ids.has(id))).toEqual([]);
    expect(ids.size).toBe(events.length);
    const runs = new Map<string, number>();
    for (const { session = '', data } of events) {
      const turn = Number(data['turn']);
      expect(turn === 0 || turn === (runs.get(session) ?? -1) + 1, 'order within a session').toBe(true);
      runs.set(session, turn);
    }
    expect((await log.unresolved()).length).toBe(new Set(events.map((event) => event.statement)).size);
    await log.close?.();
  });
});
