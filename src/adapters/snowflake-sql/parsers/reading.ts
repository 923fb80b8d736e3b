/** One identifier as written. `text` has quotes removed and doubled quotes undoubled, case as written. */
export interface NamePart {
  readonly text: string;
  readonly quoted: boolean;
}

/** A name as written, outermost part first: one, two or three parts. */
export type Name = readonly NamePart[];

/** Where one output column comes from: `unknown` wherever that is not certain. */
export interface ParsedLineage {
  readonly column: string;
  readonly sources: readonly Name[] | 'unknown';
}

/** Where a piece of the parsed text begins: line and column count from 1, columns in characters. */
export interface TextPosition {
  readonly line: number;
  readonly column: number;
  /** True where a relation is given another name on the spot: `orders AS o`. */
  readonly aliased?: boolean;
}

/**
 * What stands at a place: the name of an object (`object`), of a CTE (`cte`, `definition`) or of what is called
 * (`call`), or a WITH whose CTEs refer
 * to themselves and which does not say so (`recursion`).
 */
export interface NameMark extends TextPosition {
  readonly role: 'object' | 'cte' | 'definition' | 'call' | 'recursion';
  readonly name: Name;
  /** Which CTE, by the order in which they are defined. */
  readonly cte?: number;
}

/** What one parser says about one canonical text. */
export interface ParserReading {
  readonly statements: number;
  /** The parser-independent verb of the root: 'SELECT', 'INSERT', 'CREATE TABLE', ... */
  readonly root: string;
  /** Relations read, as written, CTE references already taken out by their scoping rules; duplicates removed. */
  readonly reads: readonly Name[];
  /** Targets written (DML/DDL). */
  readonly writes: readonly Name[];
  /** Called functions incl. table functions, as written. */
  readonly functions: readonly Name[];
  readonly lineage?: readonly ParsedLineage[];
  /**
   * Where each name of a relation stands, in the order of the walk; only from a parser that tells, and read the text as
   * it is.
   */
  readonly marks?: readonly NameMark[];
}

/**
 * No parser is there to read anything: its thread did not start or ended, was closed, or is asked too much. `cause` is
 * for the operator.
 */
export interface ParsersUnavailable {
  readonly ok: false;
  readonly why: 'unavailable';
  readonly detail: string;
  readonly cause?: unknown;
}

/**
 * What both parsers agree on, or why there is nothing to trust: the text's own doing (it took too long, or made a
 * parser fail inside:
 * `timeout`, `crashed`), or nobody to read it. `detail` never holds a literal of the statement.
 */
export type ReadResult =
  | { readonly ok: true; readonly reading: ParserReading }
  | { readonly ok: false; readonly why: 'unparsed' | 'disagree' | 'timeout' | 'crashed'; readonly detail: string }
  | ParsersUnavailable;

/** Pool of worker threads. `read` resolves always; a trap or time-out gives ok:false and replaces the worker. */
export interface ParserPool {
  read(canonical: string, signal: AbortSignal): Promise<ReadResult>;
  close(): Promise<void>;
}
