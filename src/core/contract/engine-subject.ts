import type { Analysis, Bind, Grant, ObjectRef, StatementKind } from '../model.js';
import type {
  Analyzer,
  CatalogueObject,
  Cell,
  Connector,
  EngineSession,
  EngineStatement,
  Execution,
  Row,
} from '../ports.js';
import type { ContractCase } from './case.js';

/** One statement the engine under test can run, with what it must answer. */
export interface EngineSample {
  readonly sql: string;
  readonly binds?: readonly Bind[];
  /** What its analysis would say; `read` unless told. */
  readonly kind?: StatementKind;
  /** What its analysis would say it reads and writes; nothing unless told. */
  readonly reads?: readonly ObjectRef[];
  readonly writes?: readonly ObjectRef[];
}

/**
 * What the engine under test has, for the cases on what it makes of names and texts. Their statements are judged and
 * rendered by `analyzer` for
 * the dialect that the connector names, as a gateway would, and are written in Snowflake's SQL.
 */
export interface EngineNames {
  readonly analyzer: () => Analyzer | Promise<Analyzer>;
  /**
   * A table of the grant's schema whose name and first column are upper case: at least one row, and `value` in that
   * column of one of them.
   */
  readonly table: { readonly name: string; readonly column: string; readonly value: string };
  /** A table that is not in the grant's schema, such as one of the engine's default schema, and a text in it. */
  readonly elsewhere?: { readonly name: string; readonly value: string };
  /**
   * Relations that the engine has of its own, as it names them: views of its catalogue, files. None of them is an
   * object of the schema.
   */
  readonly ownRelations?: readonly string[];
  /**
   * Calls of functions that the engine has of its own, such as macros, that would answer with the value of `table`:
   * `PEEK()`. None of them is one that the analyzer was given.
   */
  readonly ownCalls?: readonly string[];
  /** How a value of `table` is selected, where the engine cannot do `SELECT column FROM name`. */
  readonly select?: string;
}

/** What an adapter's author supplies for `engineContract`; a sample left out means the engine cannot do it. */
export interface EngineSubject {
  /** A fresh connector; closed by the case. */
  readonly connector: () => Connector | Promise<Connector>;
  /** A grant on a scope the connector offers. */
  readonly grant: Grant;
  /** Answers with exactly these columns and rows. */
  readonly few: EngineSample & { readonly columns: readonly string[]; readonly rows: readonly (readonly Cell[])[] };
  /** Answers with so many rows that they come in several batches. */
  readonly many?: EngineSample & { readonly count: number };
  /** Runs for many seconds unless it is cancelled. */
  readonly slow?: EngineSample;
  /** Is refused by the engine; `secret` is text in it that no error may repeat. */
  readonly failing: EngineSample & { readonly secret?: string };
  /** Changes `affected` rows; needs a grant with write access. */
  readonly write?: EngineSample & { readonly affected: number };
  /** Two statements in one text, for engines that could read it so. */
  readonly multiple?: EngineSample;
  /** Fails after it has answered with some rows. */
  readonly late?: EngineSample;
  /** For the cases on names; without it they are left out, and nothing is proven of them. */
  readonly names?: EngineNames;
  /** All that `describe` tells of the grant's schema, and nothing of any other. */
  readonly catalogue?: readonly CatalogueObject[];
}

export type RunSample = (sample: EngineSample, signal?: AbortSignal, timeLeftMs?: number) => Promise<Execution>;
export type EngineCaseBody = (run: RunSample, session: EngineSession, connector: Connector) => Promise<void>;

const sampleAnalysis: Omit<Analysis, 'canonical'> = {
  kind: 'read',
  operation: '',
  digest: '',
  redacted: '',
  summary: '',
  reads: [],
  writes: [],
  functions: [],
};

export type DefineCase = (name: string, use: EngineCaseBody) => ContractCase;

export function createStatement(
  { sql, binds = [], kind = 'read', reads = [], writes = [] }: EngineSample,
  count: number,
  timeLeftMs = 60_000,
): EngineStatement {
  return {
    id: `statement-${count}`,
    text: sql,
    canonical: sql,
    binds,
    analysis: { ...sampleAnalysis, kind, canonical: sql, reads, writes },
    limits: { maxRows: 1e9, maxBytes: 1e12 },
    timeLeftMs,
  };
}

export async function readAllRows(execution: Execution): Promise<Row[]> {
  const rows: Row[] = [];
  for await (const batch of execution.batches) rows.push(...batch);
  return rows;
}
