import { statementOutcomes } from '../../../core/index.js';
import type { EventClaims } from '../parse/event-claims.js';

const outcomes: ReadonlySet<string> = new Set([...statementOutcomes, 'statement.resolved']);
const maxListed = 20;

/**
 * Statements that were announced, until their outcome comes. One that fails before it is announced never touched the
 * engine, and nothing of it is absent.
 */
export class IntentTracker {
  readonly #open = new Set<string>();
  /** What has an outcome and no announcement so far, and whether there must be one. */
  readonly #outcomesWithoutIntent = new Map<string, boolean>();

  add({ code, statement, announced }: EventClaims): void {
    if (statement === undefined) return;
    if (code === 'statement.authorized') {
      if (!this.#outcomesWithoutIntent.delete(statement)) this.#open.add(statement);
    } else if (outcomes.has(code)) {
      if (!this.#open.delete(statement) && code !== 'statement.resolved')
        this.#outcomesWithoutIntent.set(statement, code !== 'statement.failed' || announced === true);
    } else if (code === 'statement.denied') {
      this.#open.delete(statement);
    }
  }

  get counts(): { readonly openIntents: number; readonly open: readonly string[]; readonly unannounced: number } {
    return {
      openIntents: this.#open.size,
      open: [...this.#open].slice(0, maxListed),
      unannounced: [...this.#outcomesWithoutIntent.values()].filter((each) => each).length,
    };
  }
}
