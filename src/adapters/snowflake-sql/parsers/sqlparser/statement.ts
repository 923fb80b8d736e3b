import type { Gathering } from '../gather.js';
import { Unparsed } from '../parser.js';
import { tree, variant } from '../tree.js';
import { definitions } from './ddl.js';
import { changes, type Statement } from './dml.js';
import { Walk } from './walk.js';

const statements: ReadonlyMap<string, Statement> = new Map([...Object.entries(changes), ...Object.entries(definitions)]);

/** Gathers one statement of sqlparser's tree and returns its root verb. */
export function gatherStatement(statement: unknown, gathering: Gathering): string {
  const [name, payload] = variant(statement);
  const walk = new Walk(gathering);
  if (name === 'Query') {
    walk.visit(payload, undefined);
    return 'SELECT';
  }
  const known = statements.get(name);
  if (known === undefined) throw new Unparsed(`sqlparser ${name}`);
  return known(walk, tree(payload, name));
}
