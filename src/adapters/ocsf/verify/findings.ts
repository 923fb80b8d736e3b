import type { Problem, Problems, Verdict } from './report.js';

/** Problems as they are found: the first ones are kept, all are counted and judged. */
export class Findings {
  readonly #limit: number;
  readonly #kept: Problem[] = [];
  #count = 0;
  #verdict: Verdict = 'ok';

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(problem: Problem): void {
    this.#count += 1;
    this.#verdict = worse(this.#verdict, problem.verdict);
    if (this.#kept.length < this.#limit) this.#kept.push(problem);
  }

  get verdict(): Verdict {
    return this.#verdict;
  }

  get list(): Problems {
    return { problems: this.#kept, more: this.#count - this.#kept.length };
  }
}

const weights: Readonly<Record<Verdict, number>> = { ok: 0, incomplete: 1, tampered: 2 };

export function worse(one: Verdict, other: Verdict): Verdict {
  return weights[other] > weights[one] ? other : one;
}
