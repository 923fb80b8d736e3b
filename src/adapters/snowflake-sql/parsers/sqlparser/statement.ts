import type { ReadingBuilder } from '../reading-builder.js';
import { UnparsedError } from '../parser.js';
import { requireNode, readVariant } from '../tree.js';
import { definitions } from './ddl.js';
import { changes, type StatementHandler } from './dml.js';
import { SqlparserWalker } from './sqlparser-walker.js';

const statementHandlers: ReadonlyMap<string, StatementHandler> = new Map([
  ...Object.entries(changes),
  ...Object.entries(definitions),
]);

/** Gathers one statement of sqlparser's tree and returns its root verb. */
export function gatherStatement(statement: unknown, gathering: ReadingBuilder): string {
  const [name, payload] = readVariant(statement);
  const walk = new SqlparserWalker(gathering);
  if (name === 'Query') {
    walk.visit(payload, undefined);
    return 'SELECT';
  }
  const known = statementHandlers.get(name);
  if (known === undefined) throw new UnparsedError(`sqlparser ${name}`);
  return known(walk, requireNode(payload, name));
}
