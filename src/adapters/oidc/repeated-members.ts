/**
 * True when some object in a JSON text names a member twice: readers differ in which one they believe. The text must
 * parse.
 */
export function hasRepeatedMember(text: string): boolean {
  const open: (Set<string> | undefined)[] = [];
  // A string is a name where an object has just begun or gone on; what follows it, and how far off, says nothing.
  let naming = false;
  for (let at = 0; at < text.length; at += 1) {
    const char = text[at];
    if (char === '{') [naming] = [true, open.push(new Set())];
    else if (char === '[') [naming] = [false, open.push(undefined)];
    else if (char === '}' || char === ']') open.pop();
    else if (char === ',') naming = open.at(-1) !== undefined;
    else if (char === '"') {
      const end = findStringEnd(text, at);
      const members = open.at(-1);
      if (naming && members !== undefined) {
        const name = JSON.parse(text.slice(at, end + 1)) as string;
        if (members.has(name)) return true;
        members.add(name);
      }
      naming = false;
      at = end;
    }
  }
  return false;
}

function findStringEnd(text: string, start: number): number {
  let at = start + 1;
  while (at < text.length && text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at;
}
