import type { SchemaRef } from '../../../core/index.js';
import { nameAt, resolve } from '../names.js';
import { callKey, stored } from '../parsers/identifier.js';
import type { Mark, Name, Place } from '../parsers/reading.js';
import { isIdentifier, isWord, type Token } from '../token.js';

/** What is written in the place of a token, or of the dotted name that begins with it. */
export type Edit = { readonly parts: readonly string[]; readonly plain?: true; readonly alias?: string } | { readonly behind: string };

export type Edits = ReadonlyMap<Token, Edit>;

/** How names are written. */
export interface Naming {
  readonly scope: SchemaRef;
  /** True for what may be called and is an object of the connection's own. */
  readonly own: (name: Name) => boolean;
  /** Whether CTEs get names that no table has. */
  readonly apart: boolean;
}

/** Begins the names that CTEs are given; a statement that has one of its own is not rendered. */
export const cteMark = 'sallyport cte ';

/** What a name is called instead, where its mark stands; undefined where one of them cannot be found in the text. */
export function editsOf(tokens: readonly Token[], marks: readonly Mark[], naming: Naming): Edits | undefined {
  const places = tokenPlaces(tokens);
  const edits = new Map<Token, Edit>();
  for (const mark of marks) {
    const edit = editOf(mark, naming);
    if (edit === undefined) continue;
    const at = places.get(keyOf(mark));
    if (at === undefined || !(mark.means === 'recursion' ? isWord(tokens[at], 'WITH') : isName(tokens, at, mark.name))) return undefined;
    edits.set(tokens[at] as Token, edit);
  }
  return edits;
}

function editOf({ means, name, cte, aliased }: Mark, { scope, own, apart }: Naming): Edit | undefined {
  if (means === 'recursion') return { behind: 'RECURSIVE' };
  if (means === 'object') return { parts: fullName(name, scope) };
  // Plain words, as they were registered: not every reader knows a call whose name is in quotes.
  if (means === 'call') return own(name) ? { parts: fullName(name, scope), plain: true } : undefined;
  if (!apart) return undefined;
  const called = stored(name[0] as Name[number]);
  const parts = [`${cteMark}${cte} ${called}`];
  return means === 'cte' && aliased !== true ? { parts, alias: called } : { parts };
}

function fullName(name: Name, scope: SchemaRef): readonly string[] {
  const { database, schema, name: last } = resolve(name, scope);
  return [database, schema, last];
}

/** The tokens with every edit made. */
export function edited(tokens: readonly Token[], edits: Edits): readonly Token[] {
  const result: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    const edit = edits.get(token);
    if (edit === undefined) result.push(token);
    else if ('behind' in edit) result.push(token, word(edit.behind));
    else {
      result.push(...nameTokens(edit.parts, token.spaced, edit.plain === true ? word : quoted), ...(edit.alias === undefined ? [] : [word('AS'), quoted(edit.alias, true)]));
      at = nameAt(tokens, at).end - 1;
    }
  }
  return result;
}

/** What two readings of one statement must have in common, mark by mark. */
export function meaningsOf(marks: readonly Mark[], { scope, own }: Naming): readonly string[] {
  return marks.filter(({ means }) => means !== 'recursion').map(({ means, name, cte }) => {
    if (cte !== undefined) return `${means} ${cte}`;
    return means === 'call' && !own(name) ? `call ${callKey(name)}` : `object ${JSON.stringify(fullName(name, scope))}`;
  });
}

/** True where every object is named in full, so that no search path matters. */
export function isFull(marks: readonly Mark[], { own }: Naming): boolean {
  return marks.every(({ means, name }) => (means !== 'object' && !(means === 'call' && own(name))) || (name.length === 3 && (means === 'call' || name.every((part) => part.quoted))));
}

/** The index of the token that begins at each place of the text that these make. */
function tokenPlaces(tokens: readonly Token[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let [line, column] = [1, 1];
  for (const [index, token] of tokens.entries()) {
    if (token.spaced && index > 0) column += 1;
    if (isIdentifier(token)) found.set(keyOf({ line, column }), index);
    const lines = token.text.split('\n');
    const last = Array.from(lines.at(-1) as string).length;
    column = lines.length === 1 ? column + last : 1 + last;
    line += lines.length - 1;
  }
  return found;
}

function keyOf({ line, column }: Place): string {
  return `${line}:${column}`;
}

/** True where this very name stands here, and no more of it. */
function isName(tokens: readonly Token[], at: number, name: Name): boolean {
  const there = nameAt(tokens, at).name;
  return there.length === name.length && name.every((part, index) => part.text === there[index]?.text && part.quoted === there[index]?.quoted);
}

function nameTokens(parts: readonly string[], spaced: boolean, written: (part: string, spaced: boolean) => Token): readonly Token[] {
  return parts.flatMap((part, at) => (at === 0 ? [written(part, spaced)] : [sign('.'), written(part, false)]));
}

function quoted(text: string, spaced: boolean): Token {
  return { kind: 'quoted', text: `"${text}"`, upper: `"${text}"`, spaced };
}

function word(text: string, spaced = true): Token {
  return { kind: 'word', text, upper: text, spaced };
}

function sign(text: string): Token {
  return { kind: 'sign', text, upper: text, spaced: false };
}
