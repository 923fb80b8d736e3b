/** How large a relation can be: so many tables multiplied, times a number of rows that the text itself gives. */
export interface RelationSize {
  readonly tables: number;
  readonly rows: number;
}

/** One row, or as many as a table function makes of its argument. */
export const singleRow: RelationSize = { tables: 0, rows: 1 };
export const wholeTable: RelationSize = { tables: 1, rows: 1 };

export function multiplySizes(one: RelationSize, other: RelationSize): RelationSize {
  return { tables: one.tables + other.tables, rows: one.rows * other.rows };
}

/** Of a union. */
export function addSizes(one: RelationSize, other: RelationSize): RelationSize {
  return { tables: Math.max(one.tables, other.tables), rows: one.rows + other.rows };
}
