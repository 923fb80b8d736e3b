import { copyFile, open, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { listSegments } from './batch-reader.js';
import { formatSegmentName, syncDirectory } from './segment.js';

/**
 * Puts the last segment into a file of its own under the same name. A former holder that was only asleep still has the
 * old file open: what it writes when it wakes up
 * goes nowhere, and it finds out that its file is not in its place any more.
 */
export async function fenceLastSegment(directory: string): Promise<void> {
  const last = (await listSegments(directory)).at(-1);
  if (last === undefined) return;
  const path = join(directory, formatSegmentName(last));
  await copyFile(path, `${path}.new`);
  const copy = await open(`${path}.new`, 'r+');
  try {
    await copy.sync();
  } finally {
    await copy.close();
  }
  await rename(`${path}.new`, path);
  await syncDirectory(directory);
}
