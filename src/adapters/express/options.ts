import { AccessError, readOptions, type Gateway, type OptionNames } from '../../core/index.js';
import { createFaultListener, type OnFault } from '../../http/server/fault-listener.js';
import { parseResourceUrl } from '../../http/server/url.js';
import { reviewOptionNames, resolveReviewSettings, type ReviewOptions, type ReviewSettings } from './review-options.js';

export interface ExpressOptions {
  /**
   * The address of this mount, such as `https://api.acme.example/jit`: a token that was issued for others only (RFC
   * 8707) is refused. Without it the identity provider's own check is all there is.
   */
  readonly resource?: string;
  /** Most rows of one `application/json` answer; more are for NDJSON. Default 10,000. */
  readonly jsonRows?: number;
  /** Most bytes of the rows of one `application/json` answer. Default 8 MiB. */
  readonly jsonBytes?: number;
  /**
   * How long a client may read nothing while there is more to send, before it is cut off and its statement cancelled,
   * milliseconds. Default 60,000.
   */
  readonly stallMs?: number;
  /**
   * Told of every fault that is answered or ends a stream, for the service's log, but not of clients that left. What it
   * throws is ignored.
   */
  readonly onFault?: OnFault;
  /** Serves the reviewers' page at `/review`. Default there is none. */
  readonly review?: ReviewOptions;
}

export interface ExpressSettings {
  readonly resource: string | undefined;
  readonly jsonRows: number;
  readonly jsonBytes: number;
  readonly stallMs: number;
  readonly onFault: OnFault;
  readonly review?: ReviewSettings;
}

const defaultNumbers = { jsonRows: 10_000, jsonBytes: 8 * 1_048_576, stallMs: 60_000 };

const optionNames: OptionNames<ExpressOptions> = {
  resource: true,
  jsonRows: true,
  jsonBytes: true,
  stallMs: true,
  onFault: true,
  review: reviewOptionNames,
};

/** Checks what the mount is built from. Throws CONFIG_INVALID. */
export function resolveSettings(gateway: Gateway, options: ExpressOptions): ExpressSettings {
  if (typeof (gateway as Partial<Gateway> | undefined)?.run !== 'function')
    throw createConfigError('needs a gateway; createGateway returns a promise of one');
  const {
    resource,
    review,
    onFault = () => undefined,
    ...caps
  } = readOptions<ExpressOptions>(options, optionNames, 'expressRouter');
  for (const [name, value] of Object.entries(caps)) {
    if (!Number.isSafeInteger(value) || value < 1) throw createConfigError(`option ${name} cannot be used`);
  }
  if (typeof onFault !== 'function') throw createConfigError('option onFault cannot be used');
  const url = parseResourceUrl(resource);
  if (resource !== undefined && url === undefined)
    throw createConfigError('option resource must be an https address without query or fragment');
  return {
    ...defaultNumbers,
    ...caps,
    resource: url?.href,
    onFault: createFaultListener(onFault),
    ...(review === undefined
      ? {}
      : { review: resolveReviewSettings(resource === undefined ? review : { resource, ...review }) }),
  };
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `expressRouter ${message}`);
}
