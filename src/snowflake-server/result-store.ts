import { gzipSync } from 'node:zlib';
import { serverErrors } from './server-error.js';
import type { ResultTable, WireRow } from './wire-format.js';

const [inlineRows, chunkRows] = [1_000, 10_000];

/** What a query's answer says of its rows: the first of them, and where the others are. */
export interface StoredResult {
  readonly rowset: readonly WireRow[];
  readonly total: number;
  readonly chunks: readonly {
    readonly url: string;
    readonly rowCount: number;
    readonly uncompressedSize: number;
    readonly compressedSize: number;
  }[];
}

/** Chunks of results, each to be fetched at an address of its own. */
export class ResultStore {
  readonly #chunks = new Map<string, Buffer>();

  getChunk(name: string): Buffer | undefined {
    return this.#chunks.get(name);
  }

  /**
   * Reads all of an answer; what is not inline is kept to be fetched. Throws Failure, and keeps nothing, when it is
   * ended meanwhile.
   */
  async store(queryId: string, answer: ResultTable, base: string, stop: AbortSignal): Promise<StoredResult> {
    const rowset: WireRow[] = [];
    const chunks: StoredResult['chunks'][number][] = [];
    let pending: string[] = [];
    let total = 0;
    const flush = (): void => {
      if (pending.length === 0) return;
      const text = pending.join(',');
      const bytes = gzipSync(text, { level: 1 });
      const name = `${queryId}/${chunks.length}`;
      this.#chunks.set(name, bytes);
      chunks.push({
        url: `${base}/chunks/${name}`,
        rowCount: pending.length,
        uncompressedSize: Buffer.byteLength(text),
        compressedSize: bytes.length,
      });
      pending = [];
    };
    for await (const row of answer.rows) {
      if (stop.aborted) break;
      total += 1;
      if (rowset.length < inlineRows) rowset.push(row);
      else pending.push(JSON.stringify(row));
      if (pending.length >= chunkRows) flush();
    }
    // DuckDB says that an interrupted result is at its end.
    if (stop.aborted) {
      for (const index of chunks.keys()) this.#chunks.delete(`${queryId}/${index}`);
      throw serverErrors.cancelled();
    }
    flush();
    return { rowset, total, chunks };
  }
}
