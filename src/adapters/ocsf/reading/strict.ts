/** An object of unknown members. */
export type Members = Readonly<Record<string, unknown>>;

/**
 * A JSON object that every reader reads the same way (I-JSON, RFC 7493): a name given twice or half a surrogate pair would let two readers see two
 * things in one line. Undefined for anything else.
 */
export function strictObject(text: string): Members | undefined {
  const value = parsedObject(text);
  return value !== undefined && isStrict(text, value) ? value : undefined;
}

/** A JSON object as this reader has it; undefined for anything else. */
export function parsedObject(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Whether every reader has the same value of a text; `halves` takes halves of surrogate pairs for characters. */
export function isStrict(text: string, value: Members, halves = false): boolean {
  if (JSON.stringify(value) === text && !text.includes(String.raw`\ud`)) return true;
  const { names, whole } = weigh(value, halves);
  return whole && names === namesIn(text);
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const deepest = 256;

/** Whether a value is nested no deeper than any reader has to follow, and its numbers are what a double can hold. */
export function isBounded(value: unknown, depth = 1): boolean {
  if (typeof value === 'number') return Number.isFinite(value);
  if (typeof value !== 'object' || value === null) return true;
  if (depth > deepest) return false;
  if (Array.isArray(value)) return value.every((each) => isBounded(each, depth + 1));
  for (const name in value) if (!isBounded((value as Members)[name], depth + 1)) return false;
  return true;
}

const half = /\p{Surrogate}/u;

/** How many names a value has, and whether its strings and numbers are what JSON can say. */
function weigh(root: unknown, halves: boolean): { readonly names: number; readonly whole: boolean } {
  let names = 0;
  const rest: unknown[] = [root];
  while (rest.length > 0) {
    const value = rest.pop();
    if ((typeof value === 'string' && !halves && half.test(value)) || (typeof value === 'number' && !Number.isFinite(value))) return { names, whole: false };
    if (Array.isArray(value)) for (const each of value) rest.push(each);
    if (!isMembers(value)) continue;
    for (const [name, member] of Object.entries(value)) {
      names += 1;
      rest.push(name, member);
    }
  }
  return { names, whole: true };
}

/** Colons outside strings: one a name, also where the name was given before. */
function namesIn(text: string): number {
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
