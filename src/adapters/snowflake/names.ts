import type { SchemaRef } from '../../core/index.js';

/** An identifier as it is stored, in double quotes. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function quoteSchema({ database, schema }: SchemaRef): string {
  return `${quoteName(database)}.${quoteName(schema)}`;
}

/** A text in single quotes; a backslash would escape. */
export function quoteLiteral(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** A pattern of LIKE that stands for exactly these characters, as a literal. */
export function quoteLikeLiteral(text: string): string {
  return quoteLiteral(text.replaceAll(/[\\%_]/g, (each) => `\\${each}`));
}
