import { lineOf } from '../../core/index.js';
import type { HttpFormat } from './format.js';

/** One JSON object a line, as the journal has them, for whatever takes NDJSON (Vector, Fluent Bit, Cribl, Sentinel by way of these). Any 2xx is a receipt. */
export function ndjson(): HttpFormat {
  return { contentType: 'application/x-ndjson', scheme: 'Bearer', address: (url) => url, encode: (parcel) => `${lineOf(parcel)}\n` };
}
