import { aggregates, windows } from './aggregate.js';
import { context, conversion, dates } from './conversion.js';
import { excluded } from './excluded.js';
import type { ExcludedFunctionFamily, FunctionFamily } from './family.js';
import { geospatial } from './geospatial.js';
import { semistructured } from './semistructured.js';
import { numbers, text } from './text.js';

export type { ExcludedFunctionFamily, FunctionFamily } from './family.js';

/** Every family of built-ins that neither changes, reveals beyond the scope, calls out, nor runs code. */
export const allowedFamilies: readonly FunctionFamily[] = [
  ...aggregates,
  ...windows,
  ...text,
  ...numbers,
  ...conversion,
  ...dates,
  ...context,
  ...semistructured,
  ...geospatial,
];

/** Every family that is refused, with its reason; it wins over the allowed families. */
export const excludedFamilies: readonly ExcludedFunctionFamily[] = excluded;

/**
 * Row references that exist only inside MATCH_RECOGNIZE; anywhere else these names could be somebody's own functions.
 */
const patternFunctions: ReadonlySet<string> = new Set(['FIRST', 'LAST', 'NEXT', 'PREV']);

const byName: ReadonlyMap<string, string> = new Map(
  excluded.toReversed().flatMap(({ names, reason }) => names.map((name) => [name, reason] as const)),
);
const byPattern = excluded.filter(({ prefixes = [], suffixes = [] }) => prefixes.length + suffixes.length > 0);

/**
 * Why a function is refused by family, in one sentence; undefined where no family names it. Expects the name upper-case
 * and unqualified.
 */
export function findExclusionReason(name: string): string | undefined {
  return (
    byName.get(name) ??
    byPattern.find(
      ({ prefixes = [], suffixes = [] }) =>
        prefixes.some((each) => name.startsWith(each)) || suffixes.some((each) => name.endsWith(each)),
    )?.reason
  );
}

const builtins: ReadonlySet<string> = new Set(
  allowedFamilies.flatMap((family) => family.names).filter((name) => findExclusionReason(name) === undefined),
);

/**
 * True only for a Snowflake built-in that may run unasked inside a judged statement. Expects the name as written
 * without
 * quotes or qualification, folded to upper case; a quoted or qualified name is never a built-in, whatever it spells.
 */
export function isBuiltin(name: string): boolean {
  return builtins.has(name);
}

/**
 * True for the row references of MATCH_RECOGNIZE (FIRST, LAST, NEXT, PREV), which are built-ins inside that clause
 * only.
 */
export function isPatternFunction(name: string): boolean {
  return patternFunctions.has(name);
}
