import { createCallKey, requireName, createLookupKey, isSpelled, toStoredCase } from '../names/identifier.js';
import { getPosition } from './name-positions.js';
import type { ParsedLineage, NameMark, Name, NamePart, TextPosition, ParserReading } from './reading.js';
import { findCte, type CteScope } from './cte-scope.js';

/** Snowflake calls these without parentheses: https://docs.snowflake.com/en/sql-reference/functions-context */
const callsWithoutParentheses: ReadonlySet<string> = new Set([
  'CURRENT_DATE',
  'CURRENT_TIME',
  'CURRENT_TIMESTAMP',
  'CURRENT_USER',
  'LOCALTIME',
  'LOCALTIMESTAMP',
]);

/** Collects what a walk over one statement's tree meets; names stay as first written, duplicates are dropped. */
export class ReadingBuilder {
  private readonly reads = new Map<string, Name>();
  private readonly writes = new Map<string, Name>();
  private readonly functions = new Map<string, Name>();
  private readonly marks: NameMark[] = [];
  private readonly ctes = new Map<CteScope, number>();
  private hasUnplaced = false;

  /** A name in a relation position: a read, unless a CTE in scope covers it. */
  addRelation(name: Name, scope: CteScope): void {
    const cte = findCte(scope, requireName(name));
    this.addMark(cte === undefined ? 'object' : 'cte', name, cte);
    if (cte === undefined) addOnce(this.reads, createLookupKey(name), name);
  }

  addTarget(name: Name): void {
    this.addMark('object', name);
    addOnce(this.writes, createLookupKey(requireName(name)), name);
  }

  addCall(name: Name): void {
    if (getPosition(name) !== undefined) this.addMark('call', name);
    addOnce(this.functions, createCallKey(name), name);
  }

  /** A CTE begins: `scope` is the one that has its name. */
  beginCte(name: Name, scope: CteScope): void {
    this.ctes.set(scope, this.ctes.size);
    this.addMark('definition', name, scope);
  }

  /** A CTE ends. Where it referred to itself, the WITH at this place recurses. */
  endCte(scope: CteScope, clause: TextPosition | undefined): void {
    const cte = this.ctes.get(scope);
    if (!this.marks.some((mark) => mark.role === 'cte' && mark.cte === cte)) return;
    if (clause !== undefined) this.marks.push({ ...clause, role: 'recursion', name: [] });
  }

  private addMark(means: NameMark['role'], name: Name, scope?: CteScope): void {
    const place = getPosition(name);
    const cte = scope === undefined ? undefined : this.ctes.get(scope);
    if (place === undefined || (scope !== undefined && cte === undefined)) this.hasUnplaced = true;
    else this.marks.push({ ...place, role: means, name, ...(cte === undefined ? {} : { cte }) });
  }

  /**
   * A column reference: `seq.NEXTVAL` changes a sequence and so counts as a call; so do functions called without
   * parentheses.
   */
  addColumn(parts: readonly NamePart[]): void {
    const last = parts.at(-1);
    if (last === undefined) return;
    const called =
      parts.length > 1 ? isSpelled(last, 'NEXTVAL') : !last.quoted && callsWithoutParentheses.has(toStoredCase(last));
    if (called) this.addCall(parts);
  }

  build(statements: number, root: string, lineage?: readonly ParsedLineage[]): ParserReading {
    const found = {
      statements,
      root,
      reads: [...this.reads.values()],
      writes: [...this.writes.values()],
      functions: [...this.functions.values()],
      ...(this.hasUnplaced ? {} : { marks: this.marks }),
    };
    return lineage === undefined ? found : { ...found, lineage };
  }
}

function addOnce(into: Map<string, Name>, key: string, name: Name): void {
  if (!into.has(key)) into.set(key, name);
}
