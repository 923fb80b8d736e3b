import { AccessError, type Gateway } from '../../core/index.js';
import { quietly, type OnFault } from '../../mount/faults.js';
import { settleReview, type ReviewOptions, type ReviewSettings } from './review-options.js';

export interface ExpressOptions {
  /** Most rows of one `application/json` answer; more are for NDJSON. Default 10,000. */
  readonly jsonRows?: number;
  /** Most bytes of the rows of one `application/json` answer. Default 8 MiB. */
  readonly jsonBytes?: number;
  /** How long a client may read nothing while there is more to send, before it is cut off and its statement cancelled, milliseconds. Default 60,000. */
  readonly stallMs?: number;
  /** Told of every fault that is answered or ends a stream, for the service's log, but not of clients that left. What it throws is ignored. */
  readonly onFault?: OnFault;
  /** Serves the reviewers' page at `/review`. Default there is none. */
  readonly review?: ReviewOptions;
}

export interface Settings {
  readonly jsonRows: number;
  readonly jsonBytes: number;
  readonly stallMs: number;
  readonly onFault: OnFault;
  readonly review?: ReviewSettings;
}

const defaults: Settings = { jsonRows: 10_000, jsonBytes: 8 * 1_048_576, stallMs: 60_000, onFault: () => undefined };

/** Checks what the mount is built from. Throws CONFIG_INVALID. */
export function settle(gateway: Gateway, options: ExpressOptions): Settings {
  if (typeof (gateway as Partial<Gateway> | undefined)?.run !== 'function') throw invalid('needs a gateway; createGateway returns a promise of one');
  const { review, ...rest } = options;
  for (const [name, value] of Object.entries(rest)) {
    if (!Object.hasOwn(defaults, name)) throw invalid(`has no option ${name}`);
    if (name === 'onFault' ? typeof value !== 'function' : !Number.isSafeInteger(value) || Number(value) < 1) throw invalid(`option ${name} cannot be used`);
  }
  const { onFault, ...caps } = { ...defaults, ...rest };
  return { ...caps, onFault: quietly(onFault), ...(review === undefined ? {} : { review: settleReview(review) }) };
}

function invalid(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `expressRouter ${message}`);
}
