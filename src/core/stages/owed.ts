import type { AuditEvent, EventCode } from '../events.js';

/** An event that is not durable yet, and the write of it that may still succeed. */
export interface Owed {
  readonly event: AuditEvent;
  writing?: Promise<void> | undefined;
  /** What it takes, about, where it counts against the room there is. */
  size?: number;
}

/** Refusals that were not written one by one. */
export interface Unwritten {
  readonly count: number;
  /** How many of each code. */
  readonly codes: Readonly<Partial<Record<EventCode, number>>>;
  /** Epoch milliseconds of the first. */
  readonly since: number;
}

/** What tells only that nothing ran. Whoever asks on while the record is away makes more of it without end. */
const refusals: ReadonlySet<EventCode> = new Set(['session.denied', 'statement.denied', 'statement.replayed', 'identity.refused', 'identity.shared', 'actor.limited']);
const failures: ReadonlySet<EventCode> = new Set(['session.failed', 'statement.failed']);

/** Of refusals, so many are kept until they can be written, and so many bytes of them. */
const [mostRefusals, mostBytes] = [1_000, 2 ** 22];

/** What the record is owed, oldest first. What ran or was promised is kept whatever it takes; of refusals some, and the rest is counted. */
export class Debts {
  readonly #owed: Owed[] = [];
  #refusals = 0;
  #bytes = 0;
  #unwritten: Unwritten | undefined;

  get any(): boolean {
    return this.#owed.length > 0;
  }

  /** The oldest, at most so many. */
  oldest(most: number): readonly Owed[] {
    return this.#owed.slice(0, most);
  }

  /** `answers`: it answers an intent, whatever it says. False where it was only counted. */
  add(item: Owed, answers = false): boolean {
    if (answers || !isRefusal(item.event)) {
      this.#owed.push(item);
      return true;
    }
    const size = JSON.stringify(item.event).length;
    if (this.#refusals >= mostRefusals || this.#bytes + size > mostBytes) {
      this.#count(item.event);
      return false;
    }
    this.#refusals += 1;
    this.#bytes += size;
    // The same object: who writes it notes there that its write has failed.
    item.size = size;
    this.#owed.push(item);
    return true;
  }

  paid(items: ReadonlySet<Owed>): void {
    for (const { size } of items) {
      if (size === undefined) continue;
      this.#refusals -= 1;
      this.#bytes -= size;
    }
    const left = this.#owed.filter((each) => !items.has(each));
    this.#owed.splice(0, this.#owed.length, ...left);
  }

  /** What was only counted, once. */
  takeUnwritten(): Unwritten | undefined {
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
  return refusals.has(code) || (failures.has(code) && data['durationMs'] === undefined);
}
