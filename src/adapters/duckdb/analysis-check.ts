import { StatementType, type DuckDBConnection, type DuckDBPreparedStatement } from '@duckdb/node-api';
import { formatObject, type Analysis, type ObjectRef } from '../../core/index.js';
import { createDisagreementError } from './errors.js';
import type { StoredNames } from './stored-names.js';

/** What DuckDB calls a statement that the analysis calls this, by its verb. */
const typeByVerb: Readonly<Record<string, StatementType>> = {
  SELECT: StatementType.SELECT,
  VALUES: StatementType.SELECT,
  DESCRIBE: StatementType.SELECT,
  EXPLAIN: StatementType.EXPLAIN,
  INSERT: StatementType.INSERT,
  UPDATE: StatementType.UPDATE,
  DELETE: StatementType.DELETE,
  TRUNCATE: StatementType.DELETE,
  MERGE: StatementType.MERGE_INTO,
  CREATE: StatementType.CREATE,
  ALTER: StatementType.ALTER,
  DROP: StatementType.DROP,
};

const typesByKind: Readonly<Record<string, readonly StatementType[]>> = {
  read: [StatementType.SELECT],
  metadata: [StatementType.SELECT, StatementType.EXPLAIN],
  write: [StatementType.INSERT, StatementType.UPDATE, StatementType.DELETE, StatementType.MERGE_INTO],
  ddl: [StatementType.CREATE, StatementType.ALTER, StatementType.DROP],
};

/** A relation as it stands in a text. */
interface Relation {
  readonly database: string;
  readonly schema: string;
  readonly name: string;
}

/** Begins the names that CTEs have in a rendered text; nothing else in one has a name of one part. */
const ctePrefix = 'sallyport cte ';

/** Throws ENGINE_DISAGREES unless DuckDB takes the statement for what the analysis takes it for. */
export function checkKind({ statementType }: DuckDBPreparedStatement, { kind, operation }: Analysis): void {
  const wanted = typeByVerb[operation.split(' ', 1)[0] ?? ''];
  const fits = (typesByKind[kind] ?? []).includes(statementType) && (wanted === undefined || wanted === statementType);
  if (!fits)
    throw createDisagreementError('kind', {
      expected: operation === '' ? kind : operation,
      found: StatementType[statementType] ?? 'unknown',
    });
}

/**
 * Throws ENGINE_DISAGREES where DuckDB would find another object under a name of the analysis than the one it names.
 */
export function checkObjects({ reads, writes, functions }: Analysis, names: StoredNames): void {
  for (const object of [...reads, ...writes]) {
    if (object.kind === 'function') continue;
    const stored = names.findStored(object.database, object.schema, object.name);
    const same =
      stored === undefined ||
      (stored[0] === object.database && stored[1] === object.schema && stored[2] === object.name);
    if (!same)
      throw createDisagreementError('names', {
        object: formatObject(object),
        found: formatObject(createObjectRef(...stored)),
      });
  }
  const own = reads.filter(({ kind }) => kind === 'function');
  for (const name of functions) {
    const found = names
      .findMacros(name.slice(name.lastIndexOf('.') + 1))
      .find(
        (path) => !own.some((each) => each.database === path[0] && each.schema === path[1] && each.name === path[2]),
      );
    if (found !== undefined)
      throw createDisagreementError('names', { object: name, found: formatObject(createObjectRef(...found)) });
  }
}

/** Texts whose relations are kept. */
const maxTexts = 500;

/**
 * Holds the relations that DuckDB's own parser sees in a query against those of the analysis. What it sees in a text is
 * kept.
 */
export class RelationCheck {
  readonly #relations = new Map<string, readonly Relation[]>();

  /**
   * Throws ENGINE_DISAGREES where one of them is none of the analysis. DuckDB takes only queries apart; in other
   * statements full names leave it no choice.
   */
  async check(connection: DuckDBConnection, text: string, { kind, reads }: Analysis): Promise<void> {
    if (kind !== 'read' && kind !== 'metadata') return;
    const known = this.#relations.get(text);
    const seen = known ?? (await readRelations(connection, text));
    this.#remember(text, seen);
    for (const relation of seen) {
      if (relation.database === '' && relation.schema === '' && relation.name.startsWith(ctePrefix)) continue;
      if (
        !reads.some(
          (each) =>
            each.database === relation.database && each.schema === relation.schema && each.name === relation.name,
        )
      ) {
        throw createDisagreementError('names', {
          object: formatObject({ ...relation, kind: 'relation' }),
          expected: reads.map(formatObject).join(', ').slice(0, 500),
        });
      }
    }
  }

  /** The most recently used stay. */
  #remember(text: string, seen: readonly Relation[]): void {
    this.#relations.delete(text);
    this.#relations.set(text, seen);
    if (this.#relations.size > maxTexts) this.#relations.delete(this.#relations.keys().next().value as string);
  }
}

async function readRelations(connection: DuckDBConnection, text: string): Promise<readonly Relation[]> {
  const query = text.replace(/^\s*EXPLAIN\s+/i, '');
  const [[json] = []] = (await connection.runAndReadAll('SELECT json_serialize_sql($1::VARCHAR)', [query])).getRows();
  const tree = JSON.parse(String(json)) as { readonly error?: unknown };
  if (tree.error !== false)
    throw createDisagreementError('names', { expected: 'a query', found: 'what DuckDB cannot take apart' });
  const found: Relation[] = [];
  collectRelations(tree, found);
  return found;
}

function collectRelations(value: unknown, found: Relation[]): void {
  if (typeof value !== 'object' || value === null) return;
  for (const each of Object.values(value)) collectRelations(each, found);
  const {
    type,
    catalog_name: database,
    schema_name: schema,
    table_name: name,
  } = value as Readonly<Record<string, unknown>>;
  if (type === 'BASE_TABLE') found.push({ database: String(database), schema: String(schema), name: String(name) });
}

function createObjectRef(database: string, schema: string, name: string): ObjectRef {
  return { database, schema, name, kind: 'relation' };
}
