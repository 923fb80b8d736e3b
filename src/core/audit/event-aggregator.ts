import type { Clock } from '../async/clock.js';

interface AggregationWindow<Said> {
  readonly event: Said;
  count: number;
  forget: () => void;
}

const [windowMs, maxKeys] = [60_000, 1_000];

/** Tells of what happens again and again: the first time at once, and once a minute how often it has happened since. */
export class EventAggregator<Said> {
  readonly #clock: Clock;
  readonly #emit: (said: Said, count: number) => void;
  readonly #windows = new Map<string, AggregationWindow<Said>>();

  constructor(clock: Clock, tell: (said: Said, count: number) => void) {
    this.#clock = clock;
    this.#emit = tell;
  }

  /** Of more than 1,000 keys in a minute the others are counted together, under the first of them. */
  add(key: string, said: Said): void {
    const name = this.#windows.has(key) || this.#windows.size < maxKeys ? key : '';
    const known = this.#windows.get(name);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    this.#windows.set(name, {
      event: said,
      count: 0,
      forget: this.#clock.after(windowMs, () => this.#closeWindow(name)),
    });
    this.#emit(said, 1);
  }

  /** Tells what was counted and not told yet. */
  close(): void {
    for (const { event: said, count, forget } of this.#windows.values()) {
      forget();
      if (count > 0) this.#emit(said, count);
    }
    this.#windows.clear();
  }

  #closeWindow(name: string): void {
    const known = this.#windows.get(name);
    if (known === undefined) return;
    if (known.count === 0) {
      this.#windows.delete(name);
      return;
    }
    const { count } = known;
    known.count = 0;
    known.forget = this.#clock.after(windowMs, () => this.#closeWindow(name));
    this.#emit(known.event, count);
  }
}
