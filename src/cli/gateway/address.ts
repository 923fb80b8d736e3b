import { UsageError } from '../exit.js';

/** The address of `--url`: https, or http on this machine, since a token in clear is given away. Throws UsageError. */
export function addressOf(text: string | undefined): URL {
  if (text === undefined) throw new UsageError('--url is missing');
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const secure = url?.protocol === 'https:' || (url?.protocol === 'http:' && ['localhost', '127.0.0.1', '[::1]'].includes(url.hostname));
  if (url === undefined || !secure || url.username !== '' || url.password !== '') throw new UsageError('--url must be an https address, or an http one of this machine, without a name or password in it');
  return url;
}
