import type { Clock } from '../../src/core/index.js';

interface Timer {
  readonly at: number;
  readonly wake: () => void;
}

/** Time that passes only when it is told to. */
export class FakeClock implements Clock {
  wall = 1_790_000_000_000;
  #passed = 0;
  readonly #timers = new Set<Timer>();

  get timers(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.#passed;
  }

  after(ms: number, wake: () => void): () => void {
    const timer = { at: this.#passed + ms, wake };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves both clocks on and wakes whoever is due, in order. */
  forward(ms: number): void {
    this.#passed += ms;
    this.wall += ms;
    for (const timer of [...this.#timers].toSorted((a, b) => a.at - b.at)) {
      if (timer.at > this.#passed || !this.#timers.delete(timer)) continue;
      timer.wake();
    }
  }
}
