import { statementOutcomes } from '../../../core/index.js';
import type { Told } from '../reading/told.js';

const outcomes: ReadonlySet<string> = new Set([...statementOutcomes, 'statement.resolved']);
const shown = 20;

/** Statements that were announced, until their outcome comes. One that fails before it is announced never touched the engine, and nothing of it is absent. */
export class Intents {
  readonly #open = new Set<string>();
  /** What has an outcome and no announcement so far, and whether there must be one. */
  readonly #early = new Map<string, boolean>();

  note({ code, statement, announced }: Told): void {
    if (statement === undefined) return;
    if (code === 'statement.authorized') {
      if (!this.#early.delete(statement)) this.#open.add(statement);
    } else if (outcomes.has(code)) {
      if (!this.#open.delete(statement) && code !== 'statement.resolved') this.#early.set(statement, code !== 'statement.failed' || announced === true);
    } else if (code === 'statement.denied') {
      this.#open.delete(statement);
    }
  }

  get counts(): { readonly openIntents: number; readonly open: readonly string[]; readonly unannounced: number } {
    return { openIntents: this.#open.size, open: [...this.#open].slice(0, shown), unannounced: [...this.#early.values()].filter((each) => each).length };
  }
}
