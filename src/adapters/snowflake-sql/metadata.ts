import type { ObjectRef, SchemaRef } from '../../core/index.js';
import { nameAt, resolve } from './names.js';
import { stored } from './parsers/identifier.js';
import { shapeOf } from './readable/shape.js';
import { Refused } from './refusal.js';
import { isWord, type Token } from './token.js';

/** What `DESCRIBE TABLE name` or `SHOW ... IN SCHEMA name` reveals: an object, or nothing but the scope itself. Refuses every other form. */
export function revealed(tokens: readonly Token[], scope: SchemaRef): readonly ObjectRef[] {
  return isWord(tokens[0], 'SHOW') ? shown(tokens, scope) : described(tokens, scope);
}

function described(tokens: readonly Token[], scope: SchemaRef): readonly ObjectRef[] {
  if (!isWord(tokens[1], 'TABLE', 'VIEW')) throw new Refused('sql.metadata');
  return [wholeName(tokens, 2, scope)];
}

/** Words that may stand where a schema's name does, and mean more or something else. */
const wider = ['ACCOUNT', 'DATABASE', 'SCHEMA', 'APPLICATION', 'CLASS', 'TABLE', 'VIEW', 'MODEL', 'IDENTIFIER'];

/**
 * `SHOW [TERSE] TABLES | VIEWS | OBJECTS [LIKE '...'] IN [SCHEMA] name [STARTS WITH '...'] [LIMIT n [FROM '...']]`, and
 * `SHOW COLUMNS [LIKE '...'] IN TABLE | VIEW name`.
 */
function shown(tokens: readonly Token[], scope: SchemaRef): readonly ObjectRef[] {
  let at = isWord(tokens[1], 'TERSE') ? 2 : 1;
  const what = tokens[at];
  at += 1;
  if (isWord(tokens[at], 'LIKE') && tokens[at + 1]?.kind === 'string') at += 2;
  if (!isWord(tokens[at], 'IN')) throw new Refused('sql.metadata');
  if (isWord(what, 'COLUMNS') && isWord(tokens[at + 1], 'TABLE', 'VIEW')) return [wholeName(tokens, at + 2, scope)];
  const start = isWord(tokens[at + 1], 'SCHEMA') ? at + 2 : at + 1;
  if (!isWord(what, 'TABLES', 'VIEWS', 'OBJECTS') || isWord(tokens[start], ...wider)) throw new Refused('sql.metadata');
  const { name, end } = nameAt(tokens, start);
  const [schema, database] = name.map(stored).toReversed();
  const rest = shapeOf(tokens.slice(end));
  const part = /^(?:STARTS WITH s)?(?:(?:^| )LIMIT n(?: FROM s)?)?$/.test(rest);
  if (!part || name.length > 2 || schema !== scope.schema || (database ?? scope.database) !== scope.database) throw new Refused('sql.metadata');
  return [];
}

function wholeName(tokens: readonly Token[], start: number, scope: SchemaRef): ObjectRef {
  const { name, end } = nameAt(tokens, start);
  if (name.length === 0 || name.length > 3 || end !== tokens.length) throw new Refused('sql.metadata');
  return resolve(name, scope);
}
