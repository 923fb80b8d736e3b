/** A piece of SQL, for the eye only: what a statement is and does was found out by the gateway. */
export interface HighlightToken {
  readonly kind: 'comment' | 'string' | 'quoted' | 'number' | 'keyword' | 'word' | 'sign';
  readonly text: string;
  /** How many brackets are open around it. */
  readonly depth: number;
}

/**
 * As Snowflake cuts it: `''` and backslashes inside strings, `$$` strings, `--`, `//` and block comments. Whatever is
 * not known is a sign.
 */
const tokenPattern =
  /(--[^\n]*|\/\/[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|('(?:[^'\\]|''|\\[\s\S])*(?:'|\\?$)|\$\$[\s\S]*?(?:\$\$|$))|("(?:[^"]|"")*(?:"|$))|((?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)|([\p{L}_][\p{L}\p{M}\p{N}_$]*)|(\s+|[\s\S])/gu;

const tokenKinds = ['comment', 'string', 'quoted', 'number', 'word', 'sign'] as const;

const keywords: ReadonlySet<string> = new Set(
  (
    'ALL ALTER AND ANY AS ASC BEGIN BETWEEN BY CALL CASE CAST CLUSTER COLUMN COMMENT COMMIT COPY CREATE CROSS CURRENT DATABASE DEFAULT DELETE DESC DESCRIBE DISTINCT DROP ELSE END ESCAPE EXCEPT EXECUTE EXISTS EXPLAIN FALSE ' +
    'FETCH FIRST FOLLOWING FOR FROM FULL FUNCTION GRANT GROUP HAVING IF ILIKE IN INNER INSERT INTERSECT INTERVAL INTO IS JOIN LAST LATERAL LEFT LIKE LIMIT MATCHED MERGE MINUS NATURAL NOT NULL NULLS OFFSET ON OR ORDER OUTER OVER ' +
    'OVERWRITE PARTITION PRECEDING PROCEDURE QUALIFY RANGE RECURSIVE RENAME REPLACE REVOKE RIGHT RLIKE ROLE ROLLBACK ROW ROWS SAMPLE SCHEMA SELECT SET SHOW STAGE TABLE TEMPORARY THEN TO TOP TRANSACTION TRUE TRUNCATE UNBOUNDED ' +
    'UNION UPDATE USE USING VALUES VIEW WHEN WHERE WINDOW WITH'
  ).split(' '),
);

/** Cuts SQL into pieces; together they are the text. Never throws, whatever the text is. */
export function tokenizeSql(sql: string): readonly HighlightToken[] {
  let depth = 0;
  return [...sql.matchAll(tokenPattern)].map((match) => {
    const text = match[0];
    const kind = tokenKinds[match.slice(1).findIndex((group) => group !== undefined)] ?? 'sign';
    if (text === ')') depth = Math.max(0, depth - 1);
    const piece = {
      kind: kind === 'word' && keywords.has(text.toUpperCase()) ? ('keyword' as const) : kind,
      text,
      depth,
    };
    if (text === '(') depth += 1;
    return piece;
  });
}

const clauseKeywords: ReadonlySet<string> = new Set([
  'FROM',
  'WHERE',
  'SET',
  'VALUES',
  'GROUP',
  'HAVING',
  'QUALIFY',
  'ORDER',
  'LIMIT',
  'UNION',
  'INTERSECT',
  'EXCEPT',
  'MINUS',
  'USING',
  'WHEN',
  'LEFT',
  'RIGHT',
  'FULL',
  'INNER',
  'CROSS',
  'NATURAL',
  'JOIN',
  'SELECT',
]);
const joinKeywords: ReadonlySet<string> = new Set([
  'LEFT',
  'RIGHT',
  'FULL',
  'INNER',
  'CROSS',
  'NATURAL',
  'OUTER',
  'DELETE',
  'WITHIN',
  'DISTINCT',
]);

/** Where a line may well begin, so that the parts of a statement stand apart; by index of the piece. */
export function findLineStarts(pieces: readonly HighlightToken[]): ReadonlySet<number> {
  const starts = new Set<number>();
  let before = '';
  for (const [index, { kind, text, depth }] of pieces.entries()) {
    if (/^\s+$/.test(text)) continue;
    const upper = text.toUpperCase();
    if (before !== '' && kind === 'keyword' && depth === 0 && clauseKeywords.has(upper) && !joinKeywords.has(before))
      starts.add(index);
    before = upper;
  }
  return starts;
}
