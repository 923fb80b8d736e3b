import type { Gathering } from '../gather.js';
import { Unparsed } from '../parser.js';
import { placed } from '../marks.js';
import { defineAll, type Definition, type Scope } from '../scope.js';
import { isAbsent, isTree, list, tree, without, type Tree } from '../tree.js';
import type { Walker } from '../walker.js';
import { containers } from './keys.js';
import { part, placeOf } from './names.js';
import { nodes } from './nodes.js';

/** Visits every node of sqlparser's tree; one that it does not know throws `Unparsed`. */
export class Walk implements Walker {
  readonly gathering: Gathering;

  constructor(gathering: Gathering) {
    this.gathering = gathering;
  }

  visit(value: unknown, scope: Scope): void {
    if (Array.isArray(value)) for (const each of value) this.visit(each, scope);
    else if (isTree(value)) this.rest(value, isTree(value['with']) ? this.define(value['with'], scope) : scope, 'with');
  }

  closed(node: Tree, ...known: readonly string[]): void {
    for (const [key, value] of Object.entries(node)) if (!known.includes(key) && !isSpelling(key) && !isAbsent(value)) throw new Unparsed(`sqlparser ${key}`);
  }

  rest(node: Tree, scope: Scope, ...dealtWith: readonly string[]): void {
    const keys = Object.keys(node);
    for (const key of keys) {
      const value = node[key];
      // A lone key is a node's name and must be known even where the node is empty.
      if ((isAbsent(value) && keys.length > 1) || isSpelling(key) || dealtWith.includes(key)) continue;
      const handler = nodes.get(key);
      if (handler !== undefined) handler(this, value, scope);
      else if (containers.has(key)) this.visit(value, scope);
      else throw new Unparsed(`sqlparser ${key}`);
    }
  }

  private define(clause: Tree, scope: Scope): Scope {
    this.closed(clause, 'recursive', 'cte_tables');
    const definitions = list(clause['cte_tables'], 'WITH').map((each): Definition => {
      const cte = tree(each, 'a CTE');
      this.closed(cte, 'alias', 'query');
      const name = tree(cte['alias'], 'a CTE')['name'];
      return {
        name: part(name),
        walk: (anchor, term) => {
          this.gathering.define(placed([part(name)], placeOf(name)), term);
          this.body(tree(cte['query'], 'a CTE'), anchor, term);
          this.gathering.defined(term, clause['recursive'] === true ? undefined : placeOf(clause['with_token']));
        },
      };
    });
    return defineAll(definitions, scope);
  }

  /** The body of a CTE: the last operand of a UNION ALL is the recursive term. */
  private body(query: Tree, anchor: Scope, term: Scope): void {
    const body = tree(query['body'], 'a CTE');
    const union = body['SetOperation'];
    const all = isTree(union) && union['op'] === 'Union' && String(union['set_quantifier']).startsWith('All');
    if (!all || isTree(query['with'])) return this.visit(query, anchor);
    this.visit(union['right'], term);
    this.visit({ ...query, body: { SetOperation: without(union, 'right') } }, anchor);
  }
}

/** Fields that say where and how something was spelled, and hold nothing else. */
function isSpelling(key: string): boolean {
  return key === 'span' || key.endsWith('_token');
}
