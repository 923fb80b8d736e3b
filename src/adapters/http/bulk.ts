import { lineOf, readOptions, type LineKind, type OptionNames } from '../../core/index.js';
import { isObject, type HttpFormat, type Verdict } from './format.js';

export interface BulkOptions {
  /** Index or data stream of events. Default `logs-sallyport.events-default`. */
  readonly index?: string;
  /** Default `logs-sallyport.checkpoints-default`. */
  readonly checkpoints?: string;
  /** Where the texts of statements go, which fewer people should read. Default left out. */
  readonly text?: string;
}

const names: OptionNames<BulkOptions> = { index: true, checkpoints: true, text: true };

/** Bodies for `_bulk` of Elasticsearch and OpenSearch: `create` by the event's id, so that what comes twice is kept once (409). Each item of the answer is looked at. */
export function bulk(options: BulkOptions = {}): HttpFormat {
  const { index = 'logs-sallyport.events-default', checkpoints = 'logs-sallyport.checkpoints-default', text } = readOptions<BulkOptions>(options, names, 'bulk');
  const indexes: Readonly<Record<LineKind, string | undefined>> = { event: index, checkpoint: checkpoints, text };
  return {
    contentType: 'application/x-ndjson',
    scheme: 'ApiKey',
    address(url) {
      const address = new URL(url);
      address.searchParams.set('filter_path', 'errors,items.create.status,items.create.error.type');
      return address;
    },
    encode(parcel) {
      const to = indexes[parcel.kind];
      if (to === undefined) return undefined;
      const line = parcel.kind === 'event' ? parcel.value : `{"@timestamp":${parcel.at},${lineOf(parcel).slice(1)}`;
      return `${JSON.stringify({ create: { _index: to, _id: parcel.id } })}\n${line}\n`;
    },
    answered(body, count) {
      const items = isObject(body) && Array.isArray(body['items']) ? (body['items'] as readonly unknown[]) : [];
      return items.length === count ? items.map(verdictOf) : undefined;
    },
  };
}

function verdictOf(item: unknown): Verdict {
  const create = isObject(item) && isObject(item['create']) ? item['create'] : {};
  const { status, error } = create;
  const type = isObject(error) && typeof error['type'] === 'string' && /^[a-z_]{1,64}$/.test(error['type']) ? ` ${error['type']}` : '';
  const reason = `item ${Number(status)}${type}`;
  if (typeof status !== 'number') return { fate: 'again', reason };
  if ((status >= 200 && status < 300) || status === 409) return { fate: 'taken' };
  if (status === 429 || status >= 500) return { fate: 'again', reason };
  return { fate: status === 400 || status === 413 ? 'poison' : 'refused', reason };
}
