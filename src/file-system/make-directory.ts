import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AccessError } from '../core/index.js';
import { checkNotWritableByOthers } from './permissions.js';

const mode = 0o700;

/**
 * Makes a directory and the missing ones above it, for their owner alone (mode 700); one that exists is left as it is.
 * Throws CONFIG_INVALID, with the
 * system's error as its cause, where that cannot be done, and for one that others may write to. `named` is the option
 * that the path comes from, such as `journal: directory`.
 */
export async function makeDirectory(path: string, named: string): Promise<void> {
  try {
    await createRecursively(path);
  } catch (cause) {
    throw new AccessError('CONFIG_INVALID', `${named} cannot be made`, { cause });
  }
  await checkNotWritableByOthers(path, named);
}

/**
 * One level at a time, each asked for twice at most. The recursive form of `mkdir` asks again for as long as the parent
 * seems to be missing: where a file
 * system says so of a child that it does not allow, it never ends (Node 20.20).
 */
async function createRecursively(path: string): Promise<void> {
  if (await tryCreate(path)) return;
  await createRecursively(dirname(path));
  await mkdir(path, { mode }).catch(ignoreExisting);
}

/** False where the directory above it is missing. */
async function tryCreate(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && dirname(path) !== path) return false;
    ignoreExisting(error);
    return true;
  }
}

/** What is there and is no directory is found by whoever opens a file in it. */
function ignoreExisting(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
}
