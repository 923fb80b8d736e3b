import { serverErrors } from './server-error.js';
import { doneResult, requireAdmin, type CommandContext } from './command-context.js';
import {
  objectKinds,
  getListProperty,
  getTextProperty,
  type AccountObjectKind,
  type ObjectProperties,
} from './account-objects.js';
import type { TokenReader } from './tokenizer.js';
import { createTextTable, type ResultTable } from './wire-format.js';

/** CREATE DATABASE and CREATE SCHEMA. */
export async function createNamespace(read: TokenReader, ground: CommandContext): Promise<ResultTable> {
  requireAdmin(ground, 'account');
  const lenient = read.accept('IF', 'NOT', 'EXISTS');
  const [database = '', schema] = read.readName() ?? [];
  const there = await ground.schemas();
  const known =
    schema === undefined
      ? [...there].some((each) => each.startsWith(`${database}.`))
      : there.has(`${database}.${schema}`);
  if (known && !lenient)
    throw serverErrors.exists(schema === undefined ? 'DATABASE' : 'SCHEMA', [database, schema].join('.'));
  if (!known)
    await ground.runDdl(
      schema === undefined
        ? `ATTACH ':memory:' AS ${quoteIdentifier(database)}`
        : `CREATE SCHEMA ${quoteIdentifier(database)}.${quoteIdentifier(schema)}`,
    );
  return doneResult;
}

/** CREATE of a thing, `OR ALTER` among them; undefined for what is none. */
export function createAccountObject(read: TokenReader, ground: CommandContext): ResultTable | undefined {
  read.accept('OR', 'REPLACE');
  const kind = readKind(read);
  if (kind === undefined) return undefined;
  requireAdmin(ground, 'account');
  const lenient = read.accept('IF', 'NOT', 'EXISTS');
  const name = read.requireDottedName();
  const properties = readDefinition(read);
  if (!(lenient && ground.catalog.things.has(kind, name))) ground.catalog.things.set(kind, name, properties);
  return doneResult;
}

/** ALTER … SET of a thing; undefined for what is none. */
export function alterAccountObject(read: TokenReader, ground: CommandContext): ResultTable | undefined {
  const kind = readKind(read);
  if (kind === undefined) return undefined;
  requireAdmin(ground, 'account');
  read.accept('IF', 'EXISTS');
  const name = read.requireDottedName();
  const before = ground.catalog.things.get(kind, name);
  if (!read.accept('SET')) throw serverErrors.syntax('SET is expected');
  ground.catalog.things.set(kind, name, new Map([...before, ...readDefinition(read)]));
  return doneResult;
}

export function alterAccount(read: TokenReader, ground: CommandContext): ResultTable {
  requireAdmin(ground, 'account');
  const properties = read.readProperties();
  if (properties.size === 0 || !read.ended) throw serverErrors.syntax('parameter = value is expected');
  for (const [name, value] of properties) ground.catalog.parameters.set(name, String(value));
  return doneResult;
}

/** DESCRIBE of a policy or a rule, in the columns that each has; undefined for what is none. */
export function describeAccountObject(read: TokenReader, ground: CommandContext): ResultTable | undefined {
  const kind = readKind(read);
  const shape = kind === undefined ? undefined : describers[kind];
  if (kind === undefined || shape === undefined) return undefined;
  requireAdmin(ground, 'account');
  const name = read.requireDottedName();
  return shape(name.split('.').at(-1) ?? name, ground.catalog.things.get(kind, name));
}

const describers: Readonly<
  Partial<Record<AccountObjectKind, (name: string, properties: ObjectProperties) => ResultTable>>
> = {
  'NETWORK POLICY': (_name, properties) =>
    createTextTable(
      ['name', 'value'],
      [...properties.keys()]
        .filter((each) => each.endsWith('_LIST'))
        .map((each) => [each, getTextProperty(properties, each) ?? '']),
    ),
  'NETWORK RULE': (name, properties) =>
    createTextTable(
      ['name', 'type', 'mode', 'value_list'],
      [
        [
          name,
          getTextProperty(properties, 'TYPE') ?? '',
          getTextProperty(properties, 'MODE') ?? 'INGRESS',
          getTextProperty(properties, 'VALUE_LIST') ?? '',
        ],
      ],
    ),
  'SESSION POLICY': (name, properties) =>
    createTextTable(
      [
        'name',
        'session_idle_timeout_mins',
        'session_max_lifespan_mins',
        'allowed_secondary_roles',
        'agent_restricted_session_scope',
      ],
      [
        [
          name,
          getTextProperty(properties, 'SESSION_IDLE_TIMEOUT_MINS') ?? '240',
          getTextProperty(properties, 'SESSION_MAX_LIFESPAN_MINS') ?? null,
          formatList(
            properties.has('ALLOWED_SECONDARY_ROLES')
              ? getListProperty(properties, 'ALLOWED_SECONDARY_ROLES')
              : ['ALL'],
          ),
          getTextProperty(properties, 'AGENT_RESTRICTED_SESSION_SCOPE') ?? null,
        ],
      ],
    ),
  'SECURITY INTEGRATION': (_name, properties) => {
    const rows = new Map([
      ['IS_AGENTIC', 'FALSE'],
      ...[...properties.keys()].map((each): [string, string] => [each, getTextProperty(properties, each) ?? '']),
    ]);
    return createTextTable(
      ['property', 'property_type', 'property_value', 'property_default'],
      [...rows].map(([property, value]) => [property, 'String', value, '']),
    );
  },
  'AUTHENTICATION POLICY': (name, properties) =>
    createTextTable(
      ['property', 'value'],
      [
        ['NAME', name],
        [
          'AUTHENTICATION_METHODS',
          formatList(
            properties.has('AUTHENTICATION_METHODS') ? getListProperty(properties, 'AUTHENTICATION_METHODS') : ['ALL'],
          ),
        ],
      ],
    ),
};

function readKind(read: TokenReader): AccountObjectKind | undefined {
  return objectKinds.find((kind) => read.accept(...kind.split(' ')));
}

/** Properties, the triggers of a monitor, the body of a scope. Throws Failure for anything else. */
function readDefinition(read: TokenReader): ObjectProperties {
  read.accept('WITH');
  const properties = read.readProperties();
  const triggers: string[] = [];
  if (read.accept('TRIGGERS')) {
    while (read.accept('ON')) {
      const percent = read.readValue() ?? '';
      if (!read.accept('PERCENT', 'DO')) throw serverErrors.syntax('PERCENT DO is expected');
      triggers.push(`${read.readValue() ?? ''} AT ${percent}`);
    }
    properties.set('TRIGGERS', triggers);
  }
  if (read.accept('AS')) properties.set('BODY', read.readValue() ?? '');
  if (!read.ended) throw serverErrors.syntax('unexpected words in a definition');
  return properties;
}

function formatList(items: readonly string[]): string {
  return `[${items.join(', ')}]`;
}

function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
