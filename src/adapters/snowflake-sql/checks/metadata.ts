import type { ObjectRef, SchemaRef } from '../../../core/index.js';
import { readName, resolveName } from '../names/resolve-name.js';
import { toStoredCase } from '../names/identifier.js';
import { formatShape } from '../parsers/simplify/token-shape.js';
import { RefusedError } from './refusal.js';
import { isWord, type SqlToken } from '../lex/token.js';

/**
 * What `DESCRIBE TABLE name` or `SHOW ... IN SCHEMA name` reveals: an object, or nothing but the scope itself. Refuses
 * every other form.
 */
export function findRevealedObjects(tokens: readonly SqlToken[], scope: SchemaRef): readonly ObjectRef[] {
  return isWord(tokens[0], 'SHOW') ? findShownObjects(tokens, scope) : findDescribedObject(tokens, scope);
}

function findDescribedObject(tokens: readonly SqlToken[], scope: SchemaRef): readonly ObjectRef[] {
  if (!isWord(tokens[1], 'TABLE', 'VIEW')) throw new RefusedError('sql.metadata');
  return [resolveWholeName(tokens, 2, scope)];
}

/** Words that may stand where a schema's name does, and mean more or something else. */
const widerWords = ['ACCOUNT', 'DATABASE', 'SCHEMA', 'APPLICATION', 'CLASS', 'TABLE', 'VIEW', 'MODEL', 'IDENTIFIER'];

/**
 * `SHOW [TERSE] TABLES | VIEWS | OBJECTS [LIKE '...'] IN [SCHEMA] name [STARTS WITH '...'] [LIMIT n [FROM '...']]`, and
 * `SHOW COLUMNS [LIKE '...'] IN TABLE | VIEW name`.
 */
function findShownObjects(tokens: readonly SqlToken[], scope: SchemaRef): readonly ObjectRef[] {
  let at = isWord(tokens[1], 'TERSE') ? 2 : 1;
  const what = tokens[at];
  at += 1;
  if (isWord(tokens[at], 'LIKE') && tokens[at + 1]?.kind === 'string') at += 2;
  if (!isWord(tokens[at], 'IN')) throw new RefusedError('sql.metadata');
  if (isWord(what, 'COLUMNS') && isWord(tokens[at + 1], 'TABLE', 'VIEW'))
    return [resolveWholeName(tokens, at + 2, scope)];
  const start = isWord(tokens[at + 1], 'SCHEMA') ? at + 2 : at + 1;
  if (!isWord(what, 'TABLES', 'VIEWS', 'OBJECTS') || isWord(tokens[start], ...widerWords))
    throw new RefusedError('sql.metadata');
  const { name, end } = readName(tokens, start);
  const [schema, database] = name.map(toStoredCase).toReversed();
  const rest = formatShape(tokens.slice(end));
  const part = /^(?:STARTS WITH s)?(?:(?:^| )LIMIT n(?: FROM s)?)?$/.test(rest);
  if (!part || name.length > 2 || schema !== scope.schema || (database ?? scope.database) !== scope.database)
    throw new RefusedError('sql.metadata');
  return [];
}

function resolveWholeName(tokens: readonly SqlToken[], start: number, scope: SchemaRef): ObjectRef {
  const { name, end } = readName(tokens, start);
  if (name.length === 0 || name.length > 3 || end !== tokens.length) throw new RefusedError('sql.metadata');
  return resolveName(name, scope);
}
