import { lineOf, readOptions, type LineKind, type OptionNames } from '../../core/index.js';
import { isObject, type HttpFormat, type Verdict } from './format.js';

export interface SplunkOptions {
  /** Default the token's own index. */
  readonly index?: string;
  /** Of events; Splunk's add-on for OCSF wants one that begins with `ocsf:`. Default `ocsf:sallyport`. */
  readonly sourcetype?: string;
  /** Default `sallyport`. */
  readonly source?: string;
  /** The index of the texts of statements, which fewer people should read; the token must be allowed to write to it. Default left out. */
  readonly text?: string;
}

/** Codes of Splunk's HTTP Event Collector that blame the data; the others of a 400 blame the token, its index or its settings. */
const poison: ReadonlySet<unknown> = new Set([5, 6, 12, 13, 15]);

const names: OptionNames<SplunkOptions> = { index: true, sourcetype: true, source: true, text: true };

/** Bodies for Splunk's HTTP Event Collector, `/services/collector/event`. A receipt says that Splunk has the events, not that they are indexed yet. */
export function splunkHec(options: SplunkOptions = {}): HttpFormat {
  const { index, sourcetype = 'ocsf:sallyport', source = 'sallyport', text } = readOptions<SplunkOptions>(options, names, 'splunkHec');
  const types: Readonly<Record<LineKind, string>> = { event: sourcetype, checkpoint: 'sallyport:checkpoint', text: 'sallyport:sqltext' };
  return {
    contentType: 'application/json',
    scheme: 'Splunk',
    address: (url) => url,
    encode(parcel) {
      if (parcel.kind === 'text' && text === undefined) return undefined;
      const to = parcel.kind === 'text' ? text : index;
      const envelope = JSON.stringify({ time: parcel.at / 1_000, source, sourcetype: types[parcel.kind], ...(to === undefined ? {} : { index: to }) });
      return `${envelope.slice(0, -1)},"event":${lineOf(parcel)}}\n`;
    },
    answered: (body, count) => isObject(body) && body['code'] === 0 ? Array.from({ length: count }, (): Verdict => ({ fate: 'taken' })) : undefined,
    failed(status, body) {
      const code = isObject(body) && typeof body['code'] === 'number' ? body['code'] : undefined;
      if (status !== 400 || code === undefined) return undefined;
      return { fate: poison.has(code) ? 'poison' : 'refused', reason: `HEC code ${code}` };
    },
  };
}
