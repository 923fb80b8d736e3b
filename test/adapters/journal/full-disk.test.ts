import { readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { saveVerifierState } from '../../../src/cli/audit/verifier-state.js';
import { sampleEvent } from '../../../src/core/contract/index.js';
import { journal } from './plain.js';
import { eventsIn, place, segmentsIn } from './test-directory.js';
import { smallDisk } from './small-disk.js';

const disk = smallDisk();
const opened = (session: string) => sampleEvent('session.opened', { session });

describe.skipIf(disk.missing)('a disk that is really full', () => {
  it('costs at most one file however many are refused, and goes on when there is room', async () => {
    const directory = disk.mount('256k');
    const log = await journal({ directory });
    await log.append(opened('before'));
    disk.fill(directory);
    let refused = 0;
    for (let round = 0; round < 500; round += 1)
      await log
        .append(opened(`refused-${round}-${'x'.repeat(8_192)}`))
        .catch((error: { code?: string }) => (refused += error.code === 'AUDIT_UNAVAILABLE' ? 1 : 0));
    expect(refused).toBe(500);
    expect(segmentsIn(directory).length).toBeLessThanOrEqual(2);
    rmSync(join(directory, 'ballast'));
    await expect
      .poll(() =>
        log.append(opened('after')).then(
          () => 'kept',
          () => 'refused',
        ),
      )
      .toBe('kept');
    await log.close?.();
    expect(eventsIn(directory).map(({ session }) => session)).toEqual(['before', 'after']);
    expect(segmentsIn(directory).every((name) => statSync(join(directory, name)).size > 0)).toBe(true);
  });
});

describe.skipIf(disk.missing)('the state file of verify on a disk that is full', () => {
  it('leaves no draft for each try', async () => {
    const directory = disk.mount('64k');
    const path = join(directory, 'state.json');
    disk.fill(directory);
    await expect(saveVerifierState(path, { v: 1, chains: {}, text: 'x'.repeat(10_000) } as never)).rejects.toThrow(
      'ENOSPC',
    );
    expect(readdirSync(directory)).toEqual(['ballast']);
  });
});

describe('empty segments of an earlier start', () => {
  it('are taken away, and not read one by one', async () => {
    const directory = place();
    const first = await journal({ directory });
    await first.append(opened('first'));
    await first.close?.();
    for (let number = 2; number < 3_000; number += 1)
      writeFileSync(join(directory, `journal-${String(number).padStart(8, '0')}.jsonl`), '');
    const log = await journal({ directory });
    await log.append(opened('second'));
    await log.close?.();
    expect(segmentsIn(directory)).toEqual(['journal-00000001.jsonl', 'journal-00000002.jsonl']);
    expect(eventsIn(directory).map(({ session }) => session)).toEqual(['first', 'second']);
  });
});
