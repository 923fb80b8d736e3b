import { systemClock } from './clock.js';
import { AccessError } from './errors.js';

interface Owned {
  readonly undo: () => void | Promise<void>;
  readonly name: string | undefined;
  readonly ms: number | undefined;
}

/** Something that was not undone: it threw, or did not end in its time. */
export interface Undone {
  /** What it is, where it has a name. */
  readonly name: string | undefined;
  readonly error: unknown;
}

/** How long undoing may take, milliseconds. */
export interface Patience {
  /** One thing that has no limit of its own. */
  readonly eachMs: number;
  /** All of them; each has at least a second. */
  readonly allMs: number;
}

const leastMs = 1_000;

/** What must be undone, undone in reverse. */
export class Disposal {
  readonly #what: string;
  readonly #undo: Owned[] = [];
  #done: Promise<readonly Undone[]> | undefined;

  constructor(what: string) {
    this.#what = what;
  }

  /** Registers something to undo; the returned function takes it back. `name` says what it is, `ms` how long it may take where that is limited. */
  own(undo: () => void | Promise<void>, name?: string, ms?: number): () => void {
    const own: Owned = { undo, name, ms };
    this.#undo.push(own);
    return () => {
      const at = this.#undo.indexOf(own);
      if (at >= 0) this.#undo.splice(at, 1);
    };
  }

  /** Undoes everything once, last in first out; later calls join. Throws an AggregateError after all had their turn. */
  async dispose(): Promise<void> {
    const undone = await this.finish();
    if (undone.length > 0) throw new AggregateError(undone.map(({ error }) => error), `${this.#what} did not close cleanly`);
  }

  /** The same. Never rejects: what failed is in the answer. Where there is a limit, what takes longer is left behind. */
  finish(patience?: Patience): Promise<readonly Undone[]> {
    this.#done ??= this.#finish(patience);
    return this.#done;
  }

  async #finish(patience: Patience | undefined): Promise<readonly Undone[]> {
    const undone: Undone[] = [];
    const begun = systemClock.monotonic();
    for (const { undo, name, ms } of this.#undo.toReversed()) {
      const left = patience === undefined ? undefined : Math.min(patience.eachMs, Math.max(leastMs, patience.allMs - (systemClock.monotonic() - begun)));
      try {
        await limited(async () => undo(), patience === undefined ? undefined : (ms ?? left));
      } catch (error) {
        undone.push({ name, error });
      }
    }
    return undone;
  }
}

function limited(work: () => Promise<void>, ms: number | undefined): Promise<void> {
  if (ms === undefined) return work();
  return new Promise((resolve, reject) => {
    const forget = systemClock.after(ms, () => reject(new AccessError('INTERNAL', `it did not end within ${Math.round(ms)} ms`)));
    work().finally(forget).then(resolve, reject);
  });
}
