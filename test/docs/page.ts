import { readFileSync } from 'node:fs';

/** A file of this repository by its path from the root. */
export function read(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');
}

/** The cells of every row of every table whose header row is this one. */
export function table(page: string, header: string): readonly (readonly string[])[] {
  const lines = page.split('\n');
  return lines.flatMap((line, index) => {
    if (line !== header) return [];
    const rest = lines.slice(index + 2);
    const end = rest.findIndex((each) => !each.startsWith('|'));
    return rest.slice(0, end < 0 ? undefined : end).map(cells);
  });
}

function cells(row: string): readonly string[] {
  return row
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

/** What stands in backticks. */
export function quoted(text: string): readonly string[] {
  return [...text.matchAll(/`([^`]+)`/g)].map((match) => match[1] as string);
}

/** The member names of an interface in a source file. */
export function members(source: string, name: string): readonly string[] {
  const body = new RegExp(`interface ${name}(?: extends [^{]+)? \\{\\n([\\s\\S]*?)\\n\\}`).exec(source)?.[1];
  if (body === undefined) throw new Error(`there is no interface ${name}`);
  return [...body.matchAll(/^ {2}readonly (\w+)\??:/gm)].map((match) => match[1] as string);
}
