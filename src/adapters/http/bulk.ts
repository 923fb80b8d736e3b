import { formatMessageLine, readOptions, type LineKind, type OptionNames } from '../../core/index.js';
import { isObject, type HttpFormat, type MessageResult } from './format.js';

export interface BulkOptions {
  /** Index or data stream of events. Default `logs-sallyport.events-default`. */
  readonly index?: string;
  /** Default `logs-sallyport.checkpoints-default`. */
  readonly checkpoints?: string;
  /** Where the texts of statements go, which fewer people should read. Default left out. */
  readonly text?: string;
}

const optionNames: OptionNames<BulkOptions> = { index: true, checkpoints: true, text: true };

/**
 * Bodies for `_bulk` of Elasticsearch and OpenSearch: `create` by the event's id, so that what comes twice is kept once
 * (409). Each item of the answer is looked at.
 */
export function bulk(options: BulkOptions = {}): HttpFormat {
  const {
    index = 'logs-sallyport.events-default',
    checkpoints = 'logs-sallyport.checkpoints-default',
    text,
  } = readOptions<BulkOptions>(options, optionNames, 'bulk');
  const indexes: Readonly<Record<LineKind, string | undefined>> = { event: index, checkpoint: checkpoints, text };
  return {
    contentType: 'application/x-ndjson',
    scheme: 'ApiKey',
    address(url) {
      const address = new URL(url);
      address.searchParams.set('filter_path', 'errors,items.create.status,items.create.error.type');
      return address;
    },
    encode(message) {
      const to = indexes[message.kind];
      if (to === undefined) return undefined;
      const line =
        message.kind === 'event' ? message.value : `{"@timestamp":${message.at},${formatMessageLine(message).slice(1)}`;
      return `${JSON.stringify({ create: { _index: to, _id: message.id } })}\n${line}\n`;
    },
    answered(body, count) {
      const items = isObject(body) && Array.isArray(body['items']) ? (body['items'] as readonly unknown[]) : [];
      return items.length === count ? items.map(classifyItem) : undefined;
    },
  };
}

function classifyItem(item: unknown): MessageResult {
  const create = isObject(item) && isObject(item['create']) ? item['create'] : {};
  const { status, error } = create;
  const type =
    isObject(error) && typeof error['type'] === 'string' && /^[a-z_]{1,64}$/.test(error['type'])
      ? ` ${error['type']}`
      : '';
  const reason = `item ${Number(status)}${type}`;
  if (typeof status !== 'number') return { fate: 'again', reason };
  if ((status >= 200 && status < 300) || status === 409) return { fate: 'taken' };
  if (status === 429 || status >= 500) return { fate: 'again', reason };
  return { fate: status === 400 || status === 413 ? 'poison' : 'refused', reason };
}
