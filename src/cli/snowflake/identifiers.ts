import { UsageError } from '../exit-codes.js';

const plainPattern = /^[A-Za-z_][A-Za-z0-9_$]*$/;
const quotedPattern = /^"((?:[^"]|"")+)"$/;

/**
 * An identifier as Snowflake stores it: upper case, unless it was written in double quotes. Throws UsageError for what
 * is none.
 */
export function parseIdentifier(text: string, option: string): string {
  const name = plainPattern.test(text) ? text.toUpperCase() : quotedPattern.exec(text)?.[1]?.replaceAll('""', '"');
  if (name === undefined || /\p{C}/u.test(name) || name.length > 255)
    throw new UsageError(`${option} takes a Snowflake name; one that is no plain word stands in double quotes`);
  return name;
}

/** Whether a name means itself without quotes. */
export function isPlainIdentifier(name: string): boolean {
  return plainPattern.test(name) && name === name.toUpperCase();
}
