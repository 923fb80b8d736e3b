import { lineOf } from '../../core/index.js';
import type { HttpFormat } from './format.js';

export interface NdjsonOptions {
  /** Also the texts of statements, between the events: whoever may read these reads those. Default left out. */
  readonly text?: boolean;
}

/** One JSON object a line, as the journal has them, for whatever takes NDJSON (Vector, Fluent Bit, Cribl, Sentinel by way of these). Any 2xx is a receipt. */
export function ndjson({ text = false }: NdjsonOptions = {}): HttpFormat {
  return { contentType: 'application/x-ndjson', scheme: 'Bearer', address: (url) => url, encode: (parcel) => (parcel.kind === 'text' && !text ? undefined : `${lineOf(parcel)}\n`) };
}
