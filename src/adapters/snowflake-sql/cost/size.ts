/** How large a relation can be: so many tables multiplied, times a number of rows that the text itself gives. */
export interface Size {
  readonly tables: number;
  readonly rows: number;
}

/** One row, or as many as a table function makes of its argument. */
export const single: Size = { tables: 0, rows: 1 };
export const wholeTable: Size = { tables: 1, rows: 1 };

export function times(one: Size, other: Size): Size {
  return { tables: one.tables + other.tables, rows: one.rows * other.rows };
}

/** Of a union. */
export function plus(one: Size, other: Size): Size {
  return { tables: Math.max(one.tables, other.tables), rows: one.rows + other.rows };
}
