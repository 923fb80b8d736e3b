import { AccessError, readOptions, type Gateway, type OptionNames } from '../../core/index.js';
import { quietly, type OnFault } from '../../mount/faults.js';
import { resourceUrl } from '../../mount/resource.js';
import { reviewNames, settleReview, type ReviewOptions, type ReviewSettings } from './review-options.js';

export interface ExpressOptions {
  /** The address of this mount, such as `https://api.acme.example/jit`: a token that was issued for others only (RFC 8707) is refused. Without it the identity provider's own check is all there is. */
  readonly resource?: string;
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
  readonly resource: string | undefined;
  readonly jsonRows: number;
  readonly jsonBytes: number;
  readonly stallMs: number;
  readonly onFault: OnFault;
  readonly review?: ReviewSettings;
}

const numbers = { jsonRows: 10_000, jsonBytes: 8 * 1_048_576, stallMs: 60_000 };

const names: OptionNames<ExpressOptions> = { resource: true, jsonRows: true, jsonBytes: true, stallMs: true, onFault: true, review: reviewNames };

/** Checks what the mount is built from. Throws CONFIG_INVALID. */
export function settle(gateway: Gateway, options: ExpressOptions): Settings {
  if (typeof (gateway as Partial<Gateway> | undefined)?.run !== 'function') throw invalid('needs a gateway; createGateway returns a promise of one');
  const { resource, review, onFault = () => undefined, ...caps } = readOptions<ExpressOptions>(options, names, 'expressRouter');
  for (const [name, value] of Object.entries(caps)) {
    if (!Number.isSafeInteger(value) || value < 1) throw invalid(`option ${name} cannot be used`);
  }
  if (typeof onFault !== 'function') throw invalid('option onFault cannot be used');
  const url = resourceUrl(resource);
  if (resource !== undefined && url === undefined) throw invalid('option resource must be an https address without query or fragment');
  return { ...numbers, ...caps, resource: url?.href, onFault: quietly(onFault), ...(review === undefined ? {} : { review: settleReview(resource === undefined ? review : { resource, ...review }) }) };
}

function invalid(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `expressRouter ${message}`);
}
