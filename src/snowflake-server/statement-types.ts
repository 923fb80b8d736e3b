import { StatementType } from '@duckdb/node-api';
import { tokenize } from './tokenizer.js';

/** What an answer's `statementTypeId` says, as Snowflake's own drivers list it (SFStatementType of the JDBC driver). */
export const statementTypes = {
  select: 0x1000,
  insert: 0x3100,
  update: 0x3200,
  delete: 0x3300,
  merge: 0x3400,
  alterSession: 0x4100,
  use: 0x4300,
  show: 0x4400,
  describe: 0x4500,
  transaction: 0x5000,
  ddl: 0x6000,
} as const;

/** Of a statement that DuckDB prepared. */
export function getPreparedType(prepared: StatementType): number {
  switch (prepared) {
    case StatementType.INSERT:
      return statementTypes.insert;
    case StatementType.UPDATE:
      return statementTypes.update;
    case StatementType.DELETE:
      return statementTypes.delete;
    case StatementType.MERGE_INTO:
      return statementTypes.merge;
    case StatementType.TRANSACTION:
      return statementTypes.transaction;
    case StatementType.CREATE:
    case StatementType.ALTER:
    case StatementType.DROP:
      return statementTypes.ddl;
    default:
      return statementTypes.select;
  }
}

/** Of a management statement, by its first words. */
export function getTextType(sql: string): number {
  const [first = '', second = ''] = tokenize(sql).map(({ value }) => value);
  if (first === 'USE') return statementTypes.use + (['DATABASE', 'SCHEMA', 'WAREHOUSE'].indexOf(second) + 1);
  if (first === 'SHOW') return statementTypes.show;
  if (first === 'DESC' || first === 'DESCRIBE') return statementTypes.describe;
  if (first === 'ALTER' && second === 'SESSION') return statementTypes.alterSession;
  return ['ALTER', 'CREATE', 'DROP', 'GRANT', 'REVOKE'].includes(first) ? statementTypes.ddl : statementTypes.select;
}
