import type { Clock } from './clock.js';

interface Open<Said> {
  readonly said: Said;
  count: number;
  forget: () => void;
}

const [windowMs, mostKeys] = [60_000, 1_000];

/** Tells of what happens again and again: the first time at once, and once a minute how often it has happened since. */
export class Tally<Said> {
  readonly #clock: Clock;
  readonly #tell: (said: Said, count: number) => void;
  readonly #open = new Map<string, Open<Said>>();

  constructor(clock: Clock, tell: (said: Said, count: number) => void) {
    this.#clock = clock;
    this.#tell = tell;
  }

  /** Of more than 1,000 keys in a minute the others are counted together, under the first of them. */
  note(key: string, said: Said): void {
    const name = this.#open.has(key) || this.#open.size < mostKeys ? key : '';
    const known = this.#open.get(name);
    if (known !== undefined) {
      known.count += 1;
      return;
    }
    this.#open.set(name, { said, count: 0, forget: this.#clock.after(windowMs, () => this.#turn(name)) });
    this.#tell(said, 1);
  }

  /** Tells what was counted and not told yet. */
  close(): void {
    for (const { said, count, forget } of this.#open.values()) {
      forget();
      if (count > 0) this.#tell(said, count);
    }
    this.#open.clear();
  }

  #turn(name: string): void {
    const known = this.#open.get(name);
    if (known === undefined) return;
    if (known.count === 0) {
      this.#open.delete(name);
      return;
    }
    const { count } = known;
    known.count = 0;
    known.forget = this.#clock.after(windowMs, () => this.#turn(name));
    this.#tell(known.said, count);
  }
}
