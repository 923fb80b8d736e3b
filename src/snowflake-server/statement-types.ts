import { StatementType } from '@duckdb/node-api';
import { piecesOf } from './tokens.js';

/** What an answer's `statementTypeId` says, as Snowflake's own drivers list it (SFStatementType of the JDBC driver). */
export const types = { select: 0x1000, insert: 0x3100, update: 0x3200, delete: 0x3300, merge: 0x3400, alterSession: 0x4100, use: 0x4300, show: 0x4400, describe: 0x4500, transaction: 0x5000, ddl: 0x6000 } as const;

/** Of a statement that DuckDB prepared. */
export function typeOfPrepared(prepared: StatementType): number {
  switch (prepared) {
    case StatementType.INSERT:
      return types.insert;
    case StatementType.UPDATE:
      return types.update;
    case StatementType.DELETE:
      return types.delete;
    case StatementType.MERGE_INTO:
      return types.merge;
    case StatementType.TRANSACTION:
      return types.transaction;
    case StatementType.CREATE: case StatementType.ALTER: case StatementType.DROP:
      return types.ddl;
    default:
      return types.select;
  }
}

/** Of a management statement, by its first words. */
export function typeOfText(sql: string): number {
  const [first = '', second = ''] = piecesOf(sql).map(({ value }) => value);
  if (first === 'USE') return types.use + (['DATABASE', 'SCHEMA', 'WAREHOUSE'].indexOf(second) + 1);
  if (first === 'SHOW') return types.show;
  if (first === 'DESC' || first === 'DESCRIBE') return types.describe;
  if (first === 'ALTER' && second === 'SESSION') return types.alterSession;
  return ['ALTER', 'CREATE', 'DROP', 'GRANT', 'REVOKE'].includes(first) ? types.ddl : types.select;
}
