import { parseSecureUrl } from '../../core/data/secure-url.js';
import { UsageError } from '../exit-codes.js';

/** The address of `--url`: https, or http on this machine, since a token in clear is given away. Throws UsageError. */
export function parseGatewayUrl(text: string | undefined): URL {
  if (text === undefined) throw new UsageError('--url is missing');
  const url = parseSecureUrl(text);
  if (typeof url === 'string')
    throw new UsageError(`--url ${url}; it takes an https address, or an http one of this machine`);
  return url;
}
