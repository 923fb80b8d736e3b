import type { Limits } from '../model.js';
import type { Row } from '../ports.js';
import { estimateRowSize } from './row-size.js';

/** Rows that belong together, with their weight. */
export interface MeasuredBatch {
  readonly rows: readonly Row[];
  readonly bytes: number;
}

/** Counts rows as they come in and cuts what goes over the limits. */
export class RowLimiter {
  readonly #limits: Limits;
  rows = 0;
  bytes = 0;
  /** True once something was cut; nothing more may be taken then. */
  truncated = false;

  constructor(limits: Limits) {
    this.#limits = limits;
  }

  take(rows: readonly Row[]): MeasuredBatch {
    let bytes = 0;
    let kept = 0;
    for (const row of rows) {
      const weight = estimateRowSize(row);
      if (this.rows === this.#limits.maxRows || this.bytes + weight > this.#limits.maxBytes) {
        this.truncated = true;
        break;
      }
      this.rows += 1;
      this.bytes += weight;
      bytes += weight;
      kept += 1;
    }
    return { rows: kept === rows.length ? rows : rows.slice(0, kept), bytes };
  }
}
