/** One identifier as written. `text` has quotes removed and doubled quotes undoubled, case as written. */
export interface Part {
  readonly text: string;
  readonly quoted: boolean;
}

/** A name as written, outermost part first: one, two or three parts. */
export type Name = readonly Part[];

/** Where one output column comes from: `unknown` wherever that is not certain. */
export interface ColumnLineage {
  readonly column: string;
  readonly sources: readonly Name[] | 'unknown';
}

/** Where a piece of the parsed text begins: line and column count from 1, columns in characters. */
export interface Place {
  readonly line: number;
  readonly column: number;
  /** True where a relation is given another name on the spot: `orders AS o`. */
  readonly aliased?: boolean;
}

/**
 * What stands at a place: the name of an object (`object`), of a CTE (`cte`, `definition`) or of what is called (`call`), or a WITH whose CTEs refer
 * to themselves and which does not say so (`recursion`).
 */
export interface Mark extends Place {
  readonly means: 'object' | 'cte' | 'definition' | 'call' | 'recursion';
  readonly name: Name;
  /** Which CTE, by the order in which they are defined. */
  readonly cte?: number;
}

/** What one parser says about one canonical text. */
export interface Reading {
  readonly statements: number;
  /** The parser-independent verb of the root: 'SELECT', 'INSERT', 'CREATE TABLE', ... */
  readonly root: string;
  /** Relations read, as written, CTE references already taken out by their scoping rules; duplicates removed. */
  readonly reads: readonly Name[];
  /** Targets written (DML/DDL). */
  readonly writes: readonly Name[];
  /** Called functions incl. table functions, as written. */
  readonly functions: readonly Name[];
  readonly lineage?: readonly ColumnLineage[];
  /** Where each name of a relation stands, in the order of the walk; only from a parser that tells, and read the text as it is. */
  readonly marks?: readonly Mark[];
}

/** No parser is there to read anything: its thread did not start or ended, was closed, or is asked too much. `cause` is for the operator. */
export interface Unavailable {
  readonly ok: false;
  readonly why: 'unavailable';
  readonly detail: string;
  readonly cause?: unknown;
}

/**
 * What both parsers agree on, or why there is nothing to trust: the text's own doing (it took too long, or made a parser fail inside:
 * `timeout`, `crashed`), or nobody to read it. `detail` never holds a literal of the statement.
 */
export type Readings =
  | { readonly ok: true; readonly reading: Reading }
  | { readonly ok: false; readonly why: 'unparsed' | 'disagree' | 'timeout' | 'crashed'; readonly detail: string }
  | Unavailable;

/** Pool of worker threads. `read` resolves always; a trap or time-out gives ok:false and replaces the worker. */
export interface Readers {
  read(canonical: string, signal: AbortSignal): Promise<Readings>;
  close(): Promise<void>;
}
