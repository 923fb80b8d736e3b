import type { AuditEvent, EventCode } from '../events.js';

/** An event that is not durable yet, and the write of it that may still succeed. */
export interface PendingEvent {
  readonly event: AuditEvent;
  writing?: Promise<void> | undefined;
  /** What it takes, about, where it counts against the room there is. */
  size?: number;
}

/** Refusals that were not written one by one. */
export interface UnwrittenRefusals {
  readonly count: number;
  /** How many of each code. */
  readonly codes: Readonly<Partial<Record<EventCode, number>>>;
  /** Epoch milliseconds of the first. */
  readonly since: number;
}

/** What tells only that nothing ran. Whoever asks on while the record is away makes more of it without end. */
const refusalCodes: ReadonlySet<EventCode> = new Set([
  'session.denied',
  'statement.denied',
  'statement.replayed',
  'identity.refused',
  'identity.shared',
  'actor.limited',
]);
const failureCodes: ReadonlySet<EventCode> = new Set(['session.failed', 'statement.failed']);

/** Of refusals, so many are kept until they can be written, and so many bytes of them. */
const [maxRefusals, maxRefusalBytes] = [1_000, 2 ** 22];

/**
 * What the record is owed, oldest first. What ran or was promised is kept whatever it takes; of refusals some, and the
 * rest is counted.
 */
export class PendingEvents {
  readonly #pending: PendingEvent[] = [];
  #refusals = 0;
  #bytes = 0;
  #unwritten: UnwrittenRefusals | undefined;

  get hasAny(): boolean {
    return this.#pending.length > 0;
  }

  /** The oldest, at most so many. */
  listOldest(most: number): readonly PendingEvent[] {
    return this.#pending.slice(0, most);
  }

  /** `answers`: it answers an intent, whatever it says. False where it was only counted. */
  add(item: PendingEvent, answers = false): boolean {
    if (answers || !isRefusal(item.event)) {
      this.#pending.push(item);
      return true;
    }
    const size = JSON.stringify(item.event).length;
    if (this.#refusals >= maxRefusals || this.#bytes + size > maxRefusalBytes) {
      this.#count(item.event);
      return false;
    }
    this.#refusals += 1;
    this.#bytes += size;
    // The same object: who writes it notes there that its write has failed.
    item.size = size;
    this.#pending.push(item);
    return true;
  }

  remove(items: ReadonlySet<PendingEvent>): void {
    for (const { size } of items) {
      if (size === undefined) continue;
      this.#refusals -= 1;
      this.#bytes -= size;
    }
    const left = this.#pending.filter((each) => !items.has(each));
    this.#pending.splice(0, this.#pending.length, ...left);
  }

  /** What was only counted, once. */
  drainUnwritten(): UnwrittenRefusals | undefined {
    const unwritten = this.#unwritten;
    this.#unwritten = undefined;
    return unwritten;
  }

  #count({ code, at }: AuditEvent): void {
    const { count, codes, since } = this.#unwritten ?? { count: 0, codes: {}, since: at };
    this.#unwritten = { count: count + 1, codes: { ...codes, [code]: (codes[code] ?? 0) + 1 }, since };
  }
}

/** What failed without an intent ran as little as what was denied. */
function isRefusal({ code, data }: AuditEvent): boolean {
  return refusalCodes.has(code) || (failureCodes.has(code) && data['durationMs'] === undefined);
}
