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
}

/** What both parsers agree on, or why there is nothing to trust. `detail` never holds a literal of the statement. */
export type Readings =
  | { readonly ok: true; readonly reading: Reading }
  | { readonly ok: false; readonly why: 'unparsed' | 'disagree' | 'timeout' | 'crashed'; readonly detail: string };

/** Pool of worker threads. `read` resolves always; a trap or time-out gives ok:false and replaces the worker. */
export interface Readers {
  read(canonical: string, signal: AbortSignal): Promise<Readings>;
  close(): Promise<void>;
}
