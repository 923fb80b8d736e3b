import type { SchemaRef } from '../../../core/index.js';
import { readName, resolveName } from '../names/resolve-name.js';
import { createCallKey, toStoredCase } from '../names/identifier.js';
import type { NameMark, Name, TextPosition } from '../parsers/reading.js';
import { isIdentifier, isWord, type SqlToken } from '../lex/token.js';

/** What is written in the place of a token, or of the dotted name that begins with it. */
export type NameEdit =
  | { readonly parts: readonly string[]; readonly plain?: true; readonly alias?: string }
  | { readonly behind: string };

export type NameEdits = ReadonlyMap<SqlToken, NameEdit>;

/** How names are written. */
export interface NamingRules {
  readonly scope: SchemaRef;
  /** True for what may be called and is an object of the connection's own. */
  readonly isOwn: (name: Name) => boolean;
  /** Whether CTEs get names that no table has. */
  readonly renamesCtes: boolean;
}

/** Begins the names that CTEs are given; a statement that has one of its own is not rendered. */
export const ctePrefix = 'sallyport cte ';

/** What a name is called instead, where its mark stands; undefined where one of them cannot be found in the text. */
export function createEdits(
  tokens: readonly SqlToken[],
  marks: readonly NameMark[],
  naming: NamingRules,
): NameEdits | undefined {
  const places = indexTokens(tokens);
  const edits = new Map<SqlToken, NameEdit>();
  for (const mark of marks) {
    const edit = createEdit(mark, naming);
    if (edit === undefined) continue;
    const at = places.get(createPositionKey(mark));
    if (at === undefined || !(mark.role === 'recursion' ? isWord(tokens[at], 'WITH') : isNameAt(tokens, at, mark.name)))
      return undefined;
    edits.set(tokens[at] as SqlToken, edit);
  }
  return edits;
}

function createEdit(
  { role: means, name, cte, aliased }: NameMark,
  { scope, isOwn: own, renamesCtes: apart }: NamingRules,
): NameEdit | undefined {
  if (means === 'recursion') return { behind: 'RECURSIVE' };
  if (means === 'object') return { parts: toFullName(name, scope) };
  // Plain words, as they were registered: not every reader knows a call whose name is in quotes.
  if (means === 'call') return own(name) ? { parts: toFullName(name, scope), plain: true } : undefined;
  if (!apart) return undefined;
  const called = toStoredCase(name[0] as Name[number]);
  const parts = [`${ctePrefix}${cte} ${called}`];
  return means === 'cte' && aliased !== true ? { parts, alias: called } : { parts };
}

function toFullName(name: Name, scope: SchemaRef): readonly string[] {
  const { database, schema, name: last } = resolveName(name, scope);
  return [database, schema, last];
}

/** The tokens with every edit made. */
export function applyEdits(tokens: readonly SqlToken[], edits: NameEdits): readonly SqlToken[] {
  const result: SqlToken[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as SqlToken;
    const edit = edits.get(token);
    if (edit === undefined) result.push(token);
    else if ('behind' in edit) result.push(token, createWord(edit.behind));
    else {
      result.push(
        ...createNameTokens(edit.parts, token.spaced, edit.plain === true ? createWord : createQuoted),
        ...(edit.alias === undefined ? [] : [createWord('AS'), createQuoted(edit.alias, true)]),
      );
      at = readName(tokens, at).end - 1;
    }
  }
  return result;
}

/** What two readings of one statement must have in common, mark by mark. */
export function listMeanings(marks: readonly NameMark[], { scope, isOwn: own }: NamingRules): readonly string[] {
  return marks
    .filter(({ role: means }) => means !== 'recursion')
    .map(({ role: means, name, cte }) => {
      if (cte !== undefined) return `${means} ${cte}`;
      return means === 'call' && !own(name)
        ? `call ${createCallKey(name)}`
        : `object ${JSON.stringify(toFullName(name, scope))}`;
    });
}

/** True where every object is named in full, so that no search path matters. */
export function isFullyNamed(marks: readonly NameMark[], { isOwn: own }: NamingRules): boolean {
  return marks.every(
    ({ role: means, name }) =>
      (means !== 'object' && !(means === 'call' && own(name))) ||
      (name.length === 3 && (means === 'call' || name.every((part) => part.quoted))),
  );
}

/** The index of the token that begins at each place of the text that these make. */
function indexTokens(tokens: readonly SqlToken[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  let [line, column] = [1, 1];
  for (const [index, token] of tokens.entries()) {
    if (token.spaced && index > 0) column += 1;
    if (isIdentifier(token)) found.set(createPositionKey({ line, column }), index);
    const lines = token.text.split('\n');
    const last = Array.from(lines.at(-1) as string).length;
    column = lines.length === 1 ? column + last : 1 + last;
    line += lines.length - 1;
  }
  return found;
}

function createPositionKey({ line, column }: TextPosition): string {
  return `${line}:${column}`;
}

/** True where this very name stands here, and no more of it. */
function isNameAt(tokens: readonly SqlToken[], at: number, name: Name): boolean {
  const there = readName(tokens, at).name;
  return (
    there.length === name.length &&
    name.every((part, index) => part.text === there[index]?.text && part.quoted === there[index]?.quoted)
  );
}

function createNameTokens(
  parts: readonly string[],
  spaced: boolean,
  written: (part: string, spaced: boolean) => SqlToken,
): readonly SqlToken[] {
  return parts.flatMap((part, at) => (at === 0 ? [written(part, spaced)] : [createSign('.'), written(part, false)]));
}

function createQuoted(text: string, spaced: boolean): SqlToken {
  return { kind: 'quoted', text: `"${text}"`, upper: `"${text}"`, spaced };
}

function createWord(text: string, spaced = true): SqlToken {
  return { kind: 'word', text, upper: text, spaced };
}

function createSign(text: string): SqlToken {
  return { kind: 'sign', text, upper: text, spaced: false };
}
