import type { Readable, Writable } from 'node:stream';

/** Where a command reads and writes. */
export interface Streams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
}
