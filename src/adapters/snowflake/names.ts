import type { SchemaRef } from '../../core/index.js';

/** An identifier as it is stored, in double quotes. */
export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quotedSchema({ database, schema }: SchemaRef): string {
  return `${quoted(database)}.${quoted(schema)}`;
}

/** A text in single quotes; a backslash would escape. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** A pattern of LIKE that stands for exactly these characters, as a literal. */
export function likeLiteral(text: string): string {
  return literal(text.replaceAll(/[\\%_]/g, (each) => `\\${each}`));
}
