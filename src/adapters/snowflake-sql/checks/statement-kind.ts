import type { StatementKind } from '../../../core/index.js';
import { RefusedError, type RefusalReason } from './refusal.js';
import { isSign, isWord, type SqlToken } from '../lex/token.js';

/** What a statement is by its first words. `refuse` where no statement of that kind is judged further. */
export interface ClassifiedStatement {
  readonly kind: StatementKind;
  readonly operation: string;
  readonly refusalReason?: RefusalReason;
}

const kindByFirstWord: Readonly<Record<string, ClassifiedStatement>> = {
  INSERT: { kind: 'write', operation: 'INSERT' },
  UPDATE: { kind: 'write', operation: 'UPDATE' },
  DELETE: { kind: 'write', operation: 'DELETE' },
  MERGE: { kind: 'write', operation: 'MERGE' },
  TRUNCATE: { kind: 'write', operation: 'TRUNCATE' },
  GRANT: { kind: 'dcl', operation: 'GRANT', refusalReason: 'sql.rights' },
  REVOKE: { kind: 'dcl', operation: 'REVOKE', refusalReason: 'sql.rights' },
  USE: { kind: 'session', operation: 'USE', refusalReason: 'sql.session_state' },
  SET: { kind: 'session', operation: 'SET', refusalReason: 'sql.session_state' },
  UNSET: { kind: 'session', operation: 'UNSET', refusalReason: 'sql.session_state' },
  COMMIT: { kind: 'transaction', operation: 'COMMIT', refusalReason: 'sql.transaction' },
  ROLLBACK: { kind: 'transaction', operation: 'ROLLBACK', refusalReason: 'sql.transaction' },
  START: { kind: 'transaction', operation: 'START', refusalReason: 'sql.transaction' },
  COPY: { kind: 'exfil', operation: 'COPY', refusalReason: 'sql.moves_data' },
  PUT: { kind: 'exfil', operation: 'PUT', refusalReason: 'sql.moves_data' },
  GET: { kind: 'exfil', operation: 'GET', refusalReason: 'sql.moves_data' },
  LIST: { kind: 'exfil', operation: 'LIST', refusalReason: 'sql.stage' },
  LS: { kind: 'exfil', operation: 'LIST', refusalReason: 'sql.stage' },
  REMOVE: { kind: 'exfil', operation: 'REMOVE', refusalReason: 'sql.stage' },
  RM: { kind: 'exfil', operation: 'REMOVE', refusalReason: 'sql.stage' },
  CALL: { kind: 'call', operation: 'CALL', refusalReason: 'sql.procedure' },
  DECLARE: { kind: 'script', operation: 'DECLARE', refusalReason: 'sql.script' },
  EXECUTE: { kind: 'script', operation: 'EXECUTE', refusalReason: 'sql.script' },
  LET: { kind: 'script', operation: 'LET', refusalReason: 'sql.script' },
  IF: { kind: 'script', operation: 'IF', refusalReason: 'sql.script' },
  FOR: { kind: 'script', operation: 'FOR', refusalReason: 'sql.script' },
  WHILE: { kind: 'script', operation: 'WHILE', refusalReason: 'sql.script' },
  LOOP: { kind: 'script', operation: 'LOOP', refusalReason: 'sql.script' },
  REPEAT: { kind: 'script', operation: 'REPEAT', refusalReason: 'sql.script' },
  RETURN: { kind: 'script', operation: 'RETURN', refusalReason: 'sql.script' },
  RAISE: { kind: 'script', operation: 'RAISE', refusalReason: 'sql.script' },
  OPEN: { kind: 'script', operation: 'OPEN', refusalReason: 'sql.script' },
  FETCH: { kind: 'script', operation: 'FETCH', refusalReason: 'sql.script' },
  CLOSE: { kind: 'script', operation: 'CLOSE', refusalReason: 'sql.script' },
  SHOW: { kind: 'metadata', operation: 'SHOW' },
  DESCRIBE: { kind: 'metadata', operation: 'DESCRIBE' },
  DESC: { kind: 'metadata', operation: 'DESCRIBE' },
  EXPLAIN: { kind: 'metadata', operation: 'EXPLAIN' },
  COMMENT: { kind: 'ddl', operation: 'COMMENT', refusalReason: 'sql.ddl_kind' },
  UNDROP: { kind: 'ddl', operation: 'UNDROP', refusalReason: 'sql.ddl_kind' },
};

const unknownStatement: ClassifiedStatement = {
  kind: 'invalid',
  operation: '',
  refusalReason: 'sql.unknown_statement',
};

/** The kind, by an allow-list: what is not listed is `invalid`. */
export function classifyStatement(tokens: readonly SqlToken[]): ClassifiedStatement {
  const first = tokens.find((token) => !isSign(token, '('));
  if (first === undefined) throw new RefusedError('sql.empty');
  if (first.kind !== 'word') return unknownStatement;
  if (isWord(first, 'SELECT', 'VALUES', 'WITH'))
    return classifyQuery(tokens, isWord(first, 'WITH') ? 'SELECT' : first.upper);
  if (first !== tokens[0]) return unknownStatement;
  if (isWord(first, 'BEGIN')) return classifyBegin(tokens);
  if (isWord(first, 'CREATE', 'ALTER', 'DROP')) return classifyDefinition(tokens, first.upper);
  return Object.hasOwn(kindByFirstWord, first.upper)
    ? (kindByFirstWord[first.upper] as ClassifiedStatement)
    : unknownStatement;
}

/** A query, unless it does something: WITH p AS PROCEDURE, SELECT INTO, FOR UPDATE, or a change hidden in brackets. */
function classifyQuery(tokens: readonly SqlToken[], operation: string): ClassifiedStatement {
  for (let at = 0; at < tokens.length; at += 1) {
    const [token, next] = [tokens[at] as SqlToken, tokens[at + 1]];
    if (token.kind !== 'word') continue;
    if (isWord(token, 'AS') && isWord(next, 'PROCEDURE'))
      return { kind: 'call', operation: 'CALL', refusalReason: 'sql.procedure' };
    if (isWord(token, 'INTO')) return { kind: 'script', operation: 'SELECT INTO', refusalReason: 'sql.script' };
    if (isWord(token, 'FOR') && isWord(next, 'UPDATE'))
      return { kind: 'read', operation, refusalReason: 'sql.locks_rows' };
    const begins = at === 0 || isSign(tokens[at - 1], '(') || isSign(tokens[at - 1], ')');
    if (
      begins &&
      isWord(
        token,
        'INSERT',
        'UPDATE',
        'DELETE',
        'MERGE',
        'TRUNCATE',
        'CREATE',
        'ALTER',
        'DROP',
        'CALL',
        'GRANT',
        'COPY',
        'EXECUTE',
      ) &&
      next?.kind === 'word'
    )
      return unknownStatement;
  }
  return { kind: 'read', operation };
}

function classifyBegin(tokens: readonly SqlToken[]): ClassifiedStatement {
  const plain = tokens.length === 1 || (isWord(tokens[1], 'WORK', 'TRANSACTION', 'NAME') && tokens.length <= 4);
  return plain
    ? { kind: 'transaction', operation: 'BEGIN', refusalReason: 'sql.transaction' }
    : { kind: 'script', operation: 'BEGIN', refusalReason: 'sql.script' };
}

const createModifiers = [
  'OR',
  'REPLACE',
  'ALTER',
  'LOCAL',
  'GLOBAL',
  'TEMP',
  'TEMPORARY',
  'VOLATILE',
  'TRANSIENT',
  'SECURE',
  'RECURSIVE',
];
const rightsObjects = ['ROLE', 'USER', 'SHARE', 'POLICY', 'NETWORK', 'SECURITY', 'INTEGRATION'];

function classifyDefinition(tokens: readonly SqlToken[], verb: string): ClassifiedStatement {
  const what = tokens.slice(1).find((token) => verb !== 'CREATE' || !isWord(token, ...createModifiers));
  if (isWord(what, 'SESSION'))
    return { kind: 'session', operation: `${verb} SESSION`, refusalReason: 'sql.session_state' };
  if (isWord(what, ...rightsObjects)) return { kind: 'dcl', operation: verb, refusalReason: 'sql.rights' };
  if (!isWord(what, 'TABLE', 'VIEW')) return { kind: 'ddl', operation: verb, refusalReason: 'sql.ddl_kind' };
  return { kind: 'ddl', operation: `${verb} ${(what as SqlToken).upper}` };
}

/** Parts of a definition that reach beyond the table or view itself. */
export function checkDefinition(tokens: readonly SqlToken[]): void {
  for (const [at, token] of tokens.entries()) {
    const next = tokens[at + 1];
    const reaches =
      isWord(token, 'POLICY', 'TAG', 'SWAP', 'TEMPLATE', 'STAGE_FILE_FORMAT', 'STAGE_COPY_OPTIONS', 'CONTACT') ||
      (isWord(token, 'COPY') && isWord(next, 'GRANTS')) ||
      (isWord(token, 'WITH') && isWord(next, 'MANAGED')) ||
      (isWord(token, 'DEFAULT_DDL_COLLATION') && isSign(next, '='));
    if (reaches) throw new RefusedError('sql.ddl_option', token.upper);
  }
}

/** Where a query that `EXPLAIN` shows the plan of begins; undefined for anything else. */
export function findExplainedQuery(tokens: readonly SqlToken[]): readonly SqlToken[] | undefined {
  const rest =
    isWord(tokens[1], 'USING') && isWord(tokens[2], 'TABULAR', 'JSON', 'TEXT') ? tokens.slice(3) : tokens.slice(1);
  return isWord(rest[0], 'SELECT', 'WITH') ? rest : undefined;
}

/**
 * The kind of a statement that was refused: one that leaves by a stage or a model is no mere read, nor is one that runs
 * code nobody here knows.
 */
export function classifyRefused({ reason, detail = '' }: RefusedError, kind: StatementKind): StatementKind {
  if (reason === 'sql.stage') return 'exfil';
  if (kind !== 'read' || (reason !== 'sql.function' && reason !== 'sql.function_name')) return kind;
  const known = detail.includes(': ');
  if (!known) return 'call';
  return detail.includes('to a model') ? 'exfil' : kind;
}
