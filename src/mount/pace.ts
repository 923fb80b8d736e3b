import type { ServerResponse } from 'node:http';
import { AccessError } from '../core/index.js';
import { isOpen } from './gone.js';

const piece = 65_536;

/** Resolves when there is room for more. Throws ABORTED when the client is gone, reads nothing for `stallMs`, or the host has ended the answer. */
export async function write(response: ServerResponse, chunk: string | Uint8Array, stallMs: number): Promise<void> {
  if (isOpen(response) && !response.write(chunk)) await drained(response, stallMs);
  if (!isOpen(response)) throw new AccessError('ABORTED');
}

/**
 * Sends the body of an answer whose head is written, and holds it no longer than the client goes on reading. Resolves with the bytes that were
 * given to the connection: fewer than all when the client is gone, or reads nothing for `stallMs`.
 */
export async function writeWhole(response: ServerResponse, body: string, stallMs: number): Promise<number> {
  const bytes = Buffer.from(body);
  if (bytes.length > piece) {
    for (let from = 0; from < bytes.length; from += piece) {
      if (!isOpen(response)) return from;
      try {
        await write(response, bytes.subarray(from, from + piece), stallMs);
      } catch {
        return Math.min(from + piece, bytes.length);
      }
    }
    if (isOpen(response)) response.end();
  } else {
    response.end(bytes);
  }
  return bytes.length;
}

function drained(response: ServerResponse, stallMs: number): Promise<void> {
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
