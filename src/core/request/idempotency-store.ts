import { createDeferred } from '../async/deferred.js';
import type { StatementKind } from '../model.js';

/** What became of a statement that must not run twice. Plain data: any store may keep it. */
export type StoredOutcome =
  | {
      readonly end: 'executed';
      readonly statement: string;
      readonly kind: StatementKind;
      readonly operation: string;
      readonly queryId: string;
      readonly affected?: number;
    }
  | { readonly end: 'unknown'; readonly statement: string; readonly detail: Readonly<Record<string, string | number>> }
  /** It had no effect, and its ticket is spent. */
  | { readonly end: 'none'; readonly statement: string; readonly code: string };

/** What is known of a name when it is asked for: the first one who asks runs, and must settle it. */
export type Claim =
  | { readonly state: 'first' }
  | { readonly state: 'running'; readonly ended: Promise<void> }
  | { readonly state: 'known'; readonly name: string; readonly outcome: StoredOutcome }
  | { readonly state: 'other'; readonly name: string }
  | { readonly state: 'full' };

/** How a name is left: with its outcome, bound to the bytes that it was used for, or free. */
export type ClaimResolution = StoredOutcome | 'bound' | 'free';

/**
 * The names (tickets, idempotency keys) under which statements were asked for, each in its session and bound to a
 * digest of the bytes. A name counts once. All
 * methods may be called at once; a store that is shared by several processes can take the place of the one in this
 * process.
 */
export interface IdempotencyStore {
  /** Takes all of the names, or none and says what is known of one. */
  claim(session: string, names: readonly string[], bytes: string): Promise<Claim>;
  /** Ends a claim. What is not free is kept as long as the session. */
  resolve(session: string, name: string, settled: ClaimResolution): Promise<void>;
  /** The session is over: what is kept of it gives way where there is no room. */
  release(session: string): Promise<void>;
}

interface Entry {
  readonly bytes: string;
  state: 'running' | 'bound' | StoredOutcome;
  readonly ended: ReturnType<typeof createDeferred>;
}

export interface IdempotencyLimits {
  /** Names of one session, and of all together. */
  readonly perSession: number;
  readonly names: number;
  /** Of memory, about, all together. */
  readonly bytes: number;
}

/**
 * The share of its names that a session may have once half of the room is taken: a few sessions must not take what the
 * others need.
 */
const scarceShare = 0.1;

const defaultLimits: IdempotencyLimits = { perSession: 1_000, names: 50_000, bytes: 2 ** 25 };
/** What an entry takes beside its name, about. */
const entryBytes = 640;

/**
 * Keeps the names in this process, within bounds: those of sessions that are over give way, the oldest first; beyond
 * that nothing more is taken.
 */
export class MemoryIdempotencyStore implements IdempotencyStore {
  readonly #limits: IdempotencyLimits;
  readonly #live = new Map<string, Map<string, Entry>>();
  readonly #over = new Map<string, Map<string, Entry>>();
  #names = 0;
  #bytes = 0;

  constructor(approvals: Partial<IdempotencyLimits> = {}) {
    this.#limits = { ...defaultLimits, ...approvals };
  }

  async claim(session: string, names: readonly string[], bytes: string): Promise<Claim> {
    const known = this.#find(session);
    for (const name of names) {
      const entry = known?.get(name);
      if (entry === undefined) continue;
      if (entry.bytes !== bytes) return { state: 'other', name };
      if (entry.state === 'running') return { state: 'running', ended: entry.ended.promise };
      if (entry.state !== 'bound') return { state: 'known', name, outcome: entry.state };
    }
    const fresh = names.filter((name) => known?.has(name) !== true);
    if (!this.#makeRoom(known?.size ?? 0, fresh)) return { state: 'full' };
    for (const name of names) this.#put(session, name, { bytes, state: 'running', ended: createDeferred() });
    return { state: 'first' };
  }

  async resolve(session: string, name: string, settled: ClaimResolution): Promise<void> {
    const names = this.#find(session);
    const entry = names?.get(name);
    if (names === undefined || entry === undefined) return;
    if (settled === 'free') this.#remove(names, name);
    else entry.state = settled;
    if (names.size === 0) for (const sessions of [this.#live, this.#over]) sessions.delete(session);
    entry.ended.resolve();
  }

  async release(session: string): Promise<void> {
    const names = this.#live.get(session);
    if (names === undefined) return;
    this.#live.delete(session);
    this.#over.set(session, names);
  }

  #find(session: string): Map<string, Entry> | undefined {
    return this.#live.get(session) ?? this.#over.get(session);
  }

  #put(session: string, name: string, entry: Entry): void {
    let names = this.#find(session);
    if (names === undefined) this.#live.set(session, (names = new Map()));
    if (!names.has(name)) {
      this.#names += 1;
      this.#bytes += estimateEntrySize(name);
    }
    names.set(name, entry);
  }

  #remove(names: Map<string, Entry>, name: string): void {
    names.delete(name);
    this.#names -= 1;
    this.#bytes -= estimateEntrySize(name);
  }

  /** Makes room where it can. */
  #makeRoom(held: number, fresh: readonly string[]): boolean {
    const scarce = this.#names > this.#limits.names / 2 || this.#bytes > this.#limits.bytes / 2;
    if (held + fresh.length > this.#limits.perSession) return false;
    if (scarce && this.#over.size === 0 && held + fresh.length > Math.ceil(this.#limits.perSession * scarceShare))
      return false;
    const bytes = fresh.reduce((sum, name) => sum + estimateEntrySize(name), 0);
    for (const [session, names] of this.#over) {
      if (this.#names + fresh.length <= this.#limits.names && this.#bytes + bytes <= this.#limits.bytes) return true;
      for (const name of names.keys()) this.#remove(names, name);
      this.#over.delete(session);
    }
    return this.#names + fresh.length <= this.#limits.names && this.#bytes + bytes <= this.#limits.bytes;
  }
}

function estimateEntrySize(name: string): number {
  return 2 * name.length + entryBytes;
}
