import type { Clock } from '../async/clock.js';

/** How often something was counted in its window. */
export interface CounterValue {
  readonly count: number;
  /** Milliseconds until the window ends and the count is forgotten. */
  readonly leftMs: number;
}

/**
 * What is counted, and what happens once, for a time. Keys begin with the name of what they are for and a `:`. A store
 * that several processes share may stand behind it.
 */
export interface Counters {
  /**
   * Counts `by` more, 1 unless told, and says how many there are now. The window begins with the first that is counted;
   * 0 only looks.
   */
  increment(key: string, windowMs: number, by?: number): CounterValue | Promise<CounterValue>;
  /** Marks a key for a time. False where it is marked already: of all who mark it at once, one is told true. */
  mark(key: string, forMs: number): boolean | Promise<boolean>;
  /** Marks a key for at least so long: one that is marked for longer stays so. */
  extend(key: string, forMs: number): void | Promise<void>;
  /** Takes the mark off. */
  unmark(key: string): void | Promise<void>;
  /** For how long a key is marked yet, milliseconds; 0 where it is not. */
  getMarkedMs(key: string): number | Promise<number>;
}

interface Entry {
  count: number;
  readonly endsAt: number;
}

/**
 * Keys of one kind, and their characters together: names that callers bring are in them. As many suspensions as there
 * may be have room, however long their names.
 */
const [maxKeysPerGroup, maxCharacters] = [20_000, 2 ** 25];

/** Of one kind. */
interface KeyGroup {
  readonly entries: Map<string, Entry>;
  characters: number;
}

/**
 * Counters of this process: at most 20,000 keys of one kind and 32 million characters of them, so that many of one
 * crowd out none of another; then the oldest make room.
 */
export class MemoryCounters implements Counters {
  readonly #clock: Clock;
  readonly #kinds = new Map<string, KeyGroup>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  increment(key: string, windowMs: number, by = 1): CounterValue {
    const now = this.#clock.monotonic();
    const known = this.#live(key, now);
    if (known !== undefined) {
      known.count += by;
      return { count: known.count, leftMs: known.endsAt - now };
    }
    if (by > 0) this.#keep(key, { count: by, endsAt: now + windowMs });
    return { count: by, leftMs: by > 0 ? windowMs : 0 };
  }

  mark(key: string, forMs: number): boolean {
    const now = this.#clock.monotonic();
    if (this.#live(key, now) !== undefined) return false;
    this.#keep(key, { count: 1, endsAt: now + forMs });
    return true;
  }

  extend(key: string, forMs: number): void {
    const endsAt = this.#clock.monotonic() + forMs;
    if ((this.#live(key, this.#clock.monotonic())?.endsAt ?? 0) < endsAt) this.#keep(key, { count: 1, endsAt });
  }

  unmark(key: string): void {
    const kind = this.#kinds.get(getKeyGroup(key));
    if (kind !== undefined) deleteKey(kind, key);
  }

  getMarkedMs(key: string): number {
    const now = this.#clock.monotonic();
    return Math.max(0, (this.#live(key, now)?.endsAt ?? now) - now);
  }

  /** How many keys are remembered. */
  get size(): number {
    return [...this.#kinds.values()].reduce((sum, { entries }) => sum + entries.size, 0);
  }

  #live(key: string, now: number): Entry | undefined {
    const kind = this.#kinds.get(getKeyGroup(key));
    const known = kind?.entries.get(key);
    if (kind === undefined || known === undefined || known.endsAt > now) return known;
    deleteKey(kind, key);
    return undefined;
  }

  #keep(key: string, entry: Entry): void {
    const kind = this.#kinds.get(getKeyGroup(key)) ?? { entries: new Map<string, Entry>(), characters: 0 };
    this.#kinds.set(getKeyGroup(key), kind);
    if (!kind.entries.has(key)) kind.characters += key.length;
    kind.entries.set(key, entry);
    for (const oldest of kind.entries.keys()) {
      if (kind.entries.size <= maxKeysPerGroup && kind.characters <= maxCharacters) break;
      deleteKey(kind, oldest);
    }
  }
}

function deleteKey(kind: KeyGroup, key: string): void {
  if (kind.entries.delete(key)) kind.characters -= key.length;
}

function getKeyGroup(key: string): string {
  return key.slice(0, key.indexOf(':'));
}
