import { formatName, formatObject, type Analysis, type ColumnLineage, type ObjectRef, type SchemaRef } from '../../core/index.js';
import { checkCalled, checkCalls, type OwnFunctions } from './calls.js';
import { canonicalOf, digestOf, redactedOf } from './canonical.js';
import { checkCost } from './cost/index.js';
import { partsOf, withoutEarlier } from './flow.js';
import { checkDefinition, explained, kindOf, refusedKind, type Kind } from './kind.js';
import { lex } from './lexer.js';
import { checkLimits } from './limits.js';
import { revealed } from './metadata.js';
import { resolve } from './names.js';
import { oneStatement, pieces, plainer } from './normalize.js';
import { stored } from './parsers/identifier.js';
import type { Name, Reading, Readers } from './parsers/reading.js';
import { placeholdersOf } from './placeholders.js';
import { readable } from './readable/index.js';
import { Refused } from './refusal.js';
import { checkRelations, relationWords } from './relations.js';
import { render } from './render/index.js';
import { lastNameEdit, locate } from './render/located.js';
import type { Edits } from './render/naming.js';
import { isSign, isWord, opening, type Token } from './token.js';
import { checkTypes } from './types.js';
import { unread } from './unread.js';

/** What a judgement needs besides the text. */
export interface Bench {
  readonly readers: Readers;
  readonly scope: SchemaRef;
  /** Functions of the connection's own that may be called, in stored case: `DB.SCHEMA.NAME`. */
  readonly functions: ReadonlySet<string>;
  readonly signal: AbortSignal;
  /** What to render it for; not rendered without. */
  readonly dialect?: string | undefined;
}

type Objects = Pick<Analysis, 'reads' | 'writes' | 'functions' | 'lineage'>;

/** With what writes their names in full; undefined where a name cannot be placed. */
type Found = Objects & { readonly edits: Edits | undefined };

/** Statements of a text of several that are looked at for what they would touch. */
const mostPieces = 5;

const nothing: Objects = { reads: [], writes: [], functions: [] };

/** Of rows that are a plan, or made of an earlier result. */
const untold: readonly ColumnLineage[] = [{ column: '*', sources: 'unknown' }];

/** Reads one text. Never throws for what it says: what cannot or must not be judged comes back with a refusal. Throws ANALYSIS_UNAVAILABLE where no parser is there to read it. */
export async function analyze(text: string, bench: Bench): Promise<Analysis> {
  let tokens: readonly Token[] = [];
  let kind: Kind = { kind: 'invalid', operation: '' };
  let objects = nothing;
  try {
    const all = lex(text);
    checkLimits(all);
    kind = { kind: all.some((token) => isSign(token, ';')) ? 'multi' : 'invalid', operation: '' };
    const first = kindOf(all);
    if (first.kind === 'script') {
      kind = first; // What its semicolons end is no statement by itself.
      throw new Refused('sql.script');
    }
    tokens = plainer(oneStatement(all));
    kind = kindOf(tokens);
    if (kind.refuse !== undefined) throw new Refused(kind.refuse);
    const { edits, ...found } = await objectsOf(tokens, kind, bench);
    objects = found;
    return { ...analysis(tokens, kind, objects), ...(bench.dialect === undefined ? {} : { rendered: render(tokens, edits, bench.dialect) }) };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    if (error.reason === 'sql.multiple_statements') error.objects = await touched(pieces(lex(text)), bench);
    return { ...analysis(tokens, { ...kind, kind: refusedKind(error, kind.kind) }, { ...objects, ...error.objects }), refusal: error.refusal() };
  }
}

async function objectsOf(tokens: readonly Token[], kind: Kind, bench: Bench): Promise<Found> {
  if (kind.operation === 'EXPLAIN') {
    const query = explained(tokens);
    if (query === undefined || kindOf(query).kind !== 'read' || kindOf(query).refuse !== undefined) throw new Refused('sql.metadata');
    return { ...(await judged(query, { kind: 'read', operation: 'SELECT' }, bench)), lineage: untold };
  }
  if (kind.kind === 'metadata') {
    const reads = revealed(tokens, bench.scope);
    return { ...nothing, reads, edits: lastNameEdit(tokens, reads[0]) };
  }
  if (kind.kind === 'ddl') checkDefinition(tokens);
  const parts = partsOf(tokens);
  const found: Found[] = [];
  for (const part of parts) found.push(await judged(part, parts.length === 1 ? kind : kindOf(part), bench));
  return found.length === 1 ? (found[0] as Found) : together(found);
}

/** One part by itself: its own text first, then what both parsers agree on, each held against the other. */
async function judged(tokens: readonly Token[], kind: Kind, bench: Bench): Promise<Found> {
  if (kind.refuse !== undefined) throw new Refused(kind.refuse);
  checkText(tokens);
  const own = ownFunctions(bench);
  const places = relationWords(tokens);
  try {
    checkCalls(tokens, own);
    checkTypes(tokens);
    checkCost(tokens, places);
  } catch (error) {
    if (error instanceof Refused) error.objects = await touched([tokens], bench);
    throw error;
  }
  const reading = await read(tokens, bench);
  if (reading.statements !== 1 || !agrees(reading.root, kind)) throw new Refused('sql.parsers_disagree');
  checkCalled(reading.functions, own, tokens.some((token) => isWord(token, 'MATCH_RECOGNIZE')));
  const called = reading.functions.filter((name) => own.has(name)).map((name) => resolve(name, bench.scope, 'function'));
  const reads = withoutEarlier(reading.reads).map((name) => resolve(name, bench.scope));
  const writes = reading.writes.map((name) => resolve(name, bench.scope));
  checkRelations(tokens, places, [...reads, ...writes], bench.scope);
  const lineage = reading.lineage === undefined ? {} : { lineage: reading.lineage.map(({ column, sources }) => lineageOf(column, sources, bench.scope)) };
  const edits = await editsOf(tokens, reading, own, bench);
  return { reads: unique([...reads, ...called]), writes: unique(writes), functions: namesOf(reading.functions), ...lineage, edits };
}

async function editsOf(tokens: readonly Token[], reading: Reading, own: OwnFunctions, { dialect, scope, readers, signal }: Bench): Promise<Edits | undefined> {
  return dialect === undefined ? undefined : locate(tokens, reading, { scope, own: own.has, apart: dialect !== 'snowflake' }, readers, signal);
}

/** What refused texts would have touched, for the record and for people: as far as both parsers can tell, and nothing is decided by it. */
async function touched(texts: readonly (readonly Token[])[], bench: Bench): Promise<Pick<Objects, 'reads' | 'writes'>> {
  const [reads, writes]: [ObjectRef[], ObjectRef[]] = [[], []];
  for (const tokens of texts.slice(0, mostPieces)) {
    const readings = await bench.readers.read(canonicalOf(readable(tokens)), bench.signal);
    if (!readings.ok) continue;
    reads.push(...withoutEarlier(readings.reading.reads).map((name) => resolve(name, bench.scope)));
    writes.push(...readings.reading.writes.map((name) => resolve(name, bench.scope)));
  }
  return { reads: unique(reads), writes: unique(writes) };
}

/** What the text may not hold anywhere, whatever it means there. */
function checkText(tokens: readonly Token[]): void {
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as Token;
    if (token.kind === 'stage' || (isWord(token, 'DIRECTORY', 'SEMANTIC_VIEW') && isSign(tokens[at + 1], '('))) throw new Refused('sql.stage');
    if (token.kind === 'variable' && !/^\$\d+$/.test(token.text)) throw new Refused('sql.variable');
    if (isWord(token, 'STREAM') && isSign(tokens[at + 1], '=>')) throw new Refused('sql.dynamic_name', 'STREAM');
    if (isWord(token, 'TABLE') && isSign(tokens[at + 1], '(') && isText(tokens[at + 2])) throw new Refused('sql.dynamic_name', 'TABLE');
    if (isSign(token, ':=')) throw new Refused('sql.script');
    if (isSign(token, '$') && !(isSign(tokens[at + 1], ')') && isWord(tokens[opening(tokens, at + 1) - 1], 'PATTERN'))) throw new Refused('sql.character');
  }
}

/** What holds the name of a table in `TABLE('t')` and `TABLE(?)`. */
function isText(token: Token | undefined): boolean {
  return token?.kind === 'string' || isSign(token, '?') || isSign(token, ':');
}

async function read(tokens: readonly Token[], { readers, signal }: Bench): Promise<Reading> {
  const readings = await readers.read(canonicalOf(readable(tokens)), signal);
  if (readings.ok) return readings.reading;
  throw unread(readings);
}

function agrees(root: string, { kind, operation }: Kind): boolean {
  if (kind === 'read') return root === 'SELECT';
  if (operation === 'ALTER VIEW') return root === 'ALTER TABLE';
  return root === operation || root.startsWith(`${operation} `) || operation.startsWith(`${root} `);
}

function ownFunctions({ functions, scope }: Bench): OwnFunctions {
  return { has: (name) => functions.size > 0 && functions.has(formatObject(resolve(name, scope, 'function'))) };
}

function together(found: readonly Found[]): Found {
  const known = found.every(({ edits }) => edits !== undefined);
  return {
    edits: known ? new Map(found.flatMap(({ edits }) => [...(edits ?? [])])) : undefined,
    reads: unique(found.flatMap((each) => each.reads)), writes: [], functions: [...new Set(found.flatMap((each) => each.functions))], lineage: untold,
  };
}

function lineageOf(column: string, sources: readonly Name[] | 'unknown', scope: SchemaRef): ColumnLineage {
  if (sources === 'unknown') return { column, sources };
  return { column, sources: sources.map((name) => `${formatObject(resolve(name.slice(0, -1), scope))}.${formatName(stored(name.at(-1) as Name[number]))}`) };
}

function namesOf(functions: readonly Name[]): readonly string[] {
  return [...new Set(functions.map((name) => name.map(stored).join('.')))];
}

function unique(objects: readonly ObjectRef[]): readonly ObjectRef[] {
  return objects.length < 2 ? objects : [...new Map(objects.map((each) => [`${each.kind} ${formatObject(each)}`, each])).values()].toSorted((a, b) => (formatObject(a) < formatObject(b) ? -1 : 1));
}

function analysis(tokens: readonly Token[], { kind, operation }: Kind, objects: Objects): Analysis {
  const canonical = canonicalOf(tokens);
  const targets = [...objects.writes, ...objects.reads].map(formatObject);
  const summary = [operation, ...targets].join(' ').trim();
  return {
    kind, operation, canonical: canonical === '' ? '-' : canonical, digest: digestOf(canonical), redacted: redactedOf(tokens), summary: summary.length > 255 ? `${summary.slice(0, 252)}...` : summary,
    placeholders: placeholdersOf(tokens).map((each) => each.text), ...objects,
  };
}
