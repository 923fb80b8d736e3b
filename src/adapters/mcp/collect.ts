import type { Row, StatementResult } from '../../core/index.js';

/** What was read of a result, to be handed out page by page. */
export interface Collected {
  readonly rows: readonly Row[];
  /** Of memory, about. */
  readonly bytes: number;
  /** True when there were more rows than were read, or than the policy allows. */
  readonly truncated: boolean;
}

/** What an array costs beside its values, about: a row of one number is 5 bytes of JSON and 64 of memory. */
const rowBytes = 64;

/** Reads a result as far as the caps allow. Throws what the rows throw, so that nothing is half said. */
export async function collect(result: StatementResult, caps: { readonly rows: number; readonly bytes: number }): Promise<Collected> {
  const rows: Row[] = [];
  let bytes = 0;
  let cut = false;
  for await (const batch of result.batches) {
    for (const row of batch) {
      bytes += Buffer.byteLength(JSON.stringify(row)) + rowBytes;
      cut = rows.length === caps.rows || bytes > caps.bytes;
      if (cut) break;
      rows.push(row);
    }
    if (cut) break;
  }
  return { rows, bytes, truncated: cut || result.delivery()?.truncated === true };
}
