import { AccessError, loopbackNames, newId, readOptions, type Gateway, type OptionNames } from '../../core/index.js';
import { createFaultListener, type OnFault } from '../../http/server/fault-listener.js';
import type { Problem } from '../../http/server/problem.js';
import { parseResourceUrl, parsePageUrl } from '../../http/server/url.js';

export interface McpOptions {
  /**
   * The address that clients use, such as `https://api.acme.example/mcp`: what tokens must be issued for (RFC 8707),
   * and the resource of the metadata (RFC 9728).
   */
  readonly resource?: string;
  /** The issuers where clients get their tokens; served in the metadata, with `resource`. */
  readonly authorizationServers?: readonly string[];
  /** OAuth scopes that every token must have. Default none. */
  readonly scopes?: readonly string[];
  /**
   * Names that the Host header may say, without a port. Default that of `resource`; without one, this machine's own:
   * localhost, 127.0.0.1, [::1].
   */
  readonly hosts?: readonly string[];
  /**
   * Origins of pages that may call from a browser, as the Origin header says them. Default none: what has an Origin is
   * refused.
   */
  readonly origins?: readonly string[];
  /**
   * The page where a reviewer signs in and decides about this ticket: https, and nothing in it that lets anybody in.
   * Told to people and agents that wait for an approval.
   */
  readonly reviewUrl?: (ticket: string) => string;
  /**
   * Seals what a client carries for us between two calls: 32 bytes or more, the same on every replica. Default random,
   * of this process.
   */
  readonly stateKey?: Uint8Array | string;
  /** Most rows of one answer. Default 200. */
  readonly pageRows?: number;
  /** Most bytes of the rows of one answer, as JSON. Default 64 KiB. */
  readonly pageBytes?: number;
  /** Most rows of one statement that are held for further answers. Default 10,000. */
  readonly heldRows?: number;
  /**
   * Most bytes of the rows that all statements together hold. Default 64 MiB; one statement holds at most an eighth of
   * it.
   */
  readonly heldBytes?: number;
  /** How long rows are held for further answers, milliseconds. Default 5 minutes, and never beyond their session. */
  readonly heldMs?: number;
  /**
   * How long a call that comes with a ticket waits for a person to decide before it says again that nobody has,
   * milliseconds; at most 60,000. Default 45,000.
   */
  readonly approvalWaitMs?: number;
  /** How often a client that asks for progress is told that there is some, milliseconds. Default 2,000. */
  readonly progressMs?: number;
  /**
   * How long a client may read nothing while there is more to send, before it is cut off and its statement cancelled,
   * milliseconds. Default 60,000.
   */
  readonly stallMs?: number;
  /**
   * Told of every fault that is answered, for the service's log, but not of clients that left. What it throws is
   * ignored.
   */
  readonly onFault?: OnFault;
  /**
   * Told of every request that is turned away before a tool, which leaves no event: whom to watch, for the service's
   * log. What it throws is ignored.
   */
  readonly onRefused?: OnRefused;
}

/** Tells of a request that was turned away: why, as it was answered, and from where it came. */
export type OnRefused = (problem: Problem, from: { readonly address?: string; readonly userAgent?: string }) => void;

const defaultNumbers = {
  pageRows: 200,
  pageBytes: 65_536,
  heldRows: 10_000,
  heldBytes: 64 * 1_048_576,
  heldMs: 300_000,
  approvalWaitMs: 45_000,
  progressMs: 2_000,
  stallMs: 60_000,
};

type Numbers = Readonly<typeof defaultNumbers>;

export interface McpSettings extends Numbers {
  readonly resource: URL | undefined;
  readonly authorizationServers: readonly string[];
  readonly scopes: readonly string[];
  readonly hosts: ReadonlySet<string>;
  readonly origins: ReadonlySet<string>;
  readonly reviewUrl: ((ticket: string) => string) | undefined;
  readonly stateKey: Uint8Array | string;
  readonly onFault: OnFault;
  readonly onRefused: OnRefused;
}

const lists = ['authorizationServers', 'scopes', 'hosts', 'origins'] as const;
const optionNames: OptionNames<McpOptions> = {
  resource: true,
  authorizationServers: true,
  scopes: true,
  hosts: true,
  origins: true,
  reviewUrl: true,
  stateKey: true,
  pageRows: true,
  pageBytes: true,
  heldRows: true,
  heldBytes: true,
  heldMs: true,
  approvalWaitMs: true,
  progressMs: true,
  stallMs: true,
  onFault: true,
  onRefused: true,
};

/** Checks what the mount is built from. Throws CONFIG_INVALID. */
export function resolveSettings(gateway: Gateway, given: McpOptions): McpSettings {
  if (typeof (gateway as Partial<Gateway> | undefined)?.run !== 'function')
    throw createConfigError('needs a gateway; createGateway returns a promise of one');
  const options = readOptions<McpOptions>(given, optionNames, 'mcpRouter');
  for (const name of lists)
    if (!isStringList(options[name] ?? [])) throw createConfigError(`option ${name} must be a list of texts`);
  for (const name of ['reviewUrl', 'onFault', 'onRefused'] as const)
    if (options[name] !== undefined && typeof options[name] !== 'function')
      throw createConfigError(`option ${name} must be a function`);
  const {
    resource,
    authorizationServers = [],
    scopes = [],
    origins = [],
    reviewUrl,
    stateKey = crypto.getRandomValues(new Uint8Array(32)),
    onFault = () => undefined,
    onRefused = () => undefined,
  } = options;
  const url = parseResourceUrl(resource);
  if (resource !== undefined && url === undefined)
    throw createConfigError('option resource must be an https address without query or fragment');
  if ((url === undefined) !== (authorizationServers.length === 0))
    throw createConfigError('options resource and authorizationServers go together');
  if (!authorizationServers.every((each) => parseResourceUrl(each) !== undefined))
    throw createConfigError(
      'option authorizationServers must hold https addresses without query or fragment (RFC 8414 §2)',
    );
  // RFC 6749 §3.3
  if (scopes.some((each) => !/^[\x21\x23-\x5b\x5d-\x7e]+$/.test(each)))
    throw createConfigError('option scopes must hold OAuth scopes');
  // Asked once beforehand, so that a wrong one is found at the start and not by whoever waits.
  if (reviewUrl !== undefined && !returnsSafeUrls(reviewUrl))
    throw createConfigError('option reviewUrl must give https addresses');
  if (Buffer.byteLength(stateKey) < 32) throw createConfigError('option stateKey must be 32 bytes or more');
  return {
    ...resolveNumbers(options),
    resource: url,
    authorizationServers,
    scopes,
    hosts: new Set(
      (options.hosts ?? (url === undefined ? loopbackNames : [url.hostname])).map((each) => each.toLowerCase()),
    ),
    origins: new Set(origins),
    reviewUrl,
    stateKey,
    onFault: createFaultListener(onFault),
    onRefused,
  };
}

function resolveNumbers(options: McpOptions): Numbers {
  const entries = Object.entries(defaultNumbers).map(([name, standard]) => {
    const value = options[name as keyof Numbers] ?? standard;
    if (!Number.isSafeInteger(value) || value < 1)
      throw createConfigError(`option ${name} must be a positive whole number`);
    return [name, value] as const;
  });
  return Object.fromEntries(entries) as unknown as Numbers;
}

function returnsSafeUrls(reviewUrl: (ticket: string) => unknown): boolean {
  try {
    return parsePageUrl(reviewUrl(newId(Date.now()))) !== undefined;
  } catch {
    return false;
  }
}

function isStringList(value: unknown): boolean {
  return Array.isArray(value) && value.every((each) => typeof each === 'string' && each !== '');
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `mcpRouter ${message}`);
}
