import type { Delivery, Row, StatementResult } from '../../core/index.js';

/** How much of a result one JSON answer holds. */
export interface Caps {
  readonly jsonRows: number;
  readonly jsonBytes: number;
}

/** A result as one JSON text. */
export interface RowsText {
  readonly text: string;
  readonly delivery: Delivery;
  /** How many rows lie, at least in part, in so many bytes from the beginning; and their bytes. */
  within(bytes: number): Pick<Delivery, 'rows' | 'bytes'>;
}

/** A result, or as much of it as the caps allow. Throws what the rows throw, so that nothing is half said. */
export async function rowsAsJson(result: StatementResult, caps: Caps): Promise<RowsText> {
  const page = new Page(caps);
  let cut = false;
  const delivery = await result.deliver((batch, sent) => {
    const taken = page.add(batch);
    sent(taken === batch.length ? batch : batch.slice(0, taken));
    cut = taken < batch.length;
    return !cut;
  });
  const end = { rowCount: page.rows, truncated: delivery.truncated, ...(cut ? { hint: 'Ask with "Accept: application/x-ndjson" to get every row.' } : {}) };
  const head = `${JSON.stringify(headOf(result)).slice(0, -1)},"rows":[`;
  const text = `${head}${page.text()}],${JSON.stringify(end).slice(1)}`;
  const start = Buffer.byteLength(head);
  return { text, delivery, within: (bytes) => page.within(bytes - start) };
}

/** What is known of a result before its rows. */
export function headOf({ statement, kind, operation, queryId, columns, affected, replayed }: StatementResult) {
  return { statement, kind, operation, queryId, columns, ...(affected === undefined ? {} : { affected }), ...(replayed === undefined ? {} : { replayed }) };
}

/** Rows as JSON, up to the caps. */
class Page {
  readonly #caps: Caps;
  readonly #texts: string[] = [];
  /** Where each row ends, with its comma. */
  readonly #ends: number[] = [];
  #bytes = 0;

  constructor(caps: Caps) {
    this.#caps = caps;
  }

  get rows(): number {
    return this.#texts.length;
  }

  text(): string {
    return this.#texts.join(',');
  }

  /** Rows that begin before so many bytes. */
  within(bytes: number): Pick<Delivery, 'rows' | 'bytes'> {
    const rows = bytes <= 0 ? 0 : this.#ends.filter((_end, index) => (this.#ends[index - 1] ?? 0) < bytes).length;
    return { rows, bytes: rows === 0 ? 0 : (this.#ends[rows - 1] as number) };
  }

  /** Takes as many of the rows as there is room for, and says how many. */
  add(batch: readonly Row[]): number {
    for (const [taken, row] of batch.entries()) if (!this.#fits(row)) return taken;
    return batch.length;
  }

  #fits(row: Row): boolean {
    if (this.rows === this.#caps.jsonRows) return false;
    const text = JSON.stringify(row);
    this.#bytes += Buffer.byteLength(text) + 1;
    if (this.#bytes > this.#caps.jsonBytes) return false;
    this.#texts.push(text);
    this.#ends.push(this.#bytes);
    return true;
  }
}
