import { formatMessageLine, readOptions, type LineKind, type OptionNames } from '../../core/index.js';
import { isObject, type HttpFormat, type MessageResult } from './format.js';

export interface SplunkOptions {
  /** Default the token's own index. */
  readonly index?: string;
  /** Of events; Splunk's add-on for OCSF wants one that begins with `ocsf:`. Default `ocsf:sallyport`. */
  readonly sourcetype?: string;
  /** Default `sallyport`. */
  readonly source?: string;
  /**
   * The index of the texts of statements, which fewer people should read; the token must be allowed to write to it.
   * Default left out.
   */
  readonly text?: string;
}

/**
 * Codes of Splunk's HTTP Event Collector that blame the data; the others of a 400 blame the token, its index or its
 * settings.
 */
const messageErrorCodes: ReadonlySet<unknown> = new Set([5, 6, 12, 13, 15]);

const optionNames: OptionNames<SplunkOptions> = { index: true, sourcetype: true, source: true, text: true };

/**
 * Bodies for Splunk's HTTP Event Collector, `/services/collector/event`. A receipt says that Splunk has the events, not
 * that they are indexed yet.
 */
export function splunkHec(options: SplunkOptions = {}): HttpFormat {
  const {
    index,
    sourcetype = 'ocsf:sallyport',
    source = 'sallyport',
    text,
  } = readOptions<SplunkOptions>(options, optionNames, 'splunkHec');
  const types: Readonly<Record<LineKind, string>> = {
    event: sourcetype,
    checkpoint: 'sallyport:checkpoint',
    text: 'sallyport:sqltext',
  };
  return {
    contentType: 'application/json',
    scheme: 'Splunk',
    address: (url) => url,
    encode(message) {
      if (message.kind === 'text' && text === undefined) return undefined;
      const to = message.kind === 'text' ? text : index;
      const envelope = JSON.stringify({
        time: message.at / 1_000,
        source,
        sourcetype: types[message.kind],
        ...(to === undefined ? {} : { index: to }),
      });
      return `${envelope.slice(0, -1)},"event":${formatMessageLine(message)}}\n`;
    },
    answered: (body, count) =>
      isObject(body) && body['code'] === 0
        ? Array.from({ length: count }, (): MessageResult => ({ fate: 'taken' }))
        : undefined,
    failed(status, body) {
      const code = isObject(body) && typeof body['code'] === 'number' ? body['code'] : undefined;
      if (status !== 400 || code === undefined) return undefined;
      return { fate: messageErrorCodes.has(code) ? 'poison' : 'refused', reason: `HEC code ${code}` };
    },
  };
}
