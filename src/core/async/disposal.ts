import { systemClock } from './clock.js';
import { AccessError } from '../errors.js';

interface DisposalStep {
  readonly undo: () => void | Promise<void>;
  readonly name: string | undefined;
  readonly ms: number | undefined;
}

/** Something that was not undone: it threw, or did not end in its time. */
export interface DisposalFailure {
  /** What it is, where it has a name. */
  readonly name: string | undefined;
  readonly error: unknown;
}

/** How long undoing may take, milliseconds. */
export interface DisposalTimeouts {
  /** One thing that has no limit of its own. */
  readonly eachMs: number;
  /** All of them; each has at least a second. */
  readonly allMs: number;
}

const minStepMs = 1_000;

/** What must be undone, undone in reverse. */
export class Disposal {
  readonly #what: string;
  readonly #steps: DisposalStep[] = [];
  #done: Promise<readonly DisposalFailure[]> | undefined;

  constructor(what: string) {
    this.#what = what;
  }

  /**
   * Registers something to undo; the returned function takes it back. `name` says what it is, `ms` how long it may take
   * where that is limited.
   */
  add(undo: () => void | Promise<void>, name?: string, ms?: number): () => void {
    const own: DisposalStep = { undo, name, ms };
    this.#steps.push(own);
    return () => {
      const at = this.#steps.indexOf(own);
      if (at >= 0) this.#steps.splice(at, 1);
    };
  }

  /** Undoes everything once, last in first out; later calls join. Throws an AggregateError after all had their turn. */
  async dispose(): Promise<void> {
    const undone = await this.disposeWithin();
    if (undone.length > 0)
      throw new AggregateError(
        undone.map(({ error }) => error),
        `${this.#what} did not close cleanly`,
      );
  }

  /**
   * The same. Never rejects: what failed is in the answer. Where there is a limit, what takes longer is left behind.
   */
  disposeWithin(timeout?: DisposalTimeouts): Promise<readonly DisposalFailure[]> {
    this.#done ??= this.#disposeAll(timeout);
    return this.#done;
  }

  async #disposeAll(timeout: DisposalTimeouts | undefined): Promise<readonly DisposalFailure[]> {
    const undone: DisposalFailure[] = [];
    const begun = systemClock.monotonic();
    for (const { undo, name, ms } of this.#steps.toReversed()) {
      const left =
        timeout === undefined
          ? undefined
          : Math.min(timeout.eachMs, Math.max(minStepMs, timeout.allMs - (systemClock.monotonic() - begun)));
      try {
        await runWithLimit(async () => undo(), timeout === undefined ? undefined : (ms ?? left));
      } catch (error) {
        undone.push({ name, error });
      }
    }
    return undone;
  }
}

function runWithLimit(work: () => Promise<void>, ms: number | undefined): Promise<void> {
  if (ms === undefined) return work();
  return new Promise((resolve, reject) => {
    const forget = systemClock.after(ms, () =>
      reject(new AccessError('INTERNAL', `it did not end within ${Math.round(ms)} ms`)),
    );
    work().finally(forget).then(resolve, reject);
  });
}
