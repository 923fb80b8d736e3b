import { createLookupKey } from '../../names/identifier.js';
import type { Name } from '../reading.js';

/** Where a value comes from: relation and column as written, all of them and perhaps more; or nobody can tell. */
export type Sources = readonly Name[] | 'unknown';

/**
 * One output column: its stored name; undefined where the engine makes one up that is no plain word, such as
 * `COUNT(*)`.
 */
export interface Output {
  readonly name: string | undefined;
  readonly sources: Sources;
  /** True where it may have any name, or be any number of columns. */
  readonly any?: true;
  /** True for a star, which stands for any number of columns. */
  readonly star?: true;
}

/** Equal for two names if any engine could take one for the other: Snowflake tells `"a"` from `A`, others do not. */
export function foldName(name: string): string {
  return name.toLowerCase().toUpperCase();
}

/** A relation in FROM: a table, of which we do not know the columns; a query, of which we do; or anything else. */
export type LineageRelation =
  | { readonly as: string; readonly kind: 'table'; readonly name: Name }
  | { readonly as: string; readonly kind: 'query'; readonly outputs: readonly Output[] }
  | { readonly as: string; readonly kind: 'opaque' };

/** The sources of several values together; one that is unknown makes all of it unknown. */
export function mergeSources(all: readonly Sources[]): Sources {
  const found: Name[] = [];
  for (const sources of all) {
    if (sources === 'unknown') return 'unknown';
    found.push(...sources);
  }
  return removeDuplicates(found);
}

/** Each source once. */
export function removeDuplicates(sources: readonly Name[]): readonly Name[] {
  return sources.length < 2
    ? sources
    : [...new Map(sources.map((source) => [createLookupKey(source), source])).values()];
}
