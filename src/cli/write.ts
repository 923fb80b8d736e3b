import { once } from 'node:events';
import type { Writable } from 'node:stream';

/** Writes no faster than it is taken. Resolves to 0, the exit code of a command that has said all it had to say. */
export async function write(stream: Writable, text: string): Promise<0> {
  if (!stream.write(text)) await once(stream, 'drain');
  return 0;
}
