import { AccessError, type Analysis } from '../../core/index.js';

/**
 * What Snowflake says that it ran (`statementTypeId`), by the first id of each type, as the vendor's own drivers list
 * them (SFStatementType of the
 * JDBC driver). A type holds up to the next.
 */
const statementTypes: readonly (readonly [from: number, name: string])[] = [
  [0x1000, 'SELECT'],
  [0x2000, 'unknown'],
  [0x3100, 'INSERT'],
  [0x3200, 'UPDATE'],
  [0x3300, 'DELETE'],
  [0x3400, 'MERGE'],
  [0x3500, 'MULTI_INSERT'],
  [0x3600, 'COPY'],
  [0x3700, 'UNLOAD'],
  [0x3800, 'DML'],
  [0x4000, 'SYSTEM'],
  [0x4100, 'ALTER_SESSION'],
  [0x4200, 'SYSTEM'],
  [0x4300, 'USE'],
  [0x4400, 'SHOW'],
  [0x4500, 'DESCRIBE'],
  [0x4600, 'SYSTEM'],
  [0x5000, 'TRANSACTION'],
  [0x6000, 'DDL'],
  [0x7000, 'unknown'],
];

const typesByOperation: Readonly<Record<string, readonly string[]>> = {
  INSERT: ['INSERT', 'MULTI_INSERT'],
  UPDATE: ['UPDATE'],
  DELETE: ['DELETE'],
  MERGE: ['MERGE'],
  TRUNCATE: ['DELETE', 'DML', 'DDL'],
};

/**
 * Throws ENGINE_DISAGREES where Snowflake ran another kind of statement than the analysis says, or does not say what it
 * ran.
 */
export function requireStatementType(analysis: Pick<Analysis, 'kind' | 'operation'>, id: number | undefined): void {
  const found = resolveTypeName(id);
  if (listExpectedTypes(analysis).includes(found)) return;
  throw new AccessError('ENGINE_DISAGREES', undefined, {
    detail: {
      reason: 'kind',
      expected: analysis.operation === '' ? analysis.kind : analysis.operation,
      found: id === undefined ? 'nothing' : `${found} (${id})`,
    },
  });
}

function resolveTypeName(id = 0): string {
  return statementTypes.findLast(([from]) => from <= id)?.[1] ?? 'unknown';
}

function listExpectedTypes({ kind, operation }: Pick<Analysis, 'kind' | 'operation'>): readonly string[] {
  if (kind === 'read') return ['SELECT'];
  if (kind === 'write')
    return (
      typesByOperation[operation] ??
      [...new Set(Object.values(typesByOperation).flat())].filter((each) => each !== 'DDL')
    );
  // How EXPLAIN is numbered, Snowflake's drivers do not list: it is no change, of data, objects or the session.
  if (kind === 'metadata') return ['SELECT', 'SHOW', 'DESCRIBE', 'SYSTEM'];
  return kind === 'ddl' ? ['DDL'] : [];
}
