import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

/** Writes a file whole or not at all, also through a power cut: when resolved, the new text is there for good. */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  // A draft that is there already would keep its own mode.
  await rm(`${path}.new`, { force: true });
  const file = await open(`${path}.new`, 'wx', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(`${path}.new`, path);
  const directory = await open(dirname(path), 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
