import type { DuckDBConnection } from '@duckdb/node-api';
import { groupColumnsByObject, type CatalogueObject, type SchemaRef } from '../../core/index.js';

const catalogueQuery = `
SELECT c.table_name, t.table_type, c.column_name, c.data_type, c.is_nullable
FROM information_schema.columns c JOIN information_schema.tables t USING (table_catalog, table_schema, table_name)
WHERE c.table_catalog = $1 AND c.table_schema = $2
ORDER BY c.table_name, c.ordinal_position`;

/** The tables and views of one schema. The query is ours, so it does not come through the gate for statements. */
export async function readCatalogue(
  connection: DuckDBConnection,
  { database, schema }: SchemaRef,
): Promise<readonly CatalogueObject[]> {
  const rows = (await connection.runAndReadAll(catalogueQuery, [database, schema])).getRows() as string[][];
  return groupColumnsByObject(
    rows.map(([object = '', kind, name = '', type = '', nullable]) => ({
      object,
      kind: kind === 'VIEW' ? 'view' : 'table',
      column: { name, type: stripEnumValues(type), nullable: nullable === 'YES' },
    })),
  );
}

/** An enum's type would list its values, which are data. */
function stripEnumValues(type: string): string {
  const values = type.search(/\bENUM\(/);
  return values < 0 ? type : type.slice(0, values + 'ENUM'.length);
}
