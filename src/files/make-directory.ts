import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AccessError } from '../core/index.js';
import { checkUnwritable } from './modes.js';

const mode = 0o700;

/**
 * Makes a directory and the missing ones above it, for their owner alone (mode 700); one that exists is left as it is. Throws CONFIG_INVALID, with the
 * system's error as its cause, where that cannot be done, and for one that others may write to. `named` is the option that the path comes from, such as `journal: directory`.
 */
export async function makeDirectory(path: string, named: string): Promise<void> {
  try {
    await make(path);
  } catch (cause) {
    throw new AccessError('CONFIG_INVALID', `${named} cannot be made`, { cause });
  }
  await checkUnwritable(path, named);
}

/**
 * One level at a time, each asked for twice at most. The recursive form of `mkdir` asks again for as long as the parent seems to be missing: where a file
 * system says so of a child that it does not allow, it never ends (Node 20.20).
 */
async function make(path: string): Promise<void> {
  if (await made(path)) return;
  await make(dirname(path));
  await mkdir(path, { mode }).catch(unlessThere);
}

/** False where the directory above it is missing. */
async function made(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT' && dirname(path) !== path) return false;
    unlessThere(error);
    return true;
  }
}

/** What is there and is no directory is found by whoever opens a file in it. */
function unlessThere(error: unknown): void {
  if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
}
