import { rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { segmentsIn } from './batch.js';
import { segmentName, syncDirectory } from './segment.js';

const atOnce = 64;

/** Removes segments that nothing was ever written to, as a full disk or a crash leaves them. How many there were. */
export async function removeEmpty(directory: string): Promise<number> {
  const numbers = await segmentsIn(directory);
  let removed = 0;
  for (let from = 0; from < numbers.length; from += atOnce) {
    const gone = await Promise.all(numbers.slice(from, from + atOnce).map((number) => removeIfEmpty(join(directory, segmentName(number)))));
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
