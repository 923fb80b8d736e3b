import { quoteName } from '../../../adapters/snowflake/names.js';

/** The parts of a name as SHOW writes it: a part in double quotes where it is no plain word. */
export function splitName(name: string): readonly string[] {
  return [...name.matchAll(/"((?:[^"]|"")*)"|([^."]+)/g)].map(
    ([, inQuotes, bare = '']) => inQuotes?.replaceAll('""', '"') ?? bare,
  );
}

/** The name again, every part in double quotes. */
export function requoteName(name: string): string {
  return splitName(name).map(quoteName).join('.');
}
