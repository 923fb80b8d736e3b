import type { DeliveryCorrection, Row, StatementResult } from '../../core/index.js';
import { createPageFilter, type PageLimits } from './pagination.js';

/** What was read of a result, to be handed out page by page. */
export interface CollectedRows {
  readonly rows: readonly Row[];
  /** Of memory, about. */
  readonly bytes: number;
  /** True when there were more rows than were read, or than the policy allows. */
  readonly truncated: boolean;
  /** Tells the record that more of them were handed out than the first page. */
  readonly correctDelivery: (delivery: DeliveryCorrection) => Promise<void>;
}

/** What an array costs beside its values, about: a row of one number is 5 bytes of JSON and 64 of memory. */
const rowBytes = 64;

/**
 * Reads a result as far as the caps allow; those on its first page count as handed out. Throws what the rows throw, so
 * that nothing is half said.
 */
export async function collectRows(
  result: StatementResult,
  caps: { readonly rows: number; readonly bytes: number },
  page: PageLimits,
): Promise<CollectedRows> {
  const rows: Row[] = [];
  const onFirst = createPageFilter(page);
  let bytes = 0;
  const { truncated } = await result.deliver((batch, sent) => {
    const before = rows.length;
    for (const row of batch) {
      bytes += Buffer.byteLength(JSON.stringify(row)) + rowBytes;
      if (rows.length === caps.rows || bytes > caps.bytes) break;
      rows.push(row);
    }
    const taken = rows.slice(before);
    sent(taken.filter(onFirst));
    return taken.length === batch.length;
  });
  return { rows, bytes, truncated, correctDelivery: (delivery) => result.recount(delivery) };
}
