import { createHash } from 'node:crypto';
import {
  formatObject,
  type Analysis,
  type Analyzer,
  type ObjectRef,
  type SchemaRef,
  type StatementKind,
} from '../../core/index.js';

const kinds: Readonly<Record<string, StatementKind>> = {
  SELECT: 'read',
  INSERT: 'write',
  UPDATE: 'write',
  DELETE: 'write',
  CREATE: 'ddl',
  DROP: 'ddl',
};

/**
 * Reads statements of one form only: a verb (`SELECT`, `INSERT`, `UPDATE`, `DELETE`, `CREATE`, `DROP`), the names it
 * touches and places for
 * binds, as in `SELECT orders ops.customers ?`. Anything else is refused. Binds are counted only where the text has
 * places for them. For
 * tests and trials of what is not about SQL.
 */
export function memoryAnalyzer(): Analyzer {
  return { analyze: async (sql, scope) => analyzeText(sql, scope) };
}

function analyzeText(sql: string, scope: SchemaRef): Analysis {
  const canonical = sql.trim().replaceAll(/\s+/g, ' ');
  const [verb = '', ...words] = canonical.split(' ');
  const placeholders = words.filter((word) => /^(?:\?|:\w+)$/.test(word));
  const names = words.filter((word) => !placeholders.includes(word));
  const operation = verb.toUpperCase();
  const kind = kinds[operation] ?? 'invalid';
  const objects = names.map((name) => resolveName(name, scope));
  const known = objects.filter((each) => each !== undefined);
  const shared = {
    canonical,
    operation,
    digest: createHash('sha256').update(canonical).digest('hex'),
    redacted: canonical,
    functions: [],
    ...(placeholders.length === 0 ? {} : { placeholders }),
    summary: [operation, ...known.map(formatObject)].join(' ').slice(0, 255),
  };
  if (kind === 'invalid' || known.length < objects.length) {
    const refusal = {
      code: 'NOT_UNDERSTOOD',
      reason: 'memory.form',
      message: 'a statement is a verb and names here',
    } as const;
    return { ...shared, kind: 'invalid', summary: operation.slice(0, 255), reads: [], writes: [], refusal };
  }
  return { ...shared, kind, reads: kind === 'read' ? known : [], writes: kind === 'read' ? [] : known };
}

function resolveName(name: string, scope: SchemaRef): ObjectRef | undefined {
  if (!/^\w+(\.\w+){0,2}$/.test(name)) return undefined;
  const [last = '', schema = scope.schema, database = scope.database] = name.toUpperCase().split('.').toReversed();
  return { database, schema, name: last, kind: 'relation' };
}
