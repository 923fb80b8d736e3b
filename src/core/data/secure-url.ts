/** What an address may have besides scheme, host and port. A path may always be there, unless it is `false`. */
export interface UrlParts {
  readonly path?: false;
  readonly query?: true;
  readonly fragment?: true;
}

/** This machine's own names, as a URL writes them; of IPv4, all that begin with `127.` are (RFC 1122 §3.2.1.3). */
export const loopbackNames: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

const maxUrlLength = 2_048;
const notPlainUrl = 'is no URL in its plain form, such as https://host.example/path';
// A URL parser drops control characters and blanks, reads `\` as `/`, and takes `https:host` for `https://host`: people
// would read another address.
const plainUrl = /^https?:\/\/[^\s\p{C}\\]+$/iu;

/**
 * An address that may be told to others, called, or sent a secret: https, or http to this very machine, with no user or
 * password in it and nothing
 * that is not allowed. Else the reason why it is none, which tells nothing of it: `must be https, or http to this
 * machine itself`.
 */
export function parseSecureUrl(given: unknown, allowed: UrlParts = {}): URL | string {
  const text = typeof given === 'string' ? given : given instanceof URL ? given.href : '';
  const url = text.length <= maxUrlLength && URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined) return notPlainUrl;
  if (!isSecure(url)) return 'must be https, or http to this machine itself';
  if (!plainUrl.test(text) || url.hostname.includes('*')) return notPlainUrl;
  // The text, since a parser forgets what is empty: `https://@host`, `?`, `#`.
  const [, authority = '', path = '', query = '', fragment = ''] =
    /^https?:\/\/([^/?#]*)([^?#]*)(\?[^#]*)?(#.*)?$/iu.exec(text) ?? [];
  if (authority.includes('@')) return 'must hold no user or password';
  if (query !== '' && allowed.query !== true) return 'must hold no query';
  if (fragment !== '' && allowed.fragment !== true) return 'must hold no fragment';
  return allowed.path === false && path !== '' && path !== '/' ? 'must hold no path' : url;
}

/** Whether an address is on this very machine, by its name. */
export function isLoopback({ hostname }: URL): boolean {
  return loopbackNames.includes(hostname) || /^127(?:\.\d{1,3}){3}$/.test(hostname);
}

function isSecure(url: URL): boolean {
  return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url));
}
