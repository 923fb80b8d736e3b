import { AccessError, readOptions, parseSecureUrl, type OptionNames, type DeliveryMessage } from '../../core/index.js';
import type { HttpFormat } from './format.js';

export interface HttpOptions {
  /** Where to. `https`, or `http` to this machine itself. */
  readonly url: string | URL;
  /** How the receiver wants it: `ndjson()`, `splunkHec()`, `bulk()`, or one of your own. */
  readonly format: HttpFormat;
  /**
   * For the `authorization` header, without the scheme, which `format` puts before it; one that begins with that scheme
   * is taken, too. A function is asked before each request, and once more when the receiver answers 401.
   */
  readonly token?: string | (() => string | Promise<string>);
  /** Further headers. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Largest body, bytes; one message that is larger goes alone. Default 1 MiB. */
  readonly maxBytes?: number;
  /** How long one request may take, milliseconds. Default 10,000. */
  readonly timeoutMs?: number;
  /**
   * How often a request is repeated before the delivery fails; the journal then tries the delivery again. Default 4.
   */
  readonly retries?: number;
  /**
   * Takes what the receiver refuses for what it is; when it resolves the shipping goes on. Default none: the shipping
   * stops there, and the record says so.
   */
  readonly onPoison?: (message: DeliveryMessage, reason: string) => void | Promise<void>;
  /** Default `http`. */
  readonly name?: string;
}

export type HttpSettings = Omit<Required<HttpOptions>, 'url' | 'token' | 'onPoison'> &
  Pick<HttpOptions, 'onPoison'> & {
    readonly url: URL;
    readonly token: () => Promise<string | undefined>;
    /** Asked again, the token may be another. */
    readonly renewable: boolean;
  };

const optionNames: OptionNames<HttpOptions> = {
  url: true,
  format: true,
  token: true,
  headers: true,
  maxBytes: true,
  timeoutMs: true,
  retries: true,
  onPoison: true,
  name: true,
};

/** The options with their defaults. Throws CONFIG_INVALID. */
export function resolveSettings(given: HttpOptions): HttpSettings {
  const options = readOptions<HttpOptions>(given, optionNames, 'http');
  const {
    format,
    token,
    headers = {},
    maxBytes = 1024 ** 2,
    timeoutMs = 10_000,
    retries = 4,
    onPoison,
    name = 'http',
  } = options;
  const url = parseSecureUrl(options.url, { query: true });
  if (typeof url === 'string') throw createConfigError(`url ${url}`);
  const { encode, address } = (format ?? {}) as Partial<HttpFormat>;
  if (typeof encode !== 'function' || typeof address !== 'function')
    throw createConfigError('format is not set: ndjson(), splunkHec() or bulk()');
  if (!/^[A-Za-z0-9][\w.-]{0,62}$/.test(name))
    throw createConfigError('name must be a letter or digit, then up to 62 letters, digits, ".", "_" or "-"');
  if (onPoison !== undefined && typeof onPoison !== 'function') throw createConfigError('onPoison must be a function');
  for (const [what, value, least] of [
    ['maxBytes', maxBytes, 1],
    ['timeoutMs', timeoutMs, 1],
    ['retries', retries, 0],
  ] as const) {
    if (!Number.isSafeInteger(value) || value < least)
      throw createConfigError(`${what} must be a whole number, ${least} or more`);
  }
  if (!isSendable(headers)) throw createConfigError('headers must be names and values that HTTP can send');
  if (Object.keys(headers).some((each) => /^(?:authorization|content-(?:type|length))$/i.test(each)))
    throw createConfigError('headers must not hold authorization, content-type or content-length');
  if (token !== undefined && typeof token !== 'function' && !(token !== '' && isSendable({ token })))
    throw createConfigError('token must be a text that a header can hold, or a function');
  if (typeof token === 'string') stripScheme(token, format.scheme);
  return {
    url: format.address(url),
    format,
    headers,
    maxBytes,
    timeoutMs,
    retries,
    name,
    token: async () => (typeof token === 'function' ? token() : token),
    renewable: typeof token === 'function',
    ...(onPoison === undefined ? {} : { onPoison }),
  };
}

/**
 * A token as it stands behind the scheme, whether it was given with that scheme or without. Throws CONFIG_INVALID where
 * it holds another blank, as one with another scheme does.
 */
export function stripScheme(token: string | undefined, scheme: string): string | undefined {
  if (token === undefined) return undefined;
  const bare = token.toLowerCase().startsWith(`${scheme.toLowerCase()} `)
    ? token.slice(scheme.length + 1).trim()
    : token;
  if (bare === '' || /\s/.test(bare))
    throw createConfigError(`token must be the token alone, without a scheme: "${scheme}" is put before it`);
  return bare;
}

/** Tells nothing of the values: they may be secret. */
function isSendable(headers: Readonly<Record<string, string>>): boolean {
  try {
    return [...new Headers(headers)].length === Object.keys(headers).length;
  } catch {
    return false;
  }
}

function createConfigError(message: string): AccessError {
  return new AccessError('CONFIG_INVALID', `http: ${message}`);
}
