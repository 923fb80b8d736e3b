import { formatMessageLine, readOptions, type OptionNames } from '../../core/index.js';
import type { HttpFormat } from './format.js';

export interface NdjsonOptions {
  /** Also the texts of statements, between the events: whoever may read these reads those. Default left out. */
  readonly text?: boolean;
}

const optionNames: OptionNames<NdjsonOptions> = { text: true };

/**
 * One JSON object a line, as the journal has them, for whatever takes NDJSON (Vector, Fluent Bit, Cribl, Sentinel by
 * way of these). Any 2xx is a receipt.
 */
export function ndjson(options: NdjsonOptions = {}): HttpFormat {
  const { text = false } = readOptions<NdjsonOptions>(options, optionNames, 'ndjson');
  return {
    contentType: 'application/x-ndjson',
    scheme: 'Bearer',
    address: (url) => url,
    encode: (message) => (message.kind === 'text' && !text ? undefined : `${formatMessageLine(message)}\n`),
  };
}
