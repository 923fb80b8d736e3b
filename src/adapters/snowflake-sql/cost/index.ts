import { aggregates } from '../functions/aggregate.js';
import { readName, toNamePart } from '../names/resolve-name.js';
import { toStoredCase } from '../names/identifier.js';
import type { Name } from '../parsers/reading.js';
import { findClosing, isIdentifier, isSign, isWord, findOpening, type SqlToken } from '../lex/token.js';
import { checkGenerators } from './generator.js';
import { BracketLevel, type BracketRole } from './bracket-level.js';
import { singleRow, wholeTable, type RelationSize } from './relation-size.js';

const aggregateNames: ReadonlySet<string> = new Set(aggregates.flatMap((family) => family.names));
const setOperators = ['UNION', 'INTERSECT', 'EXCEPT', 'MINUS'];

/**
 * Refuses what costs without bound whatever the data: four or more tables multiplied with nothing between them, also
 * through subqueries and
 * CTEs; recursion without a condition; generators of very many rows. `places` are those of `findRelationWords`.
 */
export function checkCost(tokens: readonly SqlToken[], places: readonly number[]): void {
  checkGenerators(tokens);
  new CostCheck(tokens, places).run();
}

class CostCheck {
  private readonly tokens: readonly SqlToken[];
  private readonly relations: ReadonlySet<number>;
  private readonly levels: BracketLevel[] = [new BracketLevel({ kind: 'other' }, false)];
  private readonly ctes = new Map<string, RelationSize>();

  constructor(tokens: readonly SqlToken[], places: readonly number[]) {
    this.tokens = tokens;
    this.relations = new Set(places);
  }

  run(): void {
    for (let at = 0; at < this.tokens.length; at += 1) {
      const token = this.tokens[at] as SqlToken;
      if (token.kind === 'word') {
        if (!isSign(this.tokens[at - 1], '.')) this.word(at, token);
      } else if (token.kind === 'sign') {
        if (token.text === ')' && this.levels.length === 1) break; // One bracket too many: no reader takes that.
        this.sign(at, token.text);
      } else if (token.kind === 'quoted' && this.top.expects) this.addRelation(at);
    }
    while (this.levels.length > 0) this.close(this.tokens.length);
  }

  private sign(at: number, sign: string): void {
    if (sign === '(') this.open(at);
    else if (sign === ')') this.close(at);
    else if (sign === ',') this.comma(at);
  }

  private get top(): BracketLevel {
    return this.levels.at(-1) as BracketLevel;
  }

  private open(at: number): void {
    const { top } = this;
    const role = this.resolveRole(at);
    if (top.phase === 'values') top.listedRows += 1;
    // `(a JOIN b ON ...)`: the relations begin at once.
    const joined = role.kind === 'relation' && !isWord(this.tokens[at + 1], 'SELECT', 'WITH', 'VALUES');
    this.levels.push(new BracketLevel(role, joined));
  }

  private resolveRole(at: number): BracketRole {
    const { top, tokens } = this;
    const before = tokens[at - 1];
    if (top.expects) {
      top.expects = false;
      return { kind: 'relation', lateral: isWord(before, 'LATERAL') };
    }
    if (!isWord(before, 'AS') && !(isWord(before, 'MATERIALIZED') && isWord(tokens[at - 2], 'AS')))
      return { kind: 'other' };
    const end = isWord(before, 'AS') ? at - 2 : at - 3;
    const name = isSign(tokens[end], ')') ? tokens[findOpening(tokens, end) - 1] : tokens[end];
    return isIdentifier(name) ? { kind: 'cte', name: toStoredCase(toNamePart(name)) } : { kind: 'other' };
  }

  private close(at: number): void {
    const level = this.levels.pop() as BracketLevel;
    level.endCondition(this.tokens, at);
    const size = level.end();
    const outer = this.levels.at(-1);
    if (outer === undefined) return;
    if (level.role.kind === 'relation') outer.multiply(size);
    else if (level.role.kind === 'cte') this.ctes.set(level.role.name, size);
    else if (!level.isQuery && level.aggregates && outer.phase !== 'from') outer.aggregates = true;
  }

  private comma(at: number): void {
    const { top } = this;
    if (top.phase !== 'from' && top.phase !== 'condition') return;
    top.endCondition(this.tokens, at);
    top.phase = 'from';
    top.expects = true;
  }

  private word(at: number, token: SqlToken): void {
    const { top, tokens } = this;
    if (this.relations.has(at)) {
      top.endCondition(tokens, at);
      top.phase = 'from';
      top.expects = true;
    } else if (top.expects) {
      if (!isWord(token, 'LATERAL', 'TABLE', 'DIRECTED')) this.addRelation(at);
      else if (isWord(token, 'TABLE')) top.multiply(singleRow);
    } else if (isWord(token, ...setOperators)) {
      top.endCondition(tokens, at);
      top.endBranch();
    } else if (
      isWord(token, 'WHERE', 'ON', 'AND') &&
      (isWord(token, 'WHERE') || top.phase === 'condition' || top.phase === 'from')
    ) {
      top.endCondition(tokens, at);
      top.startCondition(at + 1);
    } else if (isWord(token, 'USING', 'NATURAL', 'MATCH_CONDITION') && top.phase !== 'list') top.addCondition();
    else this.clause(at, token);
  }

  private clause(at: number, token: SqlToken): void {
    const { top, tokens } = this;
    const next = tokens[at + 1];
    if (isWord(token, 'SELECT')) top.begin('list');
    else if (isWord(token, 'VALUES') && top.phase === 'list') top.begin('values');
    else if (isWord(token, 'GROUP', 'ORDER', 'HAVING', 'QUALIFY', 'CONNECT') && !isWord(tokens[at - 1], 'WITHIN')) {
      top.endCondition(tokens, at);
      top.phase = 'rest';
      if (isWord(token, 'GROUP')) top.groups = true;
    } else if (isWord(token, 'LIMIT', 'TOP', 'FETCH')) {
      const number = isWord(next, 'FIRST', 'NEXT') ? tokens[at + 2] : next;
      if (number?.kind !== 'number') return;
      top.endCondition(tokens, at);
      if (!isWord(token, 'TOP')) top.phase = 'rest';
      top.limit = Number(number.text);
    } else if (
      aggregateNames.has(token.upper) &&
      isSign(next, '(') &&
      top.phase !== 'from' &&
      !isWindow(tokens, findClosing(tokens, at + 1) + 1)
    )
      top.aggregates = true;
  }

  /** A relation by its name: a CTE, or a table; behind a table function's name come its brackets. */
  private addRelation(at: number): void {
    const { top, tokens } = this;
    const { name, end } = readName(tokens, at);
    if (isWord(tokens[at], 'VALUES') || isSign(tokens[end], '(')) return top.multiply(singleRow);
    const only = name.length === 1 ? toStoredCase(name[0] as Name[number]) : '';
    const own = this.levels.find(({ role }) => role.kind === 'cte' && role.name === only);
    if (own !== undefined) own.isRecursive = true;
    top.multiply((own === undefined ? this.ctes.get(only) : undefined) ?? wholeTable);
  }
}

/** Whether OVER follows, also behind WITHIN GROUP (...): then no rows become one. */
function isWindow(tokens: readonly SqlToken[], end: number): boolean {
  if (isWord(tokens[end], 'WITHIN')) return isWindow(tokens, findClosing(tokens, end + 2) + 1);
  return isWord(tokens[end], 'OVER') || (isWord(tokens[end], 'IGNORE', 'RESPECT') && isWord(tokens[end + 2], 'OVER'));
}
