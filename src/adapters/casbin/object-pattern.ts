const plainName = /^[A-Z_][A-Z0-9_$]*$/;
const namePiece = /"(?:[^"]|"")+"|[^."]+|\./g;

/** The parts of `DB.SCHEMA` or `DB.SCHEMA.NAME`, quotes kept; undefined for any other text. */
export function splitObject(text: string): readonly string[] | undefined {
  const pieces = text.match(namePiece) ?? [];
  if (pieces.join('') !== text || pieces.length % 2 === 0) return undefined;
  const parts = pieces.filter((_, index) => index % 2 === 0);
  const dots = pieces.filter((_, index) => index % 2 === 1);
  return parts.every((part) => part !== '.') && dots.every((dot) => dot === '.') ? parts : undefined;
}

/** Why a text is no pattern for objects, or undefined when it is one: two or three parts, each a name or `*`. */
export function checkPattern(text: string): string | undefined {
  const parts = splitObject(text);
  if (parts === undefined || parts.length < 2 || parts.length > 3)
    return 'an object is DATABASE.SCHEMA or DATABASE.SCHEMA.NAME, each part a name or *';
  const odd = parts.find((part) => part !== '*' && !plainName.test(part) && !part.startsWith('"'));
  if (odd !== undefined)
    return `${odd} is stored as ${odd.toUpperCase()}: write it in upper case, or in double quotes where it is really spelled so`;
  const needless = parts.find((part) => part.startsWith('"') && plainName.test(part.slice(1, -1)));
  return needless === undefined ? undefined : `${needless} needs no quotes`;
}

/**
 * True when every part is the same, or `*` in the pattern. An allow covers as many parts as it has; never a prefix,
 * never a part of a name. A
 * deny reaches further: one on a schema covers what is in it, and one on everything in a schema covers the schema.
 */
export function objectCovers(pattern: string, object: string, effect: string): boolean {
  const [patterns, parts] = [splitObject(pattern), splitObject(object)];
  if (patterns === undefined || parts === undefined) return false;
  const shared = Math.min(patterns.length, parts.length);
  const whole =
    patterns.length === parts.length ||
    (effect === 'deny' && shared === 2 && (patterns.length === 2 || patterns[2] === '*'));
  return whole && patterns.slice(0, shared).every((part, index) => part === '*' || part === parts[index]);
}
