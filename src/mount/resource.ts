/** This machine's own names. */
export const loopback: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

/** An address that may be shown to people and clients: https, or in clear on this machine only; undefined where it is not. */
export function safeUrl(text: unknown): URL | undefined {
  const url = typeof text === 'string' && URL.canParse(text) ? new URL(text) : undefined;
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopback.includes(url.hostname));
  return secure && url.username === '' && url.password === '' ? url : undefined;
}

/** What tokens are issued for (RFC 8707): no fragment (RFC 9728 §1.2) and no query; undefined where it is not that. */
export function resourceUrl(text: unknown): URL | undefined {
  const url = safeUrl(text);
  return url === undefined || url.hash !== '' || url.search !== '' ? undefined : url;
}
