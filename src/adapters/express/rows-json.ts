import type { RowDelivery, Row, StatementResult } from '../../core/index.js';

/** How much of a result one JSON answer holds. */
export interface JsonLimits {
  readonly jsonRows: number;
  readonly jsonBytes: number;
}

/** A result as one JSON text. */
export interface RenderedRows {
  readonly text: string;
  readonly delivery: RowDelivery;
  /** How many rows lie, at least in part, in so many bytes from the beginning; and their bytes. */
  countRowsWithin(bytes: number): Pick<RowDelivery, 'rows' | 'bytes'>;
}

/** A result, or as much of it as the caps allow. Throws what the rows throw, so that nothing is half said. */
export async function renderRowsJson(result: StatementResult, caps: JsonLimits): Promise<RenderedRows> {
  const page = new JsonRows(caps);
  let cut = false;
  const delivery = await result.deliver((batch, sent) => {
    const taken = page.add(batch);
    sent(taken === batch.length ? batch : batch.slice(0, taken));
    cut = taken < batch.length;
    return !cut;
  });
  const end = {
    rowCount: page.rows,
    truncated: delivery.truncated,
    ...(cut ? { hint: 'Ask with "Accept: application/x-ndjson" to get every row.' } : {}),
  };
  const head = `${JSON.stringify(createResultHead(result)).slice(0, -1)},"rows":[`;
  const text = `${head}${page.text()}],${JSON.stringify(end).slice(1)}`;
  const start = Buffer.byteLength(head);
  return { text, delivery, countRowsWithin: (bytes) => page.countRowsWithin(bytes - start) };
}

/** What is known of a result before its rows. */
export function createResultHead({
  statement,
  kind,
  operation,
  queryId,
  columns,
  affected,
  replayed,
}: StatementResult) {
  return {
    statement,
    kind,
    operation,
    queryId,
    columns,
    ...(affected === undefined ? {} : { affected }),
    ...(replayed === undefined ? {} : { replayed }),
  };
}

/** Rows as JSON, up to the caps. */
class JsonRows {
  readonly #limits: JsonLimits;
  readonly #texts: string[] = [];
  /** Where each row ends, with its comma. */
  readonly #ends: number[] = [];
  #bytes = 0;

  constructor(caps: JsonLimits) {
    this.#limits = caps;
  }

  get rows(): number {
    return this.#texts.length;
  }

  text(): string {
    return this.#texts.join(',');
  }

  /** Rows that begin before so many bytes. */
  countRowsWithin(bytes: number): Pick<RowDelivery, 'rows' | 'bytes'> {
    const rows = bytes <= 0 ? 0 : this.#ends.filter((_end, index) => (this.#ends[index - 1] ?? 0) < bytes).length;
    return { rows, bytes: rows === 0 ? 0 : (this.#ends[rows - 1] as number) };
  }

  /** Takes as many of the rows as there is room for, and says how many. */
  add(batch: readonly Row[]): number {
    for (const [taken, row] of batch.entries()) if (!this.#addIfFits(row)) return taken;
    return batch.length;
  }

  #addIfFits(row: Row): boolean {
    if (this.rows === this.#limits.jsonRows) return false;
    const text = JSON.stringify(row);
    this.#bytes += Buffer.byteLength(text) + 1;
    if (this.#bytes > this.#limits.jsonBytes) return false;
    this.#texts.push(text);
    this.#ends.push(this.#bytes);
    return true;
  }
}
