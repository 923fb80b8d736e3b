import {
  AccessError,
  formatMessageLine,
  type AuditSink,
  type DeliveryMessage,
  type RecordFormat,
} from '../../core/index.js';
import { Cursor, type CursorPosition } from './cursor.js';
import type { Anchor, JournalSettings } from './options.js';
import type { DurablePosition } from './durable-mark.js';
import { Shipper } from './shipper.js';

/** How the record names it: no receiver can be called so. */
export const anchorName = '_anchor';

/** What is no checkpoint is passed over, unread. */
const other: DeliveryMessage = { kind: 'event', id: '', key: '', at: 0, value: '', headers: {} };

/**
 * Brings each checkpoint to the anchor once it is durable, one after the other, at least once, however long it is away;
 * the record does not wait for it. The first
 * start with an anchor begins with what is written from then on: each checkpoint names the one before it, and so
 * vouches for all of them. Throws CONFIG_INVALID where
 * the format makes no checkpoints.
 */
export async function anchorShipper(
  anchor: Anchor,
  settings: JournalSettings,
  begin: DurablePosition,
  durable: () => DurablePosition,
): Promise<Shipper> {
  const { format, directory } = settings;
  if (!format.seals || format.checkpoint === undefined)
    throw new AccessError('CONFIG_INVALID', 'journal: anchor needs a format that makes checkpoints');
  const cursor = await Cursor.load(directory, anchorName);
  const from: CursorPosition = { ...begin, sealed: 0 };
  if (cursor.isNew) await cursor.save(from);
  const message = (line: string): DeliveryMessage =>
    format.checkpoint?.(line) === undefined ? other : format.toMessage(line);
  return new Shipper(
    anchorSink(anchor, format),
    cursor,
    { ...settings, format: { ...format, toMessage: message } },
    durable,
    () => undefined,
  );
}

function anchorSink(anchor: Anchor, format: RecordFormat): AuditSink {
  /** Of a batch that comes again, how far it came. */
  let [batch, reached]: [readonly DeliveryMessage[], number] = [[], 0];
  return {
    name: anchorName,
    async deliver(messages, signal) {
      if (messages !== batch) [batch, reached] = [messages, 0];
      for (; reached < messages.length; reached += 1) {
        const checkpoint = format.checkpoint?.(formatMessageLine(messages[reached] as DeliveryMessage));
        if (checkpoint === undefined) continue;
        if (signal.aborted) throw signal.reason;
        await anchor(checkpoint, signal);
      }
    },
  };
}
