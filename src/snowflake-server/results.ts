import { gzipSync } from 'node:zlib';
import type { Answer, WireRow } from './wire.js';

const [inlineRows, chunkRows] = [1_000, 10_000];

/** What a query's answer says of its rows: the first of them, and where the others are. */
export interface Laid {
  readonly rowset: readonly WireRow[];
  readonly total: number;
  readonly chunks: readonly { readonly url: string; readonly rowCount: number; readonly uncompressedSize: number; readonly compressedSize: number }[];
}

/** Chunks of results, each to be fetched at an address of its own. */
export class Results {
  readonly #chunks = new Map<string, Buffer>();

  chunk(name: string): Buffer | undefined {
    return this.#chunks.get(name);
  }

  /** Reads all of an answer; what is not inline is kept to be fetched. */
  async lay(queryId: string, answer: Answer, base: string): Promise<Laid> {
    const rowset: WireRow[] = [];
    const chunks: Laid['chunks'][number][] = [];
    let pending: string[] = [];
    let total = 0;
    const flush = (): void => {
      if (pending.length === 0) return;
      const text = pending.join(',');
      const bytes = gzipSync(text, { level: 1 });
      const name = `${queryId}/${chunks.length}`;
      this.#chunks.set(name, bytes);
      chunks.push({ url: `${base}/chunks/${name}`, rowCount: pending.length, uncompressedSize: Buffer.byteLength(text), compressedSize: bytes.length });
      pending = [];
    };
    for await (const row of answer.rows) {
      total += 1;
      if (rowset.length < inlineRows) rowset.push(row);
      else pending.push(JSON.stringify(row));
      if (pending.length >= chunkRows) flush();
    }
    flush();
    return { rowset, total, chunks };
  }
}
