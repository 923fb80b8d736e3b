import { Refused } from '../refusal.js';
import type { Token } from '../token.js';
import { plus, single, times, type Size } from './size.js';
import { Ties } from './ties.js';

export const mostMultiplied = 4;
export const mostMade = 100_000_000;

/** What brackets hold: a relation in FROM (LATERAL or not), the body of a CTE, or anything else. */
export type Role = { readonly kind: 'relation'; readonly lateral: boolean } | { readonly kind: 'cte'; readonly name: string } | { readonly kind: 'other' };

/** One level of brackets: the query in it, as far as it says how much is multiplied. */
export class Level {
  readonly role: Role;
  phase: 'list' | 'from' | 'condition' | 'values' | 'rest' = 'list';
  /** Whether the next name or bracket is a relation. */
  expects: boolean;
  /** Whether a SELECT or VALUES has been met. */
  isQuery = false;
  aggregates = false;
  groups = false;
  /** Whether this branch of a recursive CTE reads the CTE itself. */
  recurs = false;
  limit: number | undefined;
  /** Rows that VALUES lists. */
  made = 0;
  private conditionAt = 0;
  private product: Size = single;
  private branches: Size | undefined;
  private ties = new Ties();

  constructor(role: Role, expects: boolean) {
    this.role = role;
    this.expects = expects;
    if (expects) this.phase = 'from';
  }

  begin(phase: 'list' | 'values'): void {
    this.isQuery = true;
    this.phase = phase;
    this.expects = false;
  }

  relation(size: Size): void {
    this.product = times(this.product, size);
    this.expects = false;
  }

  tie(): void {
    this.ties.tie();
  }

  startCondition(at: number): void {
    this.phase = 'condition';
    this.conditionAt = at;
  }

  endCondition(tokens: readonly Token[], at: number): void {
    if (this.phase === 'condition') this.ties.condition(tokens.slice(this.conditionAt, at));
  }

  /** The end of one operand of a set operator. Throws where it multiplies too much. */
  endBranch(): void {
    const size = this.branch();
    this.branches = this.branches === undefined ? size : plus(this.branches, size);
    this.product = single;
    this.ties = new Ties();
    this.phase = 'list';
    this.expects = this.aggregates = this.groups = this.recurs = false;
    this.limit = undefined;
    this.made = 0;
  }

  /** The size of all that it holds. */
  end(): Size {
    this.endBranch();
    return this.branches ?? single;
  }

  private branch(): Size {
    const { ties, product } = this;
    const size = { tables: Math.max(Math.min(product.tables, 1), product.tables - ties.count), rows: Math.max(product.rows, this.made) };
    const endless = this.recurs && this.branches !== undefined && !ties.conditioned && this.limit === undefined;
    if (size.tables >= mostMultiplied || size.rows > mostMade || endless) throw new Refused('sql.too_costly');
    if (this.isQuery && this.aggregates && !this.groups) return single;
    if (this.limit !== undefined) return { tables: 0, rows: this.limit };
    // What is tied to the row beside it does not multiply again.
    return this.role.kind === 'relation' && this.role.lateral && ties.conditioned ? { ...size, tables: Math.max(0, size.tables - 1) } : size;
  }
}
