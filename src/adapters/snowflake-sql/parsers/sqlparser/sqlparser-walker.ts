import type { ReadingBuilder } from '../reading-builder.js';
import { UnparsedError } from '../parser.js';
import { setPosition } from '../name-positions.js';
import { visitCtes, type CteDefinition, type CteScope } from '../cte-scope.js';
import { isAbsent, isTreeNode, requireList, requireNode, omitKeys, type TreeNode } from '../tree.js';
import type { TreeWalker } from '../tree-walker.js';
import { containerNames } from './node-names.js';
import { readPart, readPosition } from './names.js';
import { nodeHandlers } from './node-handlers.js';

/** Visits every node of sqlparser's tree; one that it does not know throws `UnparsedError`. */
export class SqlparserWalker implements TreeWalker {
  readonly builder: ReadingBuilder;

  constructor(gathering: ReadingBuilder) {
    this.builder = gathering;
  }

  visit(value: unknown, scope: CteScope): void {
    if (Array.isArray(value)) for (const each of value) this.visit(each, scope);
    else if (isTreeNode(value))
      this.visitFields(value, isTreeNode(value['with']) ? this.visitCtes(value['with'], scope) : scope, 'with');
  }

  requireOnly(node: TreeNode, ...known: readonly string[]): void {
    for (const [key, value] of Object.entries(node))
      if (!known.includes(key) && !isSpelling(key) && !isAbsent(value)) throw new UnparsedError(`sqlparser ${key}`);
  }

  visitFields(node: TreeNode, scope: CteScope, ...dealtWith: readonly string[]): void {
    const keys = Object.keys(node);
    for (const key of keys) {
      const value = node[key];
      // A lone key is a node's name and must be known even where the node is empty.
      if ((isAbsent(value) && keys.length > 1) || isSpelling(key) || dealtWith.includes(key)) continue;
      const handler = nodeHandlers.get(key);
      if (handler !== undefined) handler(this, value, scope);
      else if (containerNames.has(key)) this.visit(value, scope);
      else throw new UnparsedError(`sqlparser ${key}`);
    }
  }

  private visitCtes(clause: TreeNode, scope: CteScope): CteScope {
    this.requireOnly(clause, 'recursive', 'cte_tables');
    const definitions = requireList(clause['cte_tables'], 'WITH').map((each): CteDefinition => {
      const cte = requireNode(each, 'a CTE');
      this.requireOnly(cte, 'alias', 'query');
      const name = requireNode(cte['alias'], 'a CTE')['name'];
      return {
        name: readPart(name),
        walk: (anchor, term) => {
          this.builder.beginCte(setPosition([readPart(name)], readPosition(name)), term);
          this.visitCteBody(requireNode(cte['query'], 'a CTE'), anchor, term);
          this.builder.endCte(term, clause['recursive'] === true ? undefined : readPosition(clause['with_token']));
        },
      };
    });
    return visitCtes(definitions, scope);
  }

  /** The body of a CTE: the last operand of a UNION ALL is the recursive term. */
  private visitCteBody(query: TreeNode, anchor: CteScope, term: CteScope): void {
    const body = requireNode(query['body'], 'a CTE');
    const union = body['SetOperation'];
    const all = isTreeNode(union) && union['op'] === 'Union' && String(union['set_quantifier']).startsWith('All');
    if (!all || isTreeNode(query['with'])) return this.visit(query, anchor);
    this.visit(union['right'], term);
    this.visit({ ...query, body: { SetOperation: omitKeys(union, 'right') } }, anchor);
  }
}

/** Fields that say where and how something was spelled, and hold nothing else. */
function isSpelling(key: string): boolean {
  return key === 'span' || key.endsWith('_token');
}
