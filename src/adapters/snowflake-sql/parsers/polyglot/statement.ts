import type { Gathering } from '../gather.js';
import { Unparsed } from '../parser.js';
import type { Scope } from '../scope.js';
import { isTree, tree, variant, without, type Tree } from '../tree.js';
import { isTableRef, tableName } from './names.js';
import { Walk } from './walk.js';

type Statement = (walk: Walk, payload: Tree) => string;

const top: Scope = undefined;

const queries: ReadonlySet<string> = new Set(['select', 'union', 'intersect', 'except', 'subquery', 'values', 'paren']);

const statements: Readonly<Record<string, Statement>> = {
  insert: (walk, payload) => {
    write(walk, payload['table'], top);
    walk.visit(without(payload, 'table', 'overwrite'), top);
    return 'INSERT';
  },
};

/** Gathers one statement of polyglot's tree and returns its root verb. */
export function gatherStatement(statement: unknown, gathering: Gathering): string {
  const [name, payload] = variant(statement);
  const walk = new Walk(gathering);
  if (queries.has(name)) {
    walk.visit(statement, top);
    return 'SELECT';
  }
  const known = statements[name];
  if (known === undefined) throw new Unparsed(`polyglot ${name}`);
  return known(walk, tree(payload, name));
}

/** A target: its name is written, its alias and clauses are walked. */
function write(walk: Walk, target: unknown, scope: Scope): void {
  const node = tree(target, 'a target');
  const bare = isTree(node['table']) ? node['table'] : node;
  if (!isTableRef(bare)) throw new Unparsed('a target that is not a name');
  walk.gathering.target(tableName(bare));
  walk.clauses(bare, scope);
}
