import type { ReadingBuilder } from '../reading-builder.js';
import { UnparsedError } from '../parser.js';
import { requireNode, readVariant } from '../tree.js';
import { definitions } from './ddl.js';
import { changes, type StatementHandler } from './dml.js';
import { PolyglotWalker } from './polyglot-walker.js';

const queryNodes: ReadonlySet<string> = new Set([
  'select',
  'union',
  'intersect',
  'except',
  'subquery',
  'values',
  'paren',
]);

const statementHandlers: ReadonlyMap<string, StatementHandler> = new Map([
  ...Object.entries(changes),
  ...Object.entries(definitions),
]);

/** Gathers one statement of polyglot's tree and returns its root verb. */
export function gatherStatement(statement: unknown, gathering: ReadingBuilder): string {
  const [name, payload] = readVariant(statement);
  const walk = new PolyglotWalker(gathering);
  if (queryNodes.has(name)) {
    walk.visit(statement, undefined);
    return 'SELECT';
  }
  const known = statementHandlers.get(name);
  if (known === undefined) throw new UnparsedError(`polyglot ${name}`);
  return known(walk, requireNode(payload, name));
}
