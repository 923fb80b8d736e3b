import type { StatementKind } from '../../core/index.js';
import { Refused, type Reason } from './refusal.js';
import { isSign, isWord, type Token } from './token.js';

/** What a statement is by its first words. `refuse` where no statement of that kind is judged further. */
export interface Kind {
  readonly kind: StatementKind;
  readonly operation: string;
  readonly refuse?: Reason;
}

const firstWords: Readonly<Record<string, Kind>> = {
  INSERT: { kind: 'write', operation: 'INSERT' }, UPDATE: { kind: 'write', operation: 'UPDATE' }, DELETE: { kind: 'write', operation: 'DELETE' },
  MERGE: { kind: 'write', operation: 'MERGE' }, TRUNCATE: { kind: 'write', operation: 'TRUNCATE' },
  GRANT: { kind: 'dcl', operation: 'GRANT', refuse: 'sql.rights' }, REVOKE: { kind: 'dcl', operation: 'REVOKE', refuse: 'sql.rights' },
  USE: { kind: 'session', operation: 'USE', refuse: 'sql.session_state' }, SET: { kind: 'session', operation: 'SET', refuse: 'sql.session_state' },
  UNSET: { kind: 'session', operation: 'UNSET', refuse: 'sql.session_state' },
  COMMIT: { kind: 'transaction', operation: 'COMMIT', refuse: 'sql.transaction' }, ROLLBACK: { kind: 'transaction', operation: 'ROLLBACK', refuse: 'sql.transaction' },
  START: { kind: 'transaction', operation: 'START', refuse: 'sql.transaction' },
  COPY: { kind: 'exfil', operation: 'COPY', refuse: 'sql.moves_data' }, PUT: { kind: 'exfil', operation: 'PUT', refuse: 'sql.moves_data' }, GET: { kind: 'exfil', operation: 'GET', refuse: 'sql.moves_data' },
  LIST: { kind: 'exfil', operation: 'LIST', refuse: 'sql.stage' }, LS: { kind: 'exfil', operation: 'LIST', refuse: 'sql.stage' },
  REMOVE: { kind: 'exfil', operation: 'REMOVE', refuse: 'sql.stage' }, RM: { kind: 'exfil', operation: 'REMOVE', refuse: 'sql.stage' },
  CALL: { kind: 'call', operation: 'CALL', refuse: 'sql.procedure' },
  DECLARE: { kind: 'script', operation: 'DECLARE', refuse: 'sql.script' }, EXECUTE: { kind: 'script', operation: 'EXECUTE', refuse: 'sql.script' },
  LET: { kind: 'script', operation: 'LET', refuse: 'sql.script' }, IF: { kind: 'script', operation: 'IF', refuse: 'sql.script' }, FOR: { kind: 'script', operation: 'FOR', refuse: 'sql.script' },
  WHILE: { kind: 'script', operation: 'WHILE', refuse: 'sql.script' }, LOOP: { kind: 'script', operation: 'LOOP', refuse: 'sql.script' }, REPEAT: { kind: 'script', operation: 'REPEAT', refuse: 'sql.script' },
  RETURN: { kind: 'script', operation: 'RETURN', refuse: 'sql.script' }, RAISE: { kind: 'script', operation: 'RAISE', refuse: 'sql.script' }, OPEN: { kind: 'script', operation: 'OPEN', refuse: 'sql.script' },
  FETCH: { kind: 'script', operation: 'FETCH', refuse: 'sql.script' }, CLOSE: { kind: 'script', operation: 'CLOSE', refuse: 'sql.script' },
  SHOW: { kind: 'metadata', operation: 'SHOW' }, DESCRIBE: { kind: 'metadata', operation: 'DESCRIBE' }, DESC: { kind: 'metadata', operation: 'DESCRIBE' }, EXPLAIN: { kind: 'metadata', operation: 'EXPLAIN' },
  COMMENT: { kind: 'ddl', operation: 'COMMENT', refuse: 'sql.ddl_kind' }, UNDROP: { kind: 'ddl', operation: 'UNDROP', refuse: 'sql.ddl_kind' },
};

const unknown: Kind = { kind: 'invalid', operation: '', refuse: 'sql.unknown_statement' };

/** The kind, by an allow-list: what is not listed is `invalid`. */
export function kindOf(tokens: readonly Token[]): Kind {
  const first = tokens.find((token) => !isSign(token, '('));
  if (first === undefined) throw new Refused('sql.empty');
  if (first.kind !== 'word') return unknown;
  if (isWord(first, 'SELECT', 'VALUES', 'WITH')) return queryKind(tokens, isWord(first, 'WITH') ? 'SELECT' : first.upper);
  if (first !== tokens[0]) return unknown;
  if (isWord(first, 'BEGIN')) return beginKind(tokens);
  if (isWord(first, 'CREATE', 'ALTER', 'DROP')) return definitionKind(tokens, first.upper);
  return Object.hasOwn(firstWords, first.upper) ? (firstWords[first.upper] as Kind) : unknown;
}

/** A query, unless it does something: WITH p AS PROCEDURE, SELECT INTO, FOR UPDATE, or a change hidden in brackets. */
function queryKind(tokens: readonly Token[], operation: string): Kind {
  for (let at = 0; at < tokens.length; at += 1) {
    const [token, next] = [tokens[at] as Token, tokens[at + 1]];
    if (token.kind !== 'word') continue;
    if (isWord(token, 'AS') && isWord(next, 'PROCEDURE')) return { kind: 'call', operation: 'CALL', refuse: 'sql.procedure' };
    if (isWord(token, 'INTO')) return { kind: 'script', operation: 'SELECT INTO', refuse: 'sql.script' };
    if (isWord(token, 'FOR') && isWord(next, 'UPDATE')) return { kind: 'read', operation, refuse: 'sql.locks_rows' };
    const begins = at === 0 || isSign(tokens[at - 1], '(') || isSign(tokens[at - 1], ')');
    if (begins && isWord(token, 'INSERT', 'UPDATE', 'DELETE', 'MERGE', 'TRUNCATE', 'CREATE', 'ALTER', 'DROP', 'CALL', 'GRANT', 'COPY', 'EXECUTE') && next?.kind === 'word') return unknown;
  }
  return { kind: 'read', operation };
}

function beginKind(tokens: readonly Token[]): Kind {
  const plain = tokens.length === 1 || (isWord(tokens[1], 'WORK', 'TRANSACTION', 'NAME') && tokens.length <= 4);
  return plain ? { kind: 'transaction', operation: 'BEGIN', refuse: 'sql.transaction' } : { kind: 'script', operation: 'BEGIN', refuse: 'sql.script' };
}

const fillers = ['OR', 'REPLACE', 'ALTER', 'LOCAL', 'GLOBAL', 'TEMP', 'TEMPORARY', 'VOLATILE', 'TRANSIENT', 'SECURE', 'RECURSIVE'];
const rightsOf = ['ROLE', 'USER', 'SHARE', 'POLICY', 'NETWORK', 'SECURITY', 'INTEGRATION'];

function definitionKind(tokens: readonly Token[], verb: string): Kind {
  const what = tokens.slice(1).find((token) => verb !== 'CREATE' || !isWord(token, ...fillers));
  if (isWord(what, 'SESSION')) return { kind: 'session', operation: `${verb} SESSION`, refuse: 'sql.session_state' };
  if (isWord(what, ...rightsOf)) return { kind: 'dcl', operation: verb, refuse: 'sql.rights' };
  if (!isWord(what, 'TABLE', 'VIEW')) return { kind: 'ddl', operation: verb, refuse: 'sql.ddl_kind' };
  return { kind: 'ddl', operation: `${verb} ${(what as Token).upper}` };
}

/** Parts of a definition that reach beyond the table or view itself. */
export function checkDefinition(tokens: readonly Token[]): void {
  for (const [at, token] of tokens.entries()) {
    const next = tokens[at + 1];
    const reaches =
      isWord(token, 'POLICY', 'TAG', 'SWAP', 'TEMPLATE', 'STAGE_FILE_FORMAT', 'STAGE_COPY_OPTIONS', 'CONTACT') || (isWord(token, 'COPY') && isWord(next, 'GRANTS')) ||
      (isWord(token, 'WITH') && isWord(next, 'MANAGED')) || (isWord(token, 'DEFAULT_DDL_COLLATION') && isSign(next, '='));
    if (reaches) throw new Refused('sql.ddl_option', token.upper);
  }
}

/** Where a query that `EXPLAIN` shows the plan of begins; undefined for anything else. */
export function explained(tokens: readonly Token[]): readonly Token[] | undefined {
  const rest = isWord(tokens[1], 'USING') && isWord(tokens[2], 'TABULAR', 'JSON', 'TEXT') ? tokens.slice(3) : tokens.slice(1);
  return isWord(rest[0], 'SELECT', 'WITH') ? rest : undefined;
}

/** The kind of a statement that was refused: one that leaves by a stage or a model is no mere read, nor is one that runs code nobody here knows. */
export function refusedKind({ reason, detail = '' }: Refused, kind: StatementKind): StatementKind {
  if (reason === 'sql.stage') return 'exfil';
  if (kind !== 'read' || (reason !== 'sql.function' && reason !== 'sql.function_name')) return kind;
  const known = detail.includes(': ');
  if (!known) return 'call';
  return detail.includes('to a model') ? 'exfil' : kind;
}
