import { toStoredCase } from '../../names/identifier.js';
import { UnparsedError } from '../parser.js';
import type { ParsedLineage } from '../reading.js';
import { readPart } from '../sqlparser/names.js';
import { isAbsent, isTreeNode, requireList, requireNode, readVariant, type TreeNode } from '../tree.js';
import type { VisibleNames } from './columns.js';
import { collectSources } from './expression.js';
import { foldName, mergeSources, type Output } from './outputs.js';
import { listRelations, type Ctes } from './relations.js';

/**
 * For each output column of a query in sqlparser's tree its source columns (relation as written, then column; perhaps
 * more than
 * there are, never fewer) or `unknown`. A column without a name is called `$` and its place; a star is called `*`.
 */
export function computeLineage(query: unknown): readonly ParsedLineage[] {
  const outputs = tryComputeOutputs(query);
  if (outputs === undefined) return [{ column: '*', sources: 'unknown' }];
  return outputs.map(({ name, sources, star }, at) => ({
    column: star === true ? '*' : (name ?? `$${at + 1}`),
    sources,
  }));
}

/** A shape that is not known makes no statement unreadable: its columns are unknown. */
function tryComputeOutputs(query: unknown): readonly Output[] | undefined {
  try {
    return computeQueryOutputs(requireNode(query, 'a query'), new Map());
  } catch (error) {
    if (error instanceof UnparsedError) return undefined;
    throw error;
  }
}

/** The outputs of a query; undefined where not even their number is known. */
function computeQueryOutputs(query: TreeNode, outer: Ctes): readonly Output[] | undefined {
  const ctes = isTreeNode(query['with']) ? addCtes(query['with'], outer) : outer;
  return ctes === undefined ? undefined : computeBodyOutputs(query['body'], ctes);
}

/** Recursion feeds a CTE's columns back into themselves: what comes out of it is not followed. */
function addCtes(clause: TreeNode, outer: Ctes): Ctes | undefined {
  if (clause['recursive'] === true) return undefined;
  let ctes = outer;
  for (const each of requireList(clause['cte_tables'], 'WITH')) {
    const cte = requireNode(each, 'a CTE');
    const alias = requireNode(cte['alias'], 'a CTE');
    const name = toStoredCase(readPart(alias['name']));
    const followed =
      isAbsent(alias['columns']) && !isSetOperation(requireNode(cte['query'], 'a CTE'))
        ? computeQueryOutputs(requireNode(cte['query'], 'a CTE'), ctes)
        : undefined;
    ctes = new Map([...ctes, [name, followed]]);
  }
  return ctes;
}

/** In brackets too: what stands in them may be the recursion. */
function isSetOperation(query: TreeNode): boolean {
  const [kind, payload] = readVariant(query['body']);
  return kind === 'SetOperation' || (kind === 'Query' && isSetOperation(requireNode(payload, 'a query')));
}

function computeBodyOutputs(value: unknown, ctes: Ctes): readonly Output[] | undefined {
  const [kind, payload] = readVariant(value);
  const node = requireNode(payload, 'a query');
  if (kind === 'Query') return computeQueryOutputs(node, ctes);
  if (kind === 'SetOperation') return computeSetOutputs(node, ctes);
  return kind === 'Select' ? computeSelectOutputs(node, ctes) : undefined;
}

/** Both operands column by column; by name, with stars, or unequal in number nothing is certain. */
function computeSetOutputs(node: TreeNode, ctes: Ctes): readonly Output[] | undefined {
  const left = computeBodyOutputs(node['left'], ctes);
  const right = computeBodyOutputs(node['right'], ctes);
  if (
    left === undefined ||
    right === undefined ||
    left.length !== right.length ||
    String(node['set_quantifier']).includes('ByName')
  )
    return undefined;
  if ([...left, ...right].some((output) => output.star === true)) return undefined;
  return left.map((output, at) => ({
    ...output,
    sources: mergeSources([output.sources, (right[at] as Output).sources]),
  }));
}

function computeSelectOutputs(select: TreeNode, ctes: Ctes): readonly Output[] {
  const items = requireList(select['projection'], 'SELECT');
  const seen = listRelations(select['from'], ctes, computeQueryOutputs);
  const times = new Map<string, number>();
  for (const item of items) {
    const alias = readAlias(item);
    if (alias !== undefined) times.set(foldName(alias), (times.get(foldName(alias)) ?? 0) + 1);
  }
  return items.map((item) => {
    const alias = readAlias(item);
    // `upper(x) AS x` names the column x of a relation: an alias does not stand in its own way, unless another item has
    // it too.
    const isAlias = (name: string): boolean =>
      (times.get(foldName(name)) ?? 0) > (alias !== undefined && foldName(name) === foldName(alias) ? 1 : 0);
    // CONNECT BY walks the table's own rows: PRIOR and LEVEL are not followed.
    return computeItemOutput(item, alias, isAbsent(select['connect_by']) ? { relations: seen, isAlias } : undefined);
  });
}

function readAlias(item: unknown): string | undefined {
  const named = isTreeNode(item) ? item['ExprWithAlias'] : undefined;
  return isTreeNode(named) ? toStoredCase(readPart(named['alias'])) : undefined;
}

function computeItemOutput(item: unknown, alias: string | undefined, sight: VisibleNames | undefined): Output {
  const [kind, payload] = readVariant(item);
  if (kind !== 'UnnamedExpr' && kind !== 'ExprWithAlias')
    return { name: undefined, sources: 'unknown', any: true, star: true };
  const expression = kind === 'ExprWithAlias' ? requireNode(payload, 'a column')['expr'] : payload;
  const sources = sight === undefined ? 'unknown' : collectSources(expression, sight);
  const name = alias ?? readColumnName(expression);
  return name !== undefined || isNeverNamedPlainly(expression) ? { name, sources } : { name, sources, any: true };
}

/** A column without an alias keeps its name. */
function readColumnName(expression: unknown): string | undefined {
  const node = requireNode(expression, 'a column');
  if (isTreeNode(node['Identifier'])) return toStoredCase(readPart(node['Identifier']));
  const last: unknown = Array.isArray(node['CompoundIdentifier']) ? node['CompoundIdentifier'].at(-1) : undefined;
  return last === undefined ? undefined : toStoredCase(readPart(last));
}

/** Expressions that no engine names by a plain word: `(a)` may be called A, and CURRENT_DATE is. */
function isNeverNamedPlainly(expression: unknown): boolean {
  const [kind, payload] = readVariant(expression);
  if (kind === 'Function') return isTreeNode(payload) && isTreeNode(payload['args']);
  if (kind !== 'Value') return ['BinaryOp', 'Case', 'Cast'].includes(kind);
  const value = isTreeNode(payload) && isTreeNode(payload['value']) ? payload['value'] : payload;
  return isTreeNode(value) && ('Number' in value || 'SingleQuotedString' in value);
}
