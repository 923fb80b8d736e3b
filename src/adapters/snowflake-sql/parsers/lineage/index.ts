import { stored } from '../identifier.js';
import { Unparsed } from '../parser.js';
import type { ColumnLineage } from '../reading.js';
import { part } from '../sqlparser/names.js';
import { isAbsent, isTree, list, tree, variant, type Tree } from '../tree.js';
import type { Sight } from './columns.js';
import { sourcesOf } from './expression.js';
import { fold, together, type Output } from './outputs.js';
import { relations, type Ctes } from './relations.js';

/**
 * For each output column of a query in sqlparser's tree its source columns (relation as written, then column; perhaps more than
 * there are, never fewer) or `unknown`. A column without a name is called `$` and its place; a star is called `*`.
 */
export function lineage(query: unknown): readonly ColumnLineage[] {
  const outputs = outputsIfClear(query);
  if (outputs === undefined) return [{ column: '*', sources: 'unknown' }];
  return outputs.map(({ name, sources, star }, at) => ({ column: star === true ? '*' : (name ?? `$${at + 1}`), sources }));
}

/** A shape that is not known makes no statement unreadable: its columns are unknown. */
function outputsIfClear(query: unknown): readonly Output[] | undefined {
  try {
    return ofQuery(tree(query, 'a query'), new Map());
  } catch (error) {
    if (error instanceof Unparsed) return undefined;
    throw error;
  }
}

/** The outputs of a query; undefined where not even their number is known. */
function ofQuery(query: Tree, outer: Ctes): readonly Output[] | undefined {
  const ctes = isTree(query['with']) ? withCtes(query['with'], outer) : outer;
  return ctes === undefined ? undefined : ofBody(query['body'], ctes);
}

/** Recursion feeds a CTE's columns back into themselves: what comes out of it is not followed. */
function withCtes(clause: Tree, outer: Ctes): Ctes | undefined {
  if (clause['recursive'] === true) return undefined;
  let ctes = outer;
  for (const each of list(clause['cte_tables'], 'WITH')) {
    const cte = tree(each, 'a CTE');
    const alias = tree(cte['alias'], 'a CTE');
    const name = stored(part(alias['name']));
    const followed = isAbsent(alias['columns']) && !isSet(tree(cte['query'], 'a CTE')) ? ofQuery(tree(cte['query'], 'a CTE'), ctes) : undefined;
    ctes = new Map([...ctes, [name, followed]]);
  }
  return ctes;
}

/** In brackets too: what stands in them may be the recursion. */
function isSet(query: Tree): boolean {
  const [kind, payload] = variant(query['body']);
  return kind === 'SetOperation' || (kind === 'Query' && isSet(tree(payload, 'a query')));
}

function ofBody(value: unknown, ctes: Ctes): readonly Output[] | undefined {
  const [kind, payload] = variant(value);
  const node = tree(payload, 'a query');
  if (kind === 'Query') return ofQuery(node, ctes);
  if (kind === 'SetOperation') return ofSet(node, ctes);
  return kind === 'Select' ? ofSelect(node, ctes) : undefined;
}

/** Both operands column by column; by name, with stars, or unequal in number nothing is certain. */
function ofSet(node: Tree, ctes: Ctes): readonly Output[] | undefined {
  const left = ofBody(node['left'], ctes);
  const right = ofBody(node['right'], ctes);
  if (left === undefined || right === undefined || left.length !== right.length || String(node['set_quantifier']).includes('ByName')) return undefined;
  if ([...left, ...right].some((output) => output.star === true)) return undefined;
  return left.map((output, at) => ({ ...output, sources: together([output.sources, (right[at] as Output).sources]) }));
}

function ofSelect(select: Tree, ctes: Ctes): readonly Output[] {
  const items = list(select['projection'], 'SELECT');
  const seen = relations(select['from'], ctes, ofQuery);
  const times = new Map<string, number>();
  for (const item of items) {
    const alias = aliasOf(item);
    if (alias !== undefined) times.set(fold(alias), (times.get(fold(alias)) ?? 0) + 1);
  }
  return items.map((item) => {
    const alias = aliasOf(item);
    // `upper(x) AS x` names the column x of a relation: an alias does not stand in its own way, unless another item has it too.
    const isAlias = (name: string): boolean => (times.get(fold(name)) ?? 0) > (alias !== undefined && fold(name) === fold(alias) ? 1 : 0);
    // CONNECT BY walks the table's own rows: PRIOR and LEVEL are not followed.
    return ofItem(item, alias, isAbsent(select['connect_by']) ? { relations: seen, isAlias } : undefined);
  });
}

function aliasOf(item: unknown): string | undefined {
  const named = isTree(item) ? item['ExprWithAlias'] : undefined;
  return isTree(named) ? stored(part(named['alias'])) : undefined;
}

function ofItem(item: unknown, alias: string | undefined, sight: Sight | undefined): Output {
  const [kind, payload] = variant(item);
  if (kind !== 'UnnamedExpr' && kind !== 'ExprWithAlias') return { name: undefined, sources: 'unknown', any: true, star: true };
  const expression = kind === 'ExprWithAlias' ? tree(payload, 'a column')['expr'] : payload;
  const sources = sight === undefined ? 'unknown' : sourcesOf(expression, sight);
  const name = alias ?? columnName(expression);
  return name !== undefined || isWordless(expression) ? { name, sources } : { name, sources, any: true };
}

/** A column without an alias keeps its name. */
function columnName(expression: unknown): string | undefined {
  const node = tree(expression, 'a column');
  if (isTree(node['Identifier'])) return stored(part(node['Identifier']));
  const last: unknown = Array.isArray(node['CompoundIdentifier']) ? node['CompoundIdentifier'].at(-1) : undefined;
  return last === undefined ? undefined : stored(part(last));
}

/** Expressions that no engine names by a plain word: `(a)` may be called A, and CURRENT_DATE is. */
function isWordless(expression: unknown): boolean {
  const [kind, payload] = variant(expression);
  if (kind === 'Function') return isTree(payload) && isTree(payload['args']);
  if (kind !== 'Value') return ['BinaryOp', 'Case', 'Cast'].includes(kind);
  const value = isTree(payload) && isTree(payload['value']) ? payload['value'] : payload;
  return isTree(value) && ('Number' in value || 'SingleQuotedString' in value);
}
