import { callKey, checkedName, lookup, spells, stored } from './identifier.js';
import type { ColumnLineage, Name, Part, Reading } from './reading.js';
import { covers, type Scope } from './scope.js';

/** Snowflake calls these without parentheses: https://docs.snowflake.com/en/sql-reference/functions-context */
const bare: ReadonlySet<string> = new Set([
  'CURRENT_DATE', 'CURRENT_TIME', 'CURRENT_TIMESTAMP', 'CURRENT_USER', 'LOCALTIME', 'LOCALTIMESTAMP',
]);

/** Collects what a walk over one statement's tree meets; names stay as first written, duplicates are dropped. */
export class Gathering {
  private readonly reads = new Map<string, Name>();
  private readonly writes = new Map<string, Name>();
  private readonly functions = new Map<string, Name>();

  /** A name in a relation position: a read, unless a CTE in scope covers it. */
  relation(name: Name, scope: Scope): void {
    if (covers(scope, checkedName(name))) return;
    keep(this.reads, lookup(name), name);
  }

  target(name: Name): void {
    keep(this.writes, lookup(checkedName(name)), name);
  }

  call(name: Name): void {
    keep(this.functions, callKey(name), name);
  }

  /** A column reference: `seq.NEXTVAL` changes a sequence and so counts as a call; so do functions called without parentheses. */
  column(parts: readonly Part[]): void {
    const last = parts.at(-1);
    if (last === undefined) return;
    const called = parts.length > 1 ? spells(last, 'NEXTVAL') : !last.quoted && bare.has(stored(last));
    if (called) this.call(parts);
  }

  reading(statements: number, root: string, lineage?: readonly ColumnLineage[]): Reading {
    const found = { statements, root, reads: [...this.reads.values()], writes: [...this.writes.values()], functions: [...this.functions.values()] };
    return lineage === undefined ? found : { ...found, lineage };
  }
}

function keep(into: Map<string, Name>, key: string, name: Name): void {
  if (!into.has(key)) into.set(key, name);
}
