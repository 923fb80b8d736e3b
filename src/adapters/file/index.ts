import { AccessError, formatMessageLine, type AuditSink } from '../../core/index.js';
import { resolveSettings, type FileOptions } from './options.js';
import { RotatingFile } from './rotating-file.js';

export type { FileOptions } from './options.js';

/**
 * Copies the record to files for a forwarder (Vector, Fluent Bit, a Splunk forwarder): the journal's own lines, one
 * JSON object each, durable (fdatasync)
 * before a delivery resolves. A file that is moved, replaced or deleted under it is made anew. Rejects with
 * AUDIT_UNAVAILABLE, and leaves no half line
 * behind that another could be glued to. Throws CONFIG_INVALID.
 */
export function fileSink(options: FileOptions): AuditSink {
  const { name, paths, ...rotation } = resolveSettings(options);
  const files = new Map([...paths.values()].map((path) => [path, new RotatingFile(path, rotation)]));
  let last: Promise<void> = Promise.resolve();
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const turn = last.then(work);
    last = turn.catch(() => undefined);
    return turn;
  };
  return {
    name,
    deliver: (messages, signal) =>
      inTurn(async () => {
        for (const [path, file] of files) {
          signal.throwIfAborted();
          const lines = messages
            .filter(({ kind }) => paths.get(kind) === path)
            .map((message) => `${formatMessageLine(message)}\n`);
          if (lines.length > 0) await file.append(Buffer.from(lines.join(''))).catch(throwUnavailable);
        }
      }),
    close: () =>
      inTurn(async () => {
        await Promise.all([...files.values()].map((file) => file.close()));
      }),
  };
}

function throwUnavailable(cause: NodeJS.ErrnoException): never {
  throw new AccessError('AUDIT_UNAVAILABLE', 'the file of the record cannot be written', {
    cause,
    detail: { reason: cause.code ?? 'unknown' },
  });
}
