import { UsageError } from '../exit.js';

const plain = /^[A-Za-z_][A-Za-z0-9_$]*$/;
const quoted = /^"((?:[^"]|"")+)"$/;

/** An identifier as Snowflake stores it: upper case, unless it was written in double quotes. Throws UsageError for what is none. */
export function identifier(text: string, option: string): string {
  const name = plain.test(text) ? text.toUpperCase() : quoted.exec(text)?.[1]?.replaceAll('""', '"');
  if (name === undefined || /\p{C}/u.test(name) || name.length > 255) throw new UsageError(`${option} takes a Snowflake name; one that is no plain word stands in double quotes`);
  return name;
}

/** Whether a name means itself without quotes. */
export function isPlain(name: string): boolean {
  return plain.test(name) && name === name.toUpperCase();
}
