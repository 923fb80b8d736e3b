import type { ServerResponse } from 'node:http';
import { AccessError } from '../../core/index.js';
import { isOpen } from './disconnect-signal.js';

const chunkBytes = 65_536;

/**
 * Resolves when there is room for more. Throws ABORTED when the client is gone, reads nothing for `stallMs`, or the
 * host has ended the answer.
 */
export async function writeChunk(response: ServerResponse, chunk: string | Uint8Array, stallMs: number): Promise<void> {
  if (isOpen(response) && !response.write(chunk)) await waitForDrain(response, stallMs);
  if (!isOpen(response)) throw new AccessError('ABORTED');
}

/**
 * Sends the body of an answer whose head is written, and holds it no longer than the client goes on reading. Resolves
 * with the bytes that were
 * given to the connection: fewer than all when the client is gone, or reads nothing for `stallMs`.
 */
export async function writeWhole(response: ServerResponse, body: string, stallMs: number): Promise<number> {
  const bytes = Buffer.from(body);
  if (bytes.length > chunkBytes) {
    for (let from = 0; from < bytes.length; from += chunkBytes) {
      if (!isOpen(response)) return from;
      try {
        await writeChunk(response, bytes.subarray(from, from + chunkBytes), stallMs);
      } catch {
        return Math.min(from + chunkBytes, bytes.length);
      }
    }
    if (isOpen(response)) response.end();
  } else {
    response.end(bytes);
  }
  return bytes.length;
}

function waitForDrain(response: ServerResponse, stallMs: number): Promise<void> {
  return new Promise((resolve) => {
    const stalled = setTimeout(() => response.destroy(), stallMs);
    const done = (): void => {
      clearTimeout(stalled);
      response.off('drain', done).off('close', done);
      resolve();
    };
    response.on('drain', done).on('close', done);
  });
}
