/** One family of Snowflake functions: where the vendor lists it, why it is judged as it is, and its names. */
export interface FunctionFamily {
  /** What the family does, in a few words. */
  readonly name: string;
  /** The page under docs.snowflake.com/en/sql-reference/ that lists it. */
  readonly page: string;
  /** One sentence: why its members are allowed, or why they are refused. */
  readonly reason: string;
  /** Upper-case, unqualified names. */
  readonly names: readonly string[];
}

/** A family of refused functions; it also refuses every name that starts or ends as given. */
export interface ExcludedFunctionFamily extends FunctionFamily {
  readonly prefixes?: readonly string[];
  readonly suffixes?: readonly string[];
}

/** Splits a readable block of names at white space. */
export function splitNames(block: string): readonly string[] {
  return block.trim().split(/\s+/);
}
