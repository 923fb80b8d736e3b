export const statementKinds = [
  'read',
  'write',
  'ddl',
  'dcl',
  'session',
  'transaction',
  'exfil',
  'call',
  'script',
  'metadata',
  'multi',
  'invalid',
] as const;
export type StatementKind = (typeof statementKinds)[number];

/** One database and schema in stored case. */
export interface SchemaRef {
  readonly database: string;
  readonly schema: string;
}

export type ObjectKind = 'table' | 'view' | 'stage' | 'sequence' | 'function' | 'relation';

/** A named object in stored case; `relation` where text alone cannot tell table from view. */
export interface ObjectRef extends SchemaRef {
  readonly name: string;
  readonly kind: ObjectKind;
}

/**
 * Where the values of an output column come from. What only decides which rows there are, such as WHERE, is not told.
 */
export interface ColumnLineage {
  /** Its name in stored case; `$2` for the second where the engine makes one up, `*` for any number of columns. */
  readonly column: string;
  /**
   * All of them, as `DB.SCHEMA.TABLE.COLUMN`, a part in double quotes where it is not a plain upper-case word; perhaps
   * more than there are, and
   * never fewer where each is a column of its table in the catalogue. `unknown` wherever that is not certain from the
   * text.
   */
  readonly sources: readonly string[] | 'unknown';
}

/** Why a statement may not run at all, in words for people and models. */
export interface Refusal {
  readonly code: 'NOT_UNDERSTOOD' | 'STATEMENT_REFUSED';
  /** A stable reason within the code, such as `sql.multiple_statements`. */
  readonly reason: string;
  readonly message: string;
  readonly hint?: string;
}

/** A statement in one engine's dialect. */
export interface Rendering {
  /** What is sent: each object by its full name in stored case, nothing else changed in meaning. */
  readonly text: string;
  /** SHA-256 of `text`, lower-case hex. */
  readonly digest: string;
}

/** What a statement is. Objects are resolved to three stored-case parts. */
export interface Analysis {
  readonly kind: StatementKind;
  /** The leading verb, such as `SELECT` or `DELETE`. */
  readonly operation: string;
  /** The one text that is analysed, hashed, approved and recorded. */
  readonly canonical: string;
  /** SHA-256 of `canonical`, lower-case hex. */
  readonly digest: string;
  /**
   * The same statement for the engine's dialect, made from the same analysis. Where it is left out, `canonical` is
   * sent.
   */
  readonly rendered?: Rendering;
  /** `canonical` with every literal replaced by `?`; empty when that cannot be done surely. */
  readonly redacted: string;
  /** Operation and targets, at most 255 characters, never a literal: `SELECT OPS.PUBLIC.ORDERS`. */
  readonly summary: string;
  readonly reads: readonly ObjectRef[];
  readonly writes: readonly ObjectRef[];
  readonly functions: readonly string[];
  readonly lineage?: readonly ColumnLineage[];
  /**
   * Every place for a bind, as written and in order: `?`, `:1` or `:name`. None of them lies in a string or a comment.
   * The gateway refuses a
   * statement whose places and binds do not fit. Left out where the analyzer cannot tell: then only the engine can
   * refuse it.
   */
  readonly placeholders?: readonly string[];
  readonly refusal?: Refusal;
}
