/** An object of unknown members. */
export type Members = Readonly<Record<string, unknown>>;

/**
 * A JSON object that every reader reads the same way (I-JSON, RFC 7493): a name given twice or half a surrogate pair would let two readers see two
 * things in one line. Undefined for anything else.
 */
export function strictObject(text: string): Members | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (!isMembers(value)) return undefined;
    if (JSON.stringify(value) === text && !text.includes(String.raw`\ud`)) return value;
    const { names, whole } = weigh(value);
    return whole && names === namesIn(text) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function isMembers(value: unknown): value is Members {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

const half = /\p{Surrogate}/u;

/** How many names a value has, and whether its strings and numbers are what JSON can say. */
function weigh(root: unknown): { readonly names: number; readonly whole: boolean } {
  let names = 0;
  const rest: unknown[] = [root];
  while (rest.length > 0) {
    const value = rest.pop();
    if ((typeof value === 'string' && half.test(value)) || (typeof value === 'number' && !Number.isFinite(value))) return { names, whole: false };
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
