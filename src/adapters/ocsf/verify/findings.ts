import type { Finding, FindingList, VerificationVerdict } from './report.js';

/** Problems as they are found: the first ones are kept, all are counted and judged. */
export class FindingCollector {
  readonly #limit: number;
  readonly #findings: Finding[] = [];
  #count = 0;
  #verdict: VerificationVerdict = 'ok';

  constructor(limit: number) {
    this.#limit = limit;
  }

  add(problem: Finding): void {
    this.#count += 1;
    this.#verdict = selectWorse(this.#verdict, problem.verdict);
    if (this.#findings.length < this.#limit) this.#findings.push(problem);
  }

  get verdict(): VerificationVerdict {
    return this.#verdict;
  }

  get list(): FindingList {
    return { problems: this.#findings, more: this.#count - this.#findings.length };
  }
}

const verdictWeights: Readonly<Record<VerificationVerdict, number>> = { ok: 0, incomplete: 1, tampered: 2 };

export function selectWorse(one: VerificationVerdict, other: VerificationVerdict): VerificationVerdict {
  return verdictWeights[other] > verdictWeights[one] ? other : one;
}
