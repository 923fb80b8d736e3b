import { isIP } from 'node:net';

/** An address that secrets may be sent to: `https`, or `http` to this machine itself, with no password in it. Else why it is none, telling nothing of it. */
export function addressOf(given: string | URL): URL | string {
  const url = URL.canParse(String(given)) ? new URL(given) : undefined;
  if (url === undefined) return 'is no URL';
  if (url.username !== '' || url.password !== '') return 'must hold no password';
  const own = url.hostname === 'localhost' || url.hostname === '[::1]' || (isIP(url.hostname) === 4 && url.hostname.startsWith('127.'));
  return url.protocol === 'https:' || (url.protocol === 'http:' && own) ? url : 'must be https, or http to this machine itself';
}
