import { open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseVerifierState, type VerifierState } from '../../adapters/ocsf/verify/index.js';
import { UsageError } from '../exit-codes.js';
import { createReadError } from './input-files.js';

/** What the last run remembered; undefined at the first. Throws UsageError for a file that is damaged. */
export async function loadVerifierState(path: string): Promise<VerifierState | undefined> {
  const text = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined;
    throw createReadError(path, error);
  });
  if (text === undefined) return undefined;
  try {
    return parseVerifierState(text);
  } catch (error) {
    throw new UsageError(`${path}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

/** Whole or not at all, also through a crash. Throws UsageError where it cannot be written. */
export async function saveVerifierState(path: string, memory: VerifierState): Promise<void> {
  try {
    await replaceFile(path, memory);
  } catch (error) {
    await rm(createDraftPath(path), { force: true }).catch(() => undefined);
    throw new UsageError(`${path}: it cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`, {
      cause: error,
    });
  }
}

function createDraftPath(path: string): string {
  return `${path}.${process.pid}.new`;
}

async function replaceFile(path: string, memory: VerifierState): Promise<void> {
  const draft = createDraftPath(path);
  const file = await open(draft, 'w', 0o600);
  try {
    await file.writeFile(`${JSON.stringify(memory)}\n`);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(draft, path);
  const directory = await open(dirname(path), 'r');
  await directory.sync().catch(() => undefined); // Not every file system can.
  await directory.close();
}
