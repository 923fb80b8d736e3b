import { callKey, checkedName, lookup, spells, stored } from './identifier.js';
import { placeOf } from './marks.js';
import type { ColumnLineage, Mark, Name, Part, Place, Reading } from './reading.js';
import { covering, type Scope } from './scope.js';

/** Snowflake calls these without parentheses: https://docs.snowflake.com/en/sql-reference/functions-context */
const bare: ReadonlySet<string> = new Set([
  'CURRENT_DATE', 'CURRENT_TIME', 'CURRENT_TIMESTAMP', 'CURRENT_USER', 'LOCALTIME', 'LOCALTIMESTAMP',
]);

/** Collects what a walk over one statement's tree meets; names stay as first written, duplicates are dropped. */
export class Gathering {
  private readonly reads = new Map<string, Name>();
  private readonly writes = new Map<string, Name>();
  private readonly functions = new Map<string, Name>();
  private readonly marks: Mark[] = [];
  private readonly ctes = new Map<Scope, number>();
  private unplaced = false;

  /** A name in a relation position: a read, unless a CTE in scope covers it. */
  relation(name: Name, scope: Scope): void {
    const cte = covering(scope, checkedName(name));
    this.mark(cte === undefined ? 'object' : 'cte', name, cte);
    if (cte === undefined) keep(this.reads, lookup(name), name);
  }

  target(name: Name): void {
    this.mark('object', name);
    keep(this.writes, lookup(checkedName(name)), name);
  }

  call(name: Name): void {
    if (placeOf(name) !== undefined) this.mark('call', name);
    keep(this.functions, callKey(name), name);
  }

  /** A CTE begins: `scope` is the one that has its name. */
  define(name: Name, scope: Scope): void {
    this.ctes.set(scope, this.ctes.size);
    this.mark('definition', name, scope);
  }

  /** A CTE ends. Where it referred to itself, the WITH at this place recurses. */
  defined(scope: Scope, clause: Place | undefined): void {
    const cte = this.ctes.get(scope);
    if (!this.marks.some((mark) => mark.means === 'cte' && mark.cte === cte)) return;
    if (clause !== undefined) this.marks.push({ ...clause, means: 'recursion', name: [] });
  }

  private mark(means: Mark['means'], name: Name, scope?: Scope): void {
    const place = placeOf(name);
    const cte = scope === undefined ? undefined : this.ctes.get(scope);
    if (place === undefined || (scope !== undefined && cte === undefined)) this.unplaced = true;
    else this.marks.push({ ...place, means, name, ...(cte === undefined ? {} : { cte }) });
  }

  /** A column reference: `seq.NEXTVAL` changes a sequence and so counts as a call; so do functions called without parentheses. */
  column(parts: readonly Part[]): void {
    const last = parts.at(-1);
    if (last === undefined) return;
    const called = parts.length > 1 ? spells(last, 'NEXTVAL') : !last.quoted && bare.has(stored(last));
    if (called) this.call(parts);
  }

  reading(statements: number, root: string, lineage?: readonly ColumnLineage[]): Reading {
    const found = { statements, root, reads: [...this.reads.values()], writes: [...this.writes.values()], functions: [...this.functions.values()], ...(this.unplaced ? {} : { marks: this.marks }) };
    return lineage === undefined ? found : { ...found, lineage };
  }
}

function keep(into: Map<string, Name>, key: string, name: Name): void {
  if (!into.has(key)) into.set(key, name);
}
