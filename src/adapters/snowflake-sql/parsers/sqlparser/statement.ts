import type { Gathering } from '../gather.js';
import { Unparsed } from '../parser.js';
import type { Scope } from '../scope.js';
import { tree, variant } from '../tree.js';
import { Walk } from './walk.js';

const top: Scope = undefined;

/** Gathers one statement of sqlparser's tree and returns its root verb. */
export function gatherStatement(statement: unknown, gathering: Gathering): string {
  const [name, payload] = variant(statement);
  const walk = new Walk(gathering);
  if (name === 'Query') {
    walk.visit(tree(payload, 'a query'), top);
    return 'SELECT';
  }
  throw new Unparsed(`sqlparser ${name}`);
}
