import type { Row, StatementResult } from '../../core/index.js';

/** How much of a result one JSON answer holds. */
export interface Caps {
  readonly jsonRows: number;
  readonly jsonBytes: number;
}

/** A result, or as much of it as the caps allow, as one JSON text. Throws what the rows throw, so that nothing is half said. */
export async function rowsAsJson(result: StatementResult, caps: Caps): Promise<string> {
  const page = new Page(caps);
  let cut = false;
  for await (const batch of result.batches) {
    cut = page.add(batch) < batch.length;
    if (cut) break;
  }
  const truncated = cut || result.delivery()?.truncated === true;
  const end = { rowCount: page.rows, truncated, ...(cut ? { hint: 'Ask with "Accept: application/x-ndjson" to get every row.' } : {}) };
  return `${JSON.stringify(headOf(result)).slice(0, -1)},"rows":[${page.text()}],${JSON.stringify(end).slice(1)}`;
}

/** What is known of a result before its rows. */
export function headOf({ statement, kind, operation, queryId, columns, affected, replayed }: StatementResult) {
  return { statement, kind, operation, queryId, columns, ...(affected === undefined ? {} : { affected }), ...(replayed === undefined ? {} : { replayed }) };
}

/** Rows as JSON, up to the caps. */
class Page {
  readonly #caps: Caps;
  readonly #texts: string[] = [];
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
    return true;
  }
}
