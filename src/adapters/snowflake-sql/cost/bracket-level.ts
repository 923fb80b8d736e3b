import { RefusedError } from '../checks/refusal.js';
import type { SqlToken } from '../lex/token.js';
import { addSizes, singleRow, multiplySizes, type RelationSize } from './relation-size.js';
import { JoinConditions } from './join-conditions.js';

export const maxMultipliedTables = 4;
export const maxGeneratedRows = 100_000_000;

/** What brackets hold: a relation in FROM (LATERAL or not), the body of a CTE, or anything else. */
export type BracketRole =
  | { readonly kind: 'relation'; readonly lateral: boolean }
  | { readonly kind: 'cte'; readonly name: string }
  | { readonly kind: 'other' };

/** One level of brackets: the query in it, as far as it says how much is multiplied. */
export class BracketLevel {
  readonly role: BracketRole;
  phase: 'list' | 'from' | 'condition' | 'values' | 'rest' = 'list';
  /** Whether the next name or bracket is a relation. */
  expects: boolean;
  /** Whether a SELECT or VALUES has been met. */
  isQuery = false;
  aggregates = false;
  groups = false;
  /** Whether this branch of a recursive CTE reads the CTE itself. */
  isRecursive = false;
  limit: number | undefined;
  /** Rows that VALUES lists. */
  listedRows = 0;
  private conditionAt = 0;
  private product: RelationSize = singleRow;
  private branches: RelationSize | undefined;
  private conditions = new JoinConditions();

  constructor(role: BracketRole, expects: boolean) {
    this.role = role;
    this.expects = expects;
    if (expects) this.phase = 'from';
  }

  begin(phase: 'list' | 'values'): void {
    this.isQuery = true;
    this.phase = phase;
    this.expects = false;
  }

  multiply(size: RelationSize): void {
    this.product = multiplySizes(this.product, size);
    this.expects = false;
  }

  addCondition(): void {
    this.conditions.addCondition();
  }

  startCondition(at: number): void {
    this.phase = 'condition';
    this.conditionAt = at;
  }

  endCondition(tokens: readonly SqlToken[], at: number): void {
    if (this.phase === 'condition') this.conditions.readCondition(tokens.slice(this.conditionAt, at));
  }

  /** The end of one operand of a set operator. Throws where it multiplies too much. */
  endBranch(): void {
    const size = this.branch();
    this.branches = this.branches === undefined ? size : addSizes(this.branches, size);
    this.product = singleRow;
    this.conditions = new JoinConditions();
    this.phase = 'list';
    this.expects = this.aggregates = this.groups = this.isRecursive = false;
    this.limit = undefined;
    this.listedRows = 0;
  }

  /** The size of all that it holds. */
  end(): RelationSize {
    this.endBranch();
    return this.branches ?? singleRow;
  }

  private branch(): RelationSize {
    const { conditions: ties, product } = this;
    const size = {
      tables: Math.max(Math.min(product.tables, 1), product.tables - ties.count),
      rows: Math.max(product.rows, this.listedRows),
    };
    const endless = this.isRecursive && this.branches !== undefined && !ties.conditioned && this.limit === undefined;
    if (size.tables >= maxMultipliedTables || size.rows > maxGeneratedRows || endless)
      throw new RefusedError('sql.too_costly');
    if (this.isQuery && this.aggregates && !this.groups) return singleRow;
    if (this.limit !== undefined) return { tables: 0, rows: this.limit };
    // What is tied to the row beside it does not multiply again.
    return this.role.kind === 'relation' && this.role.lateral && ties.conditioned
      ? { ...size, tables: Math.max(0, size.tables - 1) }
      : size;
  }
}
