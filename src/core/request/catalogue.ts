import type { CatalogueObject, Column } from '../ports.js';

/** One column of one object, as catalogues list them. */
export interface CatalogueEntry {
  readonly object: string;
  readonly kind: CatalogueObject['kind'];
  readonly column: Column;
}

/** Columns, each with its object, put together object by object, in their order. */
export function groupColumnsByObject(entries: Iterable<CatalogueEntry>): readonly CatalogueObject[] {
  const objects = new Map<string, CatalogueObject & { readonly columns: Column[] }>();
  for (const { object, kind, column } of entries) {
    const known = objects.get(object) ?? { name: object, kind, columns: [] };
    known.columns.push(column);
    objects.set(object, known);
  }
  return [...objects.values()];
}
