import { closing, isIdentifier, isSign, isWord, type Token } from '../token.js';

const comparing: ReadonlySet<string> = new Set(['=', '<', '>', '<=', '>=', '<>', '!=']);
const constants = ['TRUE', 'FALSE', 'NULL', 'CURRENT_DATE', 'CURRENT_TIMESTAMP', 'DATE', 'TIMESTAMP', 'INTERVAL', 'ANY', 'ALL', 'SOME'];

/** What conditions tie the relations of one FROM together, and whether they say anything at all. */
export class Ties {
  count = 0;
  /** True once a condition is met that is not one like `TRUE` or `1 = 1`. */
  conditioned = false;
  private readonly groups = new Map<string, string>();

  /** One condition of those that AND joins. What stands in a subquery ties nothing here. */
  condition(tokens: readonly Token[]): void {
    const own = withoutQueries(tokens);
    if (!own.some((token) => isIdentifier(token) && !isWord(token, ...constants, 'NOT', 'AND', 'OR'))) return;
    this.conditioned = true;
    const [first, ...others] = qualifiersOf(own);
    for (const other of others) if (this.join(first as string, other)) this.count += 1;
    if (first === undefined && own.some((_token, at) => comparesColumns(own, at))) this.count += 1;
  }

  /** USING, NATURAL or MATCH_CONDITION. */
  tie(): void {
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

function withoutQueries(tokens: readonly Token[]): readonly Token[] {
  const kept: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    if (isSign(tokens[at], '(') && isWord(tokens[at + 1], 'SELECT', 'WITH')) at = closing(tokens, at);
    else kept.push(tokens[at] as Token);
  }
  return kept;
}

/** `a` of each `a.x`, once. */
function qualifiersOf(tokens: readonly Token[]): readonly string[] {
  const found = tokens.flatMap((token, at) => (isIdentifier(token) && isSign(tokens[at + 1], '.') && !isSign(tokens[at - 1], '.') && !isSign(tokens[at - 1], ':') ? [token.upper] : []));
  return [...new Set(found)];
}

function comparesColumns(tokens: readonly Token[], at: number): boolean {
  return comparing.has(tokens[at]?.text ?? '') && isColumn(tokens[at - 1]) && isColumn(tokens[at + 1]);
}

function isColumn(token: Token | undefined): boolean {
  return isIdentifier(token) && !isWord(token, ...constants);
}
