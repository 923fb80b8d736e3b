import type { Analysis, Refusal } from '../../../core/index.js';

type RefusalRow = readonly [code: Refusal['code'], message: string, hint?: string];

/** Why a statement is not judged further: a closed table, checked against docs/statements.md both ways. */
export const refusals = {
  'sql.empty': ['NOT_UNDERSTOOD', 'There is no statement.'],
  'sql.too_long': [
    'NOT_UNDERSTOOD',
    'The statement is longer than can be judged.',
    'Split it, or pass long lists of values as binds.',
  ],
  'sql.too_deep': [
    'NOT_UNDERSTOOD',
    'The statement nests deeper or chains more operators than can be judged.',
    'Split it with CTEs, or use IN or VALUES for long chains of conditions.',
  ],
  'sql.character': [
    'NOT_UNDERSTOOD',
    'A character outside quotes can be read in more than one way.',
    'Write names with plain letters, or in double quotes, and use plain spaces.',
  ],
  'sql.unterminated': ['NOT_UNDERSTOOD', 'A string, a quoted name or a comment does not end.'],
  'sql.comment': ['NOT_UNDERSTOOD', 'A comment can be read in more than one way.', 'Leave the comment out.'],
  'sql.quoted_name': [
    'NOT_UNDERSTOOD',
    'A quoted name holds what two readers could read differently.',
    'Use a name without quotes, backslashes or line breaks in it.',
  ],
  'sql.string': [
    'NOT_UNDERSTOOD',
    'A string literal can be read in more than one way.',
    "Write '...' without a prefix, and join strings with ||.",
  ],
  'sql.number': ['NOT_UNDERSTOOD', 'A number runs into a name.'],
  'sql.template': [
    'NOT_UNDERSTOOD',
    'A template or client-side variable was not filled in.',
    'Fill in {{...}} and &name before sending.',
  ],
  'sql.multiple_statements': [
    'STATEMENT_REFUSED',
    'There is more than one statement.',
    'Send one statement at a time.',
  ],
  'sql.unknown_statement': [
    'NOT_UNDERSTOOD',
    'The statement does not begin like any that is known here.',
    'Begin with SELECT or WITH.',
  ],
  'sql.unparsed': [
    'NOT_UNDERSTOOD',
    'The statement could not be read with certainty.',
    'Check the syntax, and write it more simply.',
  ],
  'sql.parsers_disagree': [
    'NOT_UNDERSTOOD',
    'Two readers of the statement do not agree on what it does.',
    'Write it more simply: qualify names, and name subqueries.',
  ],
  'sql.relation_unclear': [
    'NOT_UNDERSTOOD',
    'A table name could not be accounted for.',
    'Name every table plainly after FROM or JOIN.',
  ],
  'sql.too_slow': ['NOT_UNDERSTOOD', 'Reading the statement took too long.', 'Make it shorter or less nested.'],
  'sql.parser_failed': [
    'NOT_UNDERSTOOD',
    'A parser failed inside over the statement.',
    'Make it shorter or less nested.',
  ],
  'sql.dynamic_name': [
    'STATEMENT_REFUSED',
    'A name is not known until the statement runs.',
    'Write the name of the table out.',
  ],
  'sql.variable': ['STATEMENT_REFUSED', 'Session variables are not used here.', 'Pass the value as a bind: ? or :1.'],
  'sql.too_costly': [
    'STATEMENT_REFUSED',
    'The statement multiplies tables without a condition, or makes rows without end.',
    'Join on a condition, or say WHERE; make fewer rows.',
  ],
  'sql.locks_rows': ['STATEMENT_REFUSED', 'FOR UPDATE locks rows.', 'Leave FOR UPDATE out.'],
  'sql.stage': ['STATEMENT_REFUSED', 'Stages and files are not reached from a session.', 'Read a table instead.'],
  'sql.moves_data': ['STATEMENT_REFUSED', 'Moving data in or out of the account is not done in a session.'],
  'sql.rights': ['STATEMENT_REFUSED', 'Rights are not given or taken in a session.'],
  'sql.session_state': [
    'STATEMENT_REFUSED',
    'Role, warehouse, database, schema, parameters and variables of a session are fixed.',
    'Qualify names with their schema instead of USE.',
  ],
  'sql.transaction': [
    'STATEMENT_REFUSED',
    'Transactions are not controlled in a session: each statement stands for itself.',
  ],
  'sql.script': [
    'STATEMENT_REFUSED',
    'Scripts do not run in a session.',
    'Send the single statements that it consists of.',
  ],
  'sql.procedure': [
    'STATEMENT_REFUSED',
    'Procedures do not run in a session: what they do cannot be seen.',
    'Send the statement that it would run.',
  ],
  'sql.ddl_kind': ['STATEMENT_REFUSED', 'Only plain tables and views are created, altered or dropped in a session.'],
  'sql.ddl_option': [
    'STATEMENT_REFUSED',
    'The definition uses something that reaches beyond the table or view itself.',
    'Leave policies, tags, grants and templates out.',
  ],
  'sql.function': [
    'STATEMENT_REFUSED',
    'A function is called that is not known to be harmless.',
    'Use Snowflake built-ins that only compute; a connection may allow functions of its own by name.',
  ],
  'sql.function_name': [
    'STATEMENT_REFUSED',
    'A quoted or qualified function is never a built-in.',
    'Call built-ins by their bare name.',
  ],
  'sql.sequence': ['STATEMENT_REFUSED', 'Taking a value from a sequence changes it.'],
  'sql.metadata': [
    'STATEMENT_REFUSED',
    'This shows more than the session may see.',
    'Use DESCRIBE TABLE name, or SHOW TABLES IN SCHEMA name within the session.',
  ],
  'sql.dialect': [
    'NOT_UNDERSTOOD',
    'The engine of this connection would read the statement otherwise.',
    'Write it more simply, in SQL that the engine has too.',
  ],
  'sql.flow': [
    'NOT_UNDERSTOOD',
    'A chain with ->> is judged only where each part is a SELECT that reads $1 plainly.',
    'Use a CTE instead of ->>.',
  ],
} as const satisfies Readonly<Record<string, RefusalRow>>;

export type RefusalReason = keyof typeof refusals;

/** Ends the judgement of a statement. `detail` names what it is about, never a literal. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
  readonly reason: RefusalReason;
  readonly detail: string | undefined;
  /** What it would have touched, as far as that is known all the same. */
  objects: Pick<Analysis, 'reads' | 'writes'> | undefined;

  constructor(reason: RefusalReason, detail?: string) {
    super(reason);
    this.reason = reason;
    this.detail = detail;
  }

  /** In words for people and models. */
  toRefusal(): Refusal {
    const [code, message, hint]: RefusalRow = refusals[this.reason];
    return {
      code,
      reason: this.reason,
      message: this.detail === undefined ? message : `${message} (${this.detail})`,
      ...(hint === undefined ? {} : { hint }),
    };
  }
}
