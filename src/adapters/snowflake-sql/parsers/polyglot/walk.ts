import type { Gathering } from '../gather.js';
import { Unparsed } from '../parser.js';
import { defineAll, type Definition, type Scope } from '../scope.js';
import { isAbsent, isTree, list, tree, without, type Tree } from '../tree.js';
import type { Walker } from '../walker.js';
import { containers, words } from './keys.js';
import { isIdentifier, isTableRef, part, tableName } from './names.js';
import { nodes } from './nodes.js';

/** Visits every node of polyglot's tree; one that it does not know throws `Unparsed`. */
export class Walk implements Walker {
  readonly gathering: Gathering;

  constructor(gathering: Gathering) {
    this.gathering = gathering;
  }

  visit(value: unknown, scope: Scope, field = ''): void {
    if (typeof value === 'string') {
      if (!words.has(field)) throw new Unparsed(`polyglot text in ${field}`);
    } else if (Array.isArray(value)) {
      for (const each of value) this.visit(each, scope, field);
    } else if (isTree(value)) this.node(value, scope);
  }

  closed(node: Tree, ...known: readonly string[]): void {
    for (const [key, value] of Object.entries(node)) if (!known.includes(key) && !isAbsent(value)) throw new Unparsed(`polyglot ${key}`);
  }

  /** A relation and its clauses; the name is gathered as a read. */
  relation(node: Tree, scope: Scope): void {
    this.gathering.relation(tableName(node), scope);
    this.clauses(node, scope);
  }

  /** What stands beside a relation's name. */
  clauses(node: Tree, scope: Scope): void {
    this.rest(node, scope, 'name', 'schema', 'catalog');
  }

  rest(node: Tree, scope: Scope, ...dealtWith: readonly string[]): void {
    const keys = Object.keys(node);
    for (const key of keys) {
      const value = node[key];
      // A lone key is a node's name and must be known even where the node is empty.
      if ((isAbsent(value) && keys.length > 1) || key === 'span' || dealtWith.includes(key)) continue;
      const handler = nodes.get(key);
      if (handler !== undefined && !isNameOnly(value)) handler(this, value, scope);
      else if (containers.has(key) || isNameOnly(value)) this.visit(value, scope, key);
      else throw new Unparsed(`polyglot ${key}`);
    }
  }

  private node(node: Tree, scope: Scope): void {
    if (isIdentifier(node)) return;
    if (isTableRef(node)) return this.relation(node, scope);
    this.rest(node, isTree(node['with']) ? this.define(node['with'], scope) : scope, 'with');
  }

  private define(clause: Tree, scope: Scope): Scope {
    this.closed(clause, 'ctes', 'recursive');
    const definitions = list(clause['ctes'], 'WITH').map((each): Definition => {
      const cte = tree(each, 'a CTE');
      this.closed(cte, 'alias', 'this', 'columns', 'alias_first', 'materialized');
      return { name: part(cte['alias']), walk: (anchor, term) => this.body(cte['this'], anchor, term) };
    });
    return defineAll(definitions, scope);
  }

  /** The body of a CTE: the last operand of a UNION ALL is the recursive term. */
  private body(body: unknown, anchor: Scope, term: Scope): void {
    const union = tree(body, 'a CTE')['union'];
    if (!isTree(union) || union['all'] !== true || isTree(union['with'])) return this.visit(body, anchor);
    this.visit(union['right'], term);
    this.visit({ union: without(union, 'right') }, anchor);
  }
}

/** A field such as `column.table` that holds a bare identifier where other nodes of that name hold more. */
function isNameOnly(value: unknown): boolean {
  return isTree(value) && isIdentifier(value);
}
