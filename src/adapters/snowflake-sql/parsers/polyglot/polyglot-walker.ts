import type { ReadingBuilder } from '../reading-builder.js';
import { UnparsedError } from '../parser.js';
import { visitCtes, type CteDefinition, type CteScope } from '../cte-scope.js';
import { isAbsent, isTreeNode, requireList, requireNode, omitKeys, type TreeNode } from '../tree.js';
import type { TreeWalker } from '../tree-walker.js';
import { containerNames, wordFields } from './node-names.js';
import { isIdentifier, isTableRef, readPart, readTableName } from './names.js';
import { nodeHandlers } from './node-handlers.js';

/** Visits every node of polyglot's tree; one that it does not know throws `UnparsedError`. */
export class PolyglotWalker implements TreeWalker {
  readonly builder: ReadingBuilder;

  constructor(gathering: ReadingBuilder) {
    this.builder = gathering;
  }

  visit(value: unknown, scope: CteScope, field = ''): void {
    if (typeof value === 'string') {
      if (!wordFields.has(field)) throw new UnparsedError(`polyglot text in ${field}`);
    } else if (Array.isArray(value)) {
      for (const each of value) this.visit(each, scope, field);
    } else if (isTreeNode(value)) this.visitNode(value, scope);
  }

  requireOnly(node: TreeNode, ...known: readonly string[]): void {
    for (const [key, value] of Object.entries(node))
      if (!known.includes(key) && !isAbsent(value)) throw new UnparsedError(`polyglot ${key}`);
  }

  /** A relation and its clauses; the name is gathered as a read. */
  addRelation(node: TreeNode, scope: CteScope): void {
    this.builder.addRelation(readTableName(node), scope);
    this.visitClauses(node, scope);
  }

  /** What stands beside a relation's name. */
  visitClauses(node: TreeNode, scope: CteScope): void {
    this.visitFields(node, scope, 'name', 'schema', 'catalog');
  }

  visitFields(node: TreeNode, scope: CteScope, ...dealtWith: readonly string[]): void {
    const keys = Object.keys(node);
    for (const key of keys) {
      const value = node[key];
      // A lone key is a node's name and must be known even where the node is empty.
      if ((isAbsent(value) && keys.length > 1) || key === 'span' || dealtWith.includes(key)) continue;
      const handler = nodeHandlers.get(key);
      if (handler !== undefined && !isNameOnly(value)) handler(this, value, scope);
      else if (containerNames.has(key) || isNameOnly(value)) this.visit(value, scope, key);
      else throw new UnparsedError(`polyglot ${key}`);
    }
  }

  private visitNode(node: TreeNode, scope: CteScope): void {
    if (isIdentifier(node)) return;
    if (isTableRef(node)) return this.addRelation(node, scope);
    this.visitFields(node, isTreeNode(node['with']) ? this.visitCtes(node['with'], scope) : scope, 'with');
  }

  private visitCtes(clause: TreeNode, scope: CteScope): CteScope {
    this.requireOnly(clause, 'ctes', 'recursive');
    const definitions = requireList(clause['ctes'], 'WITH').map((each): CteDefinition => {
      const cte = requireNode(each, 'a CTE');
      this.requireOnly(cte, 'alias', 'this', 'columns', 'alias_first', 'materialized');
      return { name: readPart(cte['alias']), walk: (anchor, term) => this.visitCteBody(cte['this'], anchor, term) };
    });
    return visitCtes(definitions, scope);
  }

  /** The body of a CTE: the last operand of a UNION ALL is the recursive term. */
  private visitCteBody(body: unknown, anchor: CteScope, term: CteScope): void {
    const union = requireNode(body, 'a CTE')['union'];
    if (!isTreeNode(union) || union['all'] !== true || isTreeNode(union['with'])) return this.visit(body, anchor);
    this.visit(union['right'], term);
    this.visit({ union: omitKeys(union, 'right') }, anchor);
  }
}

/** A field such as `column.table` that holds a bare identifier where other nodes of that name hold more. */
function isNameOnly(value: unknown): boolean {
  return isTreeNode(value) && isIdentifier(value);
}
