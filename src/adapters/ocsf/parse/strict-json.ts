/** An object of unknown members. */
export type JsonMembers = Readonly<Record<string, unknown>>;

/**
 * A JSON object that every reader reads the same way (I-JSON, RFC 7493): a name given twice or half a surrogate pair
 * would let two readers see two
 * things in one line. Undefined for anything else.
 */
export function parseStrictObject(text: string): JsonMembers | undefined {
  const value = parseObject(text);
  return value !== undefined && isStrict(text, value) ? value : undefined;
}

/** A JSON object as this reader has it; undefined for anything else. */
export function parseObject(text: string): JsonMembers | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether every reader has the same value of a text; `halves` takes halves of surrogate pairs for characters. */
export function isStrict(text: string, value: JsonMembers, halves = false): boolean {
  if (JSON.stringify(value) === text && !text.includes(String.raw`\ud`)) return true;
  const { names, whole } = inspectValue(value, halves);
  return whole && names === countNames(text);
}

export function isJsonObject(value: unknown): value is JsonMembers {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const maxDepth = 256;

/** Whether a value is nested no deeper than any reader has to follow, and its numbers are what a double can hold. */
export function isBounded(value: unknown, depth = 1): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth > maxDepth) return false;
  if (Array.isArray(value)) return value.every((each) => isBounded(each, depth + 1));
  for (const name in value) if (!isBounded((value as JsonMembers)[name], depth + 1)) return false;
  return true;
}

const surrogate = /\p{Surrogate}/u;

/** How many names a value has, and whether its strings and numbers are what JSON can say. */
function inspectValue(root: unknown, halves: boolean): { readonly names: number; readonly whole: boolean } {
  let names = 0;
  const rest: unknown[] = [root];
  while (rest.length > 0) {
    const value = rest.pop();
    if (
      (typeof value === 'string' && !halves && surrogate.test(value)) ||
      (typeof value === 'number' && !Number.isFinite(value))
    )
      return { names, whole: false };
    if (Array.isArray(value)) for (const each of value) rest.push(each);
    if (!isJsonObject(value)) continue;
    for (const [name, member] of Object.entries(value)) {
      names += 1;
      rest.push(name, member);
    }
  }
  return { names, whole: true };
}

/** Colons outside strings: one a name, also where the name was given before. */
function countNames(text: string): number {
  let count = 0;
  let inside = false;
  for (let at = 0; at < text.length; at += 1) {
    const unit = text[at];
    if (unit === '"') inside = !inside;
    else if (inside && unit === '\\') at += 1;
    else if (!inside && unit === ':') count += 1;
  }
  return count;
}
