import { aggregates } from '../functions/aggregate.js';
import { nameAt, partOf } from '../names.js';
import { stored } from '../parsers/identifier.js';
import type { Name } from '../parsers/reading.js';
import { closing, isIdentifier, isSign, isWord, opening, type Token } from '../token.js';
import { checkGenerators } from './generator.js';
import { Level, type Role } from './level.js';
import { single, wholeTable, type Size } from './size.js';

const aggregating: ReadonlySet<string> = new Set(aggregates.flatMap((family) => family.names));
const setOperators = ['UNION', 'INTERSECT', 'EXCEPT', 'MINUS'];

/**
 * Refuses what costs without bound whatever the data: four or more tables multiplied with nothing between them, also through subqueries and
 * CTEs; recursion without a condition; generators of very many rows. `places` are those of `relationWords`.
 */
export function checkCost(tokens: readonly Token[], places: readonly number[]): void {
  checkGenerators(tokens);
  new Weighing(tokens, places).all();
}

class Weighing {
  private readonly tokens: readonly Token[];
  private readonly relations: ReadonlySet<number>;
  private readonly levels: Level[] = [new Level({ kind: 'other' }, false)];
  private readonly ctes = new Map<string, Size>();

  constructor(tokens: readonly Token[], places: readonly number[]) {
    this.tokens = tokens;
    this.relations = new Set(places);
  }

  all(): void {
    for (let at = 0; at < this.tokens.length; at += 1) {
      const token = this.tokens[at] as Token;
      if (token.kind === 'word') {
        if (!isSign(this.tokens[at - 1], '.')) this.word(at, token);
      } else if (token.kind === 'sign') {
        if (token.text === ')' && this.levels.length === 1) break; // One bracket too many: no reader takes that.
        this.sign(at, token.text);
      } else if (token.kind === 'quoted' && this.top.expects) this.name(at);
    }
    while (this.levels.length > 0) this.close(this.tokens.length);
  }

  private sign(at: number, sign: string): void {
    if (sign === '(') this.open(at);
    else if (sign === ')') this.close(at);
    else if (sign === ',') this.comma(at);
  }

  private get top(): Level {
    return this.levels.at(-1) as Level;
  }

  private open(at: number): void {
    const { top } = this;
    const role = this.roleAt(at);
    if (top.phase === 'values') top.made += 1;
    // `(a JOIN b ON ...)`: the relations begin at once.
    const joined = role.kind === 'relation' && !isWord(this.tokens[at + 1], 'SELECT', 'WITH', 'VALUES');
    this.levels.push(new Level(role, joined));
  }

  private roleAt(at: number): Role {
    const { top, tokens } = this;
    const before = tokens[at - 1];
    if (top.expects) {
      top.expects = false;
      return { kind: 'relation', lateral: isWord(before, 'LATERAL') };
    }
    if (!isWord(before, 'AS') && !(isWord(before, 'MATERIALIZED') && isWord(tokens[at - 2], 'AS'))) return { kind: 'other' };
    const end = isWord(before, 'AS') ? at - 2 : at - 3;
    const name = isSign(tokens[end], ')') ? tokens[opening(tokens, end) - 1] : tokens[end];
    return isIdentifier(name) ? { kind: 'cte', name: stored(partOf(name)) } : { kind: 'other' };
  }

  private close(at: number): void {
    const level = this.levels.pop() as Level;
    level.endCondition(this.tokens, at);
    const size = level.end();
    const outer = this.levels.at(-1);
    if (outer === undefined) return;
    if (level.role.kind === 'relation') outer.relation(size);
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

  private word(at: number, token: Token): void {
    const { top, tokens } = this;
    if (this.relations.has(at)) {
      top.endCondition(tokens, at);
      top.phase = 'from';
      top.expects = true;
    } else if (top.expects) {
      if (!isWord(token, 'LATERAL', 'TABLE', 'DIRECTED')) this.name(at);
      else if (isWord(token, 'TABLE')) top.relation(single);
    } else if (isWord(token, ...setOperators)) {
      top.endCondition(tokens, at);
      top.endBranch();
    } else if (isWord(token, 'WHERE', 'ON', 'AND') && (isWord(token, 'WHERE') || top.phase === 'condition' || top.phase === 'from')) {
      top.endCondition(tokens, at);
      top.startCondition(at + 1);
    } else if (isWord(token, 'USING', 'NATURAL', 'MATCH_CONDITION') && top.phase !== 'list') top.tie();
    else this.clause(at, token);
  }

  private clause(at: number, token: Token): void {
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
    } else if (aggregating.has(token.upper) && isSign(next, '(') && top.phase !== 'from' && !isWindow(tokens, closing(tokens, at + 1) + 1)) top.aggregates = true;
  }

  /** A relation by its name: a CTE, or a table; behind a table function's name come its brackets. */
  private name(at: number): void {
    const { top, tokens } = this;
    const { name, end } = nameAt(tokens, at);
    if (isWord(tokens[at], 'VALUES') || isSign(tokens[end], '(')) return top.relation(single);
    const only = name.length === 1 ? stored(name[0] as Name[number]) : '';
    const own = this.levels.find(({ role }) => role.kind === 'cte' && role.name === only);
    if (own !== undefined) own.recurs = true;
    top.relation((own === undefined ? this.ctes.get(only) : undefined) ?? wholeTable);
  }
}

/** Whether OVER follows, also behind WITHIN GROUP (...): then no rows become one. */
function isWindow(tokens: readonly Token[], end: number): boolean {
  if (isWord(tokens[end], 'WITHIN')) return isWindow(tokens, closing(tokens, end + 2) + 1);
  return isWord(tokens[end], 'OVER') || (isWord(tokens[end], 'IGNORE', 'RESPECT') && isWord(tokens[end + 2], 'OVER'));
}
