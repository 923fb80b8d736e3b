import {
  formatName,
  formatObject,
  type Analysis,
  type ColumnLineage,
  type ObjectRef,
  type SchemaRef,
} from '../../core/index.js';
import { checkParsedCalls, checkCalls, type OwnFunctions } from './checks/calls.js';
import { formatCanonical, hashCanonical, formatRedacted } from './lex/canonical.js';
import { checkCost } from './cost/index.js';
import { splitFlow, removeEarlierResults } from './lex/flow-operator.js';
import {
  checkDefinition,
  findExplainedQuery,
  classifyStatement,
  classifyRefused,
  type ClassifiedStatement,
} from './checks/statement-kind.js';
import { tokenize } from './lex/lexer.js';
import { checkLimits } from './checks/limits.js';
import { findRevealedObjects } from './checks/metadata.js';
import { resolveName } from './names/resolve-name.js';
import { requireOneStatement, splitStatements, normalizeNames } from './lex/normalize.js';
import { toStoredCase } from './names/identifier.js';
import type { Name, ParserReading, ParserPool } from './parsers/reading.js';
import { listPlaceholders } from './lex/placeholders.js';
import { simplifyStatement } from './parsers/simplify/index.js';
import { RefusedError } from './checks/refusal.js';
import { checkRelations, findRelationWords } from './checks/relations.js';
import { render } from './render/index.js';
import { createLastNameEdit, locateNames } from './render/locate-names.js';
import type { NameEdits } from './render/name-edits.js';
import { isSign, isWord, findOpening, type SqlToken } from './lex/token.js';
import { checkTypes } from './checks/types.js';
import { createReadError } from './parsers/read-errors.js';

/** What a judgement needs besides the text. */
export interface AnalysisContext {
  readonly parsers: ParserPool;
  readonly scope: SchemaRef;
  /** Functions of the connection's own that may be called, in stored case: `DB.SCHEMA.NAME`. */
  readonly functions: ReadonlySet<string>;
  readonly signal: AbortSignal;
  /** What to render it for; not rendered without. */
  readonly dialect?: string | undefined;
}

type Objects = Pick<Analysis, 'reads' | 'writes' | 'functions' | 'lineage'>;

/** With what writes their names in full; undefined where a name cannot be placed. */
type FoundObjects = Objects & { readonly edits: NameEdits | undefined };

/** Statements of a text of several that are looked at for what they would touch. */
const maxStatements = 5;

const noObjects: Objects = { reads: [], writes: [], functions: [] };

/** Of rows that are a plan, or made of an earlier result. */
const unknownLineage: readonly ColumnLineage[] = [{ column: '*', sources: 'unknown' }];

/**
 * Reads one text. Never throws for what it says: what cannot or must not be judged comes back with a refusal. Throws
 * ANALYSIS_UNAVAILABLE where no parser is there to read it.
 */
export async function analyze(text: string, bench: AnalysisContext): Promise<Analysis> {
  let tokens: readonly SqlToken[] = [];
  let kind: ClassifiedStatement = { kind: 'invalid', operation: '' };
  let objects = noObjects;
  try {
    const all = tokenize(text);
    checkLimits(all);
    kind = { kind: all.some((token) => isSign(token, ';')) ? 'multi' : 'invalid', operation: '' };
    const first = classifyStatement(all);
    if (first.kind === 'script') {
      kind = first; // What its semicolons end is no statement by itself.
      throw new RefusedError('sql.script');
    }
    tokens = normalizeNames(requireOneStatement(all));
    kind = classifyStatement(tokens);
    if (kind.refusalReason !== undefined) throw new RefusedError(kind.refusalReason);
    const { edits, ...found } = await findObjects(tokens, kind, bench);
    objects = found;
    return {
      ...createAnalysis(tokens, kind, objects),
      ...(bench.dialect === undefined ? {} : { rendered: render(tokens, edits, bench.dialect) }),
    };
  } catch (error) {
    if (!(error instanceof RefusedError)) throw error;
    if (error.reason === 'sql.multiple_statements')
      error.objects = await findTouchedObjects(splitStatements(tokenize(text)), bench);
    return {
      ...createAnalysis(tokens, { ...kind, kind: classifyRefused(error, kind.kind) }, { ...objects, ...error.objects }),
      refusal: error.toRefusal(),
    };
  }
}

async function findObjects(
  tokens: readonly SqlToken[],
  kind: ClassifiedStatement,
  bench: AnalysisContext,
): Promise<FoundObjects> {
  if (kind.operation === 'EXPLAIN') {
    const query = findExplainedQuery(tokens);
    if (
      query === undefined ||
      classifyStatement(query).kind !== 'read' ||
      classifyStatement(query).refusalReason !== undefined
    )
      throw new RefusedError('sql.metadata');
    return { ...(await analyzePart(query, { kind: 'read', operation: 'SELECT' }, bench)), lineage: unknownLineage };
  }
  if (kind.kind === 'metadata') {
    const reads = findRevealedObjects(tokens, bench.scope);
    return { ...noObjects, reads, edits: createLastNameEdit(tokens, reads[0]) };
  }
  if (kind.kind === 'ddl') checkDefinition(tokens);
  const parts = splitFlow(tokens);
  const found: FoundObjects[] = [];
  for (const part of parts)
    found.push(await analyzePart(part, parts.length === 1 ? kind : classifyStatement(part), bench));
  return found.length === 1 ? (found[0] as FoundObjects) : mergeFound(found);
}

/** One part by itself: its own text first, then what both parsers agree on, each held against the other. */
async function analyzePart(
  tokens: readonly SqlToken[],
  kind: ClassifiedStatement,
  bench: AnalysisContext,
): Promise<FoundObjects> {
  if (kind.refusalReason !== undefined) throw new RefusedError(kind.refusalReason);
  checkText(tokens);
  const own = createOwnFunctions(bench);
  const places = findRelationWords(tokens);
  try {
    checkCalls(tokens, own);
    checkTypes(tokens);
    checkCost(tokens, places);
  } catch (error) {
    if (error instanceof RefusedError) error.objects = await findTouchedObjects([tokens], bench);
    throw error;
  }
  const reading = await readWithParsers(tokens, bench);
  if (reading.statements !== 1 || !isSameVerb(reading.root, kind)) throw new RefusedError('sql.parsers_disagree');
  checkParsedCalls(
    reading.functions,
    own,
    tokens.some((token) => isWord(token, 'MATCH_RECOGNIZE')),
  );
  const called = reading.functions
    .filter((name) => own.has(name))
    .map((name) => resolveName(name, bench.scope, 'function'));
  const reads = removeEarlierResults(reading.reads).map((name) => resolveName(name, bench.scope));
  const writes = reading.writes.map((name) => resolveName(name, bench.scope));
  checkRelations(tokens, places, [...reads, ...writes], bench.scope);
  const lineage =
    reading.lineage === undefined
      ? {}
      : { lineage: reading.lineage.map(({ column, sources }) => resolveLineage(column, sources, bench.scope)) };
  const edits = await locateEdits(tokens, reading, own, bench);
  return {
    reads: removeDuplicates([...reads, ...called]),
    writes: removeDuplicates(writes),
    functions: formatFunctionNames(reading.functions),
    ...lineage,
    edits,
  };
}

async function locateEdits(
  tokens: readonly SqlToken[],
  reading: ParserReading,
  own: OwnFunctions,
  { dialect, scope, parsers: readers, signal }: AnalysisContext,
): Promise<NameEdits | undefined> {
  return dialect === undefined
    ? undefined
    : locateNames(tokens, reading, { scope, isOwn: own.has, renamesCtes: dialect !== 'snowflake' }, readers, signal);
}

/**
 * What refused texts would have touched, for the record and for people: as far as both parsers can tell, and nothing is
 * decided by it.
 */
async function findTouchedObjects(
  texts: readonly (readonly SqlToken[])[],
  bench: AnalysisContext,
): Promise<Pick<Objects, 'reads' | 'writes'>> {
  const [reads, writes]: [ObjectRef[], ObjectRef[]] = [[], []];
  for (const tokens of texts.slice(0, maxStatements)) {
    const readings = await bench.parsers.read(formatCanonical(simplifyStatement(tokens)), bench.signal);
    if (!readings.ok) continue;
    reads.push(...removeEarlierResults(readings.reading.reads).map((name) => resolveName(name, bench.scope)));
    writes.push(...readings.reading.writes.map((name) => resolveName(name, bench.scope)));
  }
  return { reads: removeDuplicates(reads), writes: removeDuplicates(writes) };
}

/** What the text may not hold anywhere, whatever it means there. */
function checkText(tokens: readonly SqlToken[]): void {
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at] as SqlToken;
    if (token.kind === 'stage' || (isWord(token, 'DIRECTORY', 'SEMANTIC_VIEW') && isSign(tokens[at + 1], '(')))
      throw new RefusedError('sql.stage');
    if (token.kind === 'variable' && !/^\$\d+$/.test(token.text)) throw new RefusedError('sql.variable');
    if (isWord(token, 'STREAM') && isSign(tokens[at + 1], '=>')) throw new RefusedError('sql.dynamic_name', 'STREAM');
    if (isWord(token, 'TABLE') && isSign(tokens[at + 1], '(') && isNameLiteral(tokens[at + 2]))
      throw new RefusedError('sql.dynamic_name', 'TABLE');
    if (isSign(token, ':=')) throw new RefusedError('sql.script');
    if (
      isSign(token, '$') &&
      !(isSign(tokens[at + 1], ')') && isWord(tokens[findOpening(tokens, at + 1) - 1], 'PATTERN'))
    )
      throw new RefusedError('sql.character');
  }
}

/** What holds the name of a table in `TABLE('t')` and `TABLE(?)`. */
function isNameLiteral(token: SqlToken | undefined): boolean {
  return token?.kind === 'string' || isSign(token, '?') || isSign(token, ':');
}

async function readWithParsers(
  tokens: readonly SqlToken[],
  { parsers: readers, signal }: AnalysisContext,
): Promise<ParserReading> {
  const readings = await readers.read(formatCanonical(simplifyStatement(tokens)), signal);
  if (readings.ok) return readings.reading;
  throw createReadError(readings);
}

function isSameVerb(root: string, { kind, operation }: ClassifiedStatement): boolean {
  if (kind === 'read') return root === 'SELECT';
  if (operation === 'ALTER VIEW') return root === 'ALTER TABLE';
  return root === operation || root.startsWith(`${operation} `) || operation.startsWith(`${root} `);
}

function createOwnFunctions({ functions, scope }: AnalysisContext): OwnFunctions {
  return { has: (name) => functions.size > 0 && functions.has(formatObject(resolveName(name, scope, 'function'))) };
}

function mergeFound(found: readonly FoundObjects[]): FoundObjects {
  const known = found.every(({ edits }) => edits !== undefined);
  return {
    edits: known ? new Map(found.flatMap(({ edits }) => [...(edits ?? [])])) : undefined,
    reads: removeDuplicates(found.flatMap((each) => each.reads)),
    writes: [],
    functions: [...new Set(found.flatMap((each) => each.functions))],
    lineage: unknownLineage,
  };
}

function resolveLineage(column: string, sources: readonly Name[] | 'unknown', scope: SchemaRef): ColumnLineage {
  if (sources === 'unknown') return { column, sources };
  return {
    column,
    sources: sources.map(
      (name) =>
        `${formatObject(resolveName(name.slice(0, -1), scope))}.${formatName(toStoredCase(name.at(-1) as Name[number]))}`,
    ),
  };
}

function formatFunctionNames(functions: readonly Name[]): readonly string[] {
  return [...new Set(functions.map((name) => name.map(toStoredCase).join('.')))];
}

function removeDuplicates(objects: readonly ObjectRef[]): readonly ObjectRef[] {
  return objects.length < 2
    ? objects
    : [...new Map(objects.map((each) => [`${each.kind} ${formatObject(each)}`, each])).values()].toSorted((a, b) =>
        formatObject(a) < formatObject(b) ? -1 : 1,
      );
}

function createAnalysis(
  tokens: readonly SqlToken[],
  { kind, operation }: ClassifiedStatement,
  objects: Objects,
): Analysis {
  const canonical = formatCanonical(tokens);
  const targets = [...objects.writes, ...objects.reads].map(formatObject);
  const summary = [operation, ...targets].join(' ').trim();
  return {
    kind,
    operation,
    canonical: canonical === '' ? '-' : canonical,
    digest: hashCanonical(canonical),
    redacted: formatRedacted(tokens),
    summary: summary.length > 255 ? `${summary.slice(0, 252)}...` : summary,
    placeholders: listPlaceholders(tokens).map((each) => each.text),
    ...objects,
  };
}
