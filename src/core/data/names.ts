import { AccessError } from '../errors.js';
import type { ObjectRef, SchemaRef } from '../model.js';

const plainName = /^[A-Z_][A-Z0-9_$]*$/;
const namePart = /^(?:([A-Za-z_][A-Za-z0-9_$]*)|"((?:[^"]|"")+)")$/;

/** One identifier as people write it: bare where it is a plain upper-case word, else in double quotes. */
export function formatName(name: string): string {
  return plainName.test(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

export function formatSchema(ref: SchemaRef): string {
  return `${formatName(ref.database)}.${formatName(ref.schema)}`;
}

/** `DB.SCHEMA.NAME`, a part in double quotes where it is not a plain upper-case word. */
export function formatObject(ref: ObjectRef): string {
  return `${formatSchema(ref)}.${formatName(ref.name)}`;
}

/** Reads `DB.SCHEMA`; unquoted parts fold to upper case (ASCII), quoted parts keep theirs. Throws CONFIG_INVALID. */
export function parseSchema(text: string): SchemaRef {
  const pieces = text.match(/"(?:[^"]|"")+"|[^.]+|\./g) ?? [];
  const [database, dot, schema] = pieces;
  if (pieces.length !== 3 || dot !== '.' || database === undefined || schema === undefined) throw createSchemaError();
  return { database: parseName(database), schema: parseName(schema) };
}

/** The schemas that an option lists. Throws CONFIG_INVALID, which names the option and the wanted form. */
export function parseSchemas(texts: readonly string[], option: string): readonly SchemaRef[] {
  return texts.map((text, index) => {
    try {
      return parseSchema(text);
    } catch (cause) {
      throw new AccessError(
        'CONFIG_INVALID',
        `${option}[${index}] is ${JSON.stringify(text.slice(0, 100))}, and a schema is written DATABASE.SCHEMA`,
        { cause },
      );
    }
  });
}

function parseName(text: string): string {
  const match = namePart.exec(text);
  if (match === null) throw createSchemaError();
  return match[1] === undefined ? (match[2] as string).replaceAll('""', '"') : match[1].toUpperCase();
}

function createSchemaError(): AccessError {
  return new AccessError('CONFIG_INVALID', 'a schema is written DATABASE.SCHEMA');
}
