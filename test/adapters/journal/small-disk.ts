import { spawnSync } from 'node:child_process';
import { closeSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { place } from './test-directory.js';

export interface SmallDisk {
  /** Why there can be none; the tests are then skipped. */
  readonly missing: string | undefined;
  /** A file system of that size, for one test. */
  mount(size: string): string;
  /** Takes all the room that is left, in a file named `ballast`. */
  fill(directory: string): void;
}

/** Says why no file system can be mounted. Under CI=true that is a failure. */
function reason(): string | undefined {
  const made = spawnSync('unshare', ['--mount', 'mount', '-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', '/mnt']);
  if (made.status === 0) return undefined;
  if (process.env['CI'] === 'true') throw new Error('no file system can be mounted for the tests of a full disk');
  console.log('tests on a full disk are skipped: only root may mount a small file system');
  return 'mount';
}

export function smallDisk(): SmallDisk {
  return {
    missing: reason(),
    mount(size) {
      const directory = place();
      const { status, stderr } = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${size},mode=700`, 'tmpfs', directory]);
      if (status !== 0) throw new Error(stderr.toString());
      onTestFinished(() => void spawnSync('umount', ['-l', directory]));
      return directory;
    },
    fill(directory) {
      const file = openSync(join(directory, 'ballast'), 'w');
      try {
        for (;;) writeSync(file, Buffer.alloc(4_096));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
      } finally {
        closeSync(file);
      }
    },
  };
}
