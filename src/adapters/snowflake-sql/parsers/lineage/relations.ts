import { stored } from '../identifier.js';
import { objectName, part } from '../sqlparser/names.js';
import { isAbsent, isTree, list, tree, variant, type Tree } from '../tree.js';
import type { Output, Relation } from './outputs.js';

/** The CTEs that can be seen at one place, by stored name; undefined where a CTE's columns are not known. */
export type Ctes = ReadonlyMap<string, readonly Output[] | undefined>;

/** How the outputs of a query are found; given by the caller, which knows queries. */
export type OutputsOf = (query: Tree, ctes: Ctes) => readonly Output[] | undefined;

/** Every relation of a FROM clause, joins and brackets undone. */
export function relations(from: unknown, ctes: Ctes, outputsOf: OutputsOf): readonly Relation[] {
  return list(from, 'FROM').flatMap((each) => {
    const item = tree(each, 'FROM');
    const joined = list(item['joins'], 'FROM').map((join) => tree(join, 'FROM')['relation']);
    return [item['relation'], ...joined].flatMap((relation) => ofFactor(relation, ctes, outputsOf));
  });
}

function ofFactor(factor: unknown, ctes: Ctes, outputsOf: OutputsOf): readonly Relation[] {
  const [kind, payload] = variant(factor);
  const node = tree(payload, 'a relation');
  const { as, plain } = aliasOf(node);
  if (kind === 'NestedJoin' && as === undefined) return relations([node['table_with_joins']], ctes, outputsOf);
  if (kind === 'Table' && isAbsent(node['args'])) return [ofTable(node, as, plain, ctes)];
  const outputs = kind === 'Derived' && node['lateral'] !== true && plain ? outputsOf(tree(node['subquery'], 'a query'), ctes) : undefined;
  return [outputs === undefined ? { as: as ?? '', kind: 'opaque' } : { as: as ?? '', kind: 'query', outputs }];
}

function ofTable(node: Tree, alias: string | undefined, plain: boolean, ctes: Ctes): Relation {
  const name = objectName(node['name']);
  const last = name.at(-1);
  const own = last === undefined ? '' : stored(last);
  const as = alias ?? own;
  if (!plain) return { as, kind: 'opaque' };
  if (name.length > 1 || !ctes.has(own)) return { as, kind: 'table', name };
  const outputs = ctes.get(own);
  return outputs === undefined ? { as, kind: 'opaque' } : { as, kind: 'query', outputs };
}

/** An alias; one with a list of columns renames them, so they are not plain. */
function aliasOf(node: Tree): { as: string | undefined; plain: boolean } {
  const { alias } = node;
  if (!isTree(alias)) return { as: undefined, plain: true };
  return { as: stored(part(alias['name'])), plain: isAbsent(alias['columns']) };
}
