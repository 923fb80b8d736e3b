import { formatObject, formatSchema, type Analysis, type SchemaRef } from '../../core/index.js';

/** What the plain policy says of one statement. */
export interface PlainDecision {
  readonly decision: 'allow' | 'approval' | 'deny';
  /** The denial's code; null where nothing is denied. */
  readonly code: string | null;
  /** Stable for programs: `sql.stage`, `scope.object`; null where nothing is denied. */
  readonly reason: string | null;
  /** The same for people, with what to do about it. */
  readonly message: string;
}

/**
 * The plain policy: reads and metadata inside the scope are allowed, writes and definitions inside it need approval,
 * all else is denied.
 */
export function decideByPlainPolicy({ kind, reads, writes, refusal }: Analysis, scope: SchemaRef): PlainDecision {
  if (refusal !== undefined) {
    return {
      decision: 'deny',
      code: refusal.code,
      reason: refusal.reason,
      message: refusal.hint === undefined ? refusal.message : `${refusal.message} ${refusal.hint}`,
    };
  }
  const outside = [...reads, ...writes]
    .filter((each) => each.database !== scope.database || each.schema !== scope.schema)
    .map(formatObject);
  if (outside.length > 0)
    return {
      decision: 'deny',
      code: 'OUT_OF_SCOPE',
      reason: 'scope.object',
      message: `${[...new Set(outside)].join(', ')}: outside ${formatSchema(scope)}.`,
    };
  if ((kind === 'read' || kind === 'metadata') && writes.length === 0)
    return { decision: 'allow', code: null, reason: null, message: 'It only reads, inside the scope.' };
  if (kind === 'write' || kind === 'ddl')
    return {
      decision: 'approval',
      code: null,
      reason: null,
      message: 'It changes something inside the scope: a person must agree.',
    };
  return {
    decision: 'deny',
    code: 'STATEMENT_REFUSED',
    reason: `kind.${kind}`,
    message: 'Statements of this kind never run in a session.',
  };
}
