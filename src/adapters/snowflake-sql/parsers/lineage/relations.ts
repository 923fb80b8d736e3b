import { toStoredCase } from '../../names/identifier.js';
import { readObjectName, readPart } from '../sqlparser/names.js';
import { isAbsent, isTreeNode, requireList, requireNode, readVariant, type TreeNode } from '../tree.js';
import type { Output, LineageRelation } from './outputs.js';

/** The CTEs that can be seen at one place, by stored name; undefined where a CTE's columns are not known. */
export type Ctes = ReadonlyMap<string, readonly Output[] | undefined>;

/** How the outputs of a query are found; given by the caller, which knows queries. */
export type ComputeOutputs = (query: TreeNode, ctes: Ctes) => readonly Output[] | undefined;

/** Every relation of a FROM clause, joins and brackets undone. */
export function listRelations(from: unknown, ctes: Ctes, outputsOf: ComputeOutputs): readonly LineageRelation[] {
  return requireList(from, 'FROM').flatMap((each) => {
    const item = requireNode(each, 'FROM');
    const joined = requireList(item['joins'], 'FROM').map((join) => requireNode(join, 'FROM')['relation']);
    return [item['relation'], ...joined].flatMap((relation) => readFactor(relation, ctes, outputsOf));
  });
}

function readFactor(factor: unknown, ctes: Ctes, outputsOf: ComputeOutputs): readonly LineageRelation[] {
  const [kind, payload] = readVariant(factor);
  const node = requireNode(payload, 'a relation');
  const { as, plain } = readTableAlias(node);
  if (kind === 'NestedJoin' && as === undefined) return listRelations([node['table_with_joins']], ctes, outputsOf);
  if (kind === 'Table' && isAbsent(node['args'])) return [readTable(node, as, plain, ctes)];
  const outputs =
    kind === 'Derived' && node['lateral'] !== true && plain
      ? outputsOf(requireNode(node['subquery'], 'a query'), ctes)
      : undefined;
  return [outputs === undefined ? { as: as ?? '', kind: 'opaque' } : { as: as ?? '', kind: 'query', outputs }];
}

function readTable(node: TreeNode, alias: string | undefined, plain: boolean, ctes: Ctes): LineageRelation {
  const name = readObjectName(node['name']);
  const last = name.at(-1);
  const own = last === undefined ? '' : toStoredCase(last);
  const as = alias ?? own;
  if (!plain) return { as, kind: 'opaque' };
  if (name.length > 1 || !ctes.has(own)) return { as, kind: 'table', name };
  const outputs = ctes.get(own);
  return outputs === undefined ? { as, kind: 'opaque' } : { as, kind: 'query', outputs };
}

/** An alias; one with a list of columns renames them, so they are not plain. */
function readTableAlias(node: TreeNode): { as: string | undefined; plain: boolean } {
  const { alias } = node;
  if (!isTreeNode(alias)) return { as: undefined, plain: true };
  return { as: toStoredCase(readPart(alias['name'])), plain: isAbsent(alias['columns']) };
}
