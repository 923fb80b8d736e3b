import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { listSegments } from './batch-reader.js';
import { formatSegmentName, syncDirectory } from './segment.js';

const concurrency = 64;

/** Removes segments that nothing was ever written to, as a full disk or a crash leaves them. How many there were. */
export async function removeEmptySegments(directory: string): Promise<number> {
  const numbers = await listSegments(directory);
  let removed = 0;
  for (let from = 0; from < numbers.length; from += concurrency) {
    const gone = await Promise.all(
      numbers
        .slice(from, from + concurrency)
        .map((number) => removeIfEmpty(join(directory, formatSegmentName(number)))),
    );
    removed += gone.filter(Boolean).length;
  }
  if (removed > 0) await syncDirectory(directory);
  return removed;
}

async function removeIfEmpty(path: string): Promise<boolean> {
  if ((await stat(path)).size > 0) return false;
  await rm(path);
  return true;
}
