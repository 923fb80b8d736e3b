import { StatementType, type DuckDBConnection, type DuckDBPreparedStatement } from '@duckdb/node-api';
import { AccessError, type Access } from '../../core/index.js';

const readTypes: ReadonlySet<StatementType> = new Set([StatementType.SELECT, StatementType.EXPLAIN]);
const writeTypes: ReadonlySet<StatementType> = new Set([
  StatementType.INSERT,
  StatementType.UPDATE,
  StatementType.DELETE,
  StatementType.MERGE_INTO,
  StatementType.CREATE,
  StatementType.ALTER,
  StatementType.DROP,
]);

/** DuckDB turns PRAGMA and CALL into SELECT before it names the type, so the first word must be known too. */
const allowedFirstWord =
  /^[\s(]*(?:SELECT|WITH|VALUES|FROM|TABLE|SHOW|DESCRIBE|DESC|EXPLAIN|INSERT|UPDATE|DELETE|MERGE|TRUNCATE|CREATE|ALTER|DROP|COMMENT)\b/i;

/**
 * Functions that read files or change the whole instance. The lock-down denies files, except those of the database
 * itself:
 * read_blob of the attached file would show every schema in it.
 */
const forbiddenFunctions =
  /\b(?:read_\w+|sniff_\w+|glob|parquet_\w+|pragma_\w+|enable_\w+|disable_\w+|(?:force_)?checkpoint|\w*secrets?|query(?:_table)?|duckdb_logs\w*|truncate_duckdb_logs|test_\w+|seq_scan|arrow_scan\w*)"?\s*\(/i;
const fileNamePattern = /\b(?:FROM|JOIN)\s*'/i;
/** A macro would answer for a function of any statement after it. */
const forbiddenCreate =
  /^\s*(?:CREATE|DROP)\s+(?:OR\s+REPLACE\s+)?(?:PERSISTENT\s+|TEMPORARY\s+|TEMP\s+)?(?:SECRET|MACRO|FUNCTION)\b/i;

/**
 * Prepares exactly one statement of a kind this access may run, or throws ENGINE_REJECTED. The second check, after the
 * analysis.
 */
export async function prepareStatement(
  connection: DuckDBConnection,
  sql: string,
  access: Access,
): Promise<DuckDBPreparedStatement> {
  if (
    !allowedFirstWord.test(sql) ||
    forbiddenFunctions.test(sql) ||
    fileNamePattern.test(sql) ||
    forbiddenCreate.test(sql)
  )
    throw createRefusedError();
  const statements = await connection.extractStatements(sql);
  if (statements.count !== 1)
    throw new AccessError('ENGINE_REJECTED', 'The engine runs exactly one statement at a time.');
  const prepared = await statements.prepare(0);
  if (readTypes.has(prepared.statementType) || (access === 'write' && writeTypes.has(prepared.statementType)))
    return prepared;
  prepared.destroySync();
  throw createRefusedError();
}

function createRefusedError(): AccessError {
  return new AccessError('ENGINE_REJECTED', 'The engine does not run statements of this kind in this session.');
}
