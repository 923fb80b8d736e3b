import { failures } from './failure.js';
import { done, needAdmin, type Ground } from './ground.js';
import { kinds, listOf, textOf, type Kind, type Properties } from './things.js';
import type { Reader } from './tokens.js';
import { textTable, type Answer } from './wire.js';

/** CREATE DATABASE and CREATE SCHEMA. */
export async function createPlace(read: Reader, ground: Ground): Promise<Answer> {
  needAdmin(ground, 'account');
  const lenient = read.take('IF', 'NOT', 'EXISTS');
  const [database = '', schema] = read.name() ?? [];
  const there = await ground.schemas();
  const known = schema === undefined ? [...there].some((each) => each.startsWith(`${database}.`)) : there.has(`${database}.${schema}`);
  if (known && !lenient) throw failures.exists(schema === undefined ? 'DATABASE' : 'SCHEMA', [database, schema].join('.'));
  if (!known) await ground.build(schema === undefined ? `ATTACH ':memory:' AS ${quoted(database)}` : `CREATE SCHEMA ${quoted(database)}.${quoted(schema)}`);
  return done;
}

/** CREATE of a thing, `OR ALTER` among them; undefined for what is none. */
export function createThing(read: Reader, ground: Ground): Answer | undefined {
  read.take('OR', 'REPLACE');
  const kind = kindOf(read);
  if (kind === undefined) return undefined;
  needAdmin(ground, 'account');
  const lenient = read.take('IF', 'NOT', 'EXISTS');
  const name = read.dotted();
  const properties = definitionOf(read);
  if (!(lenient && ground.catalog.things.has(kind, name))) ground.catalog.things.set(kind, name, properties);
  return done;
}

/** ALTER … SET of a thing; undefined for what is none. */
export function alterThing(read: Reader, ground: Ground): Answer | undefined {
  const kind = kindOf(read);
  if (kind === undefined) return undefined;
  needAdmin(ground, 'account');
  read.take('IF', 'EXISTS');
  const name = read.dotted();
  const before = ground.catalog.things.get(kind, name);
  if (!read.take('SET')) throw failures.syntax('SET is expected');
  ground.catalog.things.set(kind, name, new Map([...before, ...definitionOf(read)]));
  return done;
}

export function alterAccount(read: Reader, ground: Ground): Answer {
  needAdmin(ground, 'account');
  const properties = read.properties();
  if (properties.size === 0 || !read.ended) throw failures.syntax('parameter = value is expected');
  for (const [name, value] of properties) ground.catalog.parameters.set(name, String(value));
  return done;
}

/** DESCRIBE of a policy or a rule, in the columns that each has; undefined for what is none. */
export function describeThing(read: Reader, ground: Ground): Answer | undefined {
  const kind = kindOf(read);
  const shape = kind === undefined ? undefined : shapes[kind];
  if (kind === undefined || shape === undefined) return undefined;
  needAdmin(ground, 'account');
  const name = read.dotted();
  return shape(name.split('.').at(-1) ?? name, ground.catalog.things.get(kind, name));
}

const shapes: Readonly<Partial<Record<Kind, (name: string, properties: Properties) => Answer>>> = {
  'NETWORK POLICY': (_name, properties) => textTable(['name', 'value'], [...properties.keys()].filter((each) => each.endsWith('_LIST')).map((each) => [each, textOf(properties, each) ?? ''])),
  'NETWORK RULE': (name, properties) => textTable(['name', 'type', 'mode', 'value_list'], [[name, textOf(properties, 'TYPE') ?? '', textOf(properties, 'MODE') ?? 'INGRESS', textOf(properties, 'VALUE_LIST') ?? '']]),
  'SESSION POLICY': (name, properties) => textTable(['name', 'session_idle_timeout_mins', 'session_max_lifespan_mins', 'allowed_secondary_roles', 'agent_restricted_session_scope'], [[
    name, textOf(properties, 'SESSION_IDLE_TIMEOUT_MINS') ?? '240', textOf(properties, 'SESSION_MAX_LIFESPAN_MINS') ?? null, bracketed(properties.has('ALLOWED_SECONDARY_ROLES') ? listOf(properties, 'ALLOWED_SECONDARY_ROLES') : ['ALL']), textOf(properties, 'AGENT_RESTRICTED_SESSION_SCOPE') ?? null,
  ]]),
  'SECURITY INTEGRATION': (_name, properties) => {
    const rows = new Map([['IS_AGENTIC', 'FALSE'], ...[...properties.keys()].map((each): [string, string] => [each, textOf(properties, each) ?? ''])]);
    return textTable(['property', 'property_type', 'property_value', 'property_default'], [...rows].map(([property, value]) => [property, 'String', value, '']));
  },
  'AUTHENTICATION POLICY': (name, properties) => textTable(['property', 'value'], [['NAME', name], ['AUTHENTICATION_METHODS', bracketed(properties.has('AUTHENTICATION_METHODS') ? listOf(properties, 'AUTHENTICATION_METHODS') : ['ALL'])]]),
};

function kindOf(read: Reader): Kind | undefined {
  return kinds.find((kind) => read.take(...kind.split(' ')));
}

/** Properties, the triggers of a monitor, the body of a scope. Throws Failure for anything else. */
function definitionOf(read: Reader): Properties {
  read.take('WITH');
  const properties = read.properties();
  const triggers: string[] = [];
  if (read.take('TRIGGERS')) {
    while (read.take('ON')) {
      const percent = read.value() ?? '';
      if (!read.take('PERCENT', 'DO')) throw failures.syntax('PERCENT DO is expected');
      triggers.push(`${read.value() ?? ''} AT ${percent}`);
    }
    properties.set('TRIGGERS', triggers);
  }
  if (read.take('AS')) properties.set('BODY', read.value() ?? '');
  if (!read.ended) throw failures.syntax('unexpected words in a definition');
  return properties;
}

function bracketed(items: readonly string[]): string {
  return `[${items.join(', ')}]`;
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
