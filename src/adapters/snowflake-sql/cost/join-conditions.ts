import { findClosing, isIdentifier, isSign, isWord, type SqlToken } from '../lex/token.js';

const comparisonSigns: ReadonlySet<string> = new Set(['=', '<', '>', '<=', '>=', '<>', '!=']);
const constants = [
  'TRUE',
  'FALSE',
  'NULL',
  'CURRENT_DATE',
  'CURRENT_TIMESTAMP',
  'DATE',
  'TIMESTAMP',
  'INTERVAL',
  'ANY',
  'ALL',
  'SOME',
];

/** What conditions tie the relations of one FROM together, and whether they say anything at all. */
export class JoinConditions {
  count = 0;
  /** True once a condition is met that is not one like `TRUE` or `1 = 1`. */
  conditioned = false;
  private readonly groups = new Map<string, string>();

  /** One condition of those that AND joins. What stands in a subquery ties nothing here. */
  readCondition(tokens: readonly SqlToken[]): void {
    const own = removeSubqueries(tokens);
    if (!own.some((token) => isIdentifier(token) && !isWord(token, ...constants, 'NOT', 'AND', 'OR'))) return;
    this.conditioned = true;
    const [first, ...others] = listQualifiers(own);
    for (const other of others) if (this.join(first as string, other)) this.count += 1;
    if (first === undefined && own.some((_token, at) => isColumnComparison(own, at))) this.count += 1;
  }

  /** USING, NATURAL or MATCH_CONDITION. */
  addCondition(): void {
    this.conditioned = true;
    this.count += 1;
  }

  private join(one: string, other: string): boolean {
    const [a, b] = [this.root(one), this.root(other)];
    this.groups.set(a, b);
    return a !== b;
  }

  private root(name: string): string {
    const up = this.groups.get(name);
    return up === undefined || up === name ? name : this.root(up);
  }
}

function removeSubqueries(tokens: readonly SqlToken[]): readonly SqlToken[] {
  const kept: SqlToken[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    if (isSign(tokens[at], '(') && isWord(tokens[at + 1], 'SELECT', 'WITH')) at = findClosing(tokens, at);
    else kept.push(tokens[at] as SqlToken);
  }
  return kept;
}

/** `a` of each `a.x`, once. */
function listQualifiers(tokens: readonly SqlToken[]): readonly string[] {
  const found = tokens.flatMap((token, at) =>
    isIdentifier(token) && isSign(tokens[at + 1], '.') && !isSign(tokens[at - 1], '.') && !isSign(tokens[at - 1], ':')
      ? [token.upper]
      : [],
  );
  return [...new Set(found)];
}

function isColumnComparison(tokens: readonly SqlToken[], at: number): boolean {
  return comparisonSigns.has(tokens[at]?.text ?? '') && isColumn(tokens[at - 1]) && isColumn(tokens[at + 1]);
}

function isColumn(token: SqlToken | undefined): boolean {
  return isIdentifier(token) && !isWord(token, ...constants);
}
