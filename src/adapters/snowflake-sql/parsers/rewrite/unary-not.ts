import { after, before, says } from './tokens.js';

const leads = ['SELECT', 'DISTINCT', 'ALL', 'WHERE', 'AND', 'OR', 'NOT', 'ON', 'WHEN', 'THEN', 'ELSE', 'HAVING', 'QUALIFY', 'MATCH_CONDITION'];
const signs: ReadonlySet<string> = new Set(['(', ',', '=', '->']);

/**
 * `WHERE NOT a LIKE 'x'` becomes `WHERE a LIKE 'x'`, for polyglot, which keeps a negated LIKE as text.
 *
 * Why no object can get lost: only the word NOT is cut, and only where an expression begins, so that it negates one; every other word stays.
 */
export function conditionsWithoutNot(pieces: readonly string[]): string[] {
  return pieces.filter((piece, at) => {
    const lead = pieces[before(pieces, at)] ?? '';
    return !(says(piece, 'NOT') && (says(lead, ...leads) || signs.has(lead)) && !says(pieces[after(pieces, at)], 'MATCHED', 'NULL', 'LIKE', 'ILIKE', 'RLIKE', 'REGEXP', 'IN', 'BETWEEN', 'EXISTS'));
  });
}
