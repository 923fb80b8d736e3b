import { toStoredCase } from '../names/identifier.js';
import type { Name, NamePart } from './reading.js';

/** The CTE names visible at one place, innermost first; undefined where there are none. */
export type CteScope = { readonly cte: string; readonly outer: CteScope } | undefined;

/** The scope after one more CTE has been defined. */
export function addCte(cte: NamePart, outer: CteScope): CteScope {
  return { cte: toStoredCase(cte), outer };
}

/**
 * The CTE that a relation name is here; undefined for a table. Only a name of one part can be one, compared in stored
 * case.
 */
export function findCte(scope: CteScope, name: Name): CteScope {
  const [only] = name;
  if (only === undefined || name.length > 1) return undefined;
  const wanted = toStoredCase(only);
  for (let at = scope; at !== undefined; at = at.outer) if (at.cte === wanted) return at;
  return undefined;
}

/**
 * One CTE as either parser's tree holds it; `walk` visits its body, `walkTerm` only the recursive term of a UNION ALL
 * body.
 */
export interface CteDefinition {
  readonly name: NamePart;
  /** Visits the body; `scope` is what its anchor sees, `term` what the last operand of a UNION ALL sees. */
  walk(scope: CteScope, term: CteScope): void;
}

/**
 * Visits CTEs in order and returns the scope of what follows them. A name is visible after its definition; inside its
 * own body only in
 * the recursive term, which is what follows UNION ALL, for Snowflake makes the keyword RECURSIVE optional:
 * https://docs.snowflake.com/en/sql-reference/constructs/with. Elsewhere the same name is a table, with the keyword
 * too: one object too
 * many is decided on by a policy, one too few is not.
 */
export function visitCtes(definitions: readonly CteDefinition[], outer: CteScope): CteScope {
  let scope = outer;
  for (const each of definitions) {
    const inside = addCte(each.name, scope);
    each.walk(scope, inside);
    scope = inside;
  }
  return scope;
}
