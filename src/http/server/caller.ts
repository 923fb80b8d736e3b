import { deny, type Caller, type Denied, type Transport } from '../../core/index.js';
import type { HostRequest } from './host-request.js';

/** RFC 9110 §11.4: a scheme in any case, spaces, a token68; RFC 6750 §2.1 names the letters. */
const bearerPattern = /^bearer +([\w\-.~+/]+=*)$/i;
const maxAgentLength = 256;
const maxAddressLength = 64;

/** Who calls, by the one Authorization header; a token anywhere else is not seen. */
export function readCaller(request: HostRequest, protocol: Transport['protocol']): Caller | Denied {
  const { authorization: header } = request.headers;
  if (header === undefined) return denyUnauthenticated('credential.missing', 'No Authorization header was sent.');
  if (isRepeated(request.rawHeaders))
    return denyUnauthenticated('credential.repeated', 'More than one Authorization header was sent.');
  const token = bearerPattern.exec(header)?.[1];
  if (token === undefined)
    return denyUnauthenticated('credential.malformed', 'The Authorization header is not of the form "Bearer <token>".');
  return { credential: { scheme: 'bearer', token }, transport: readTransport(request, protocol) };
}

/** Node keeps the first of several in `headers`, and a proxy before us may have checked another. */
function isRepeated(raw: readonly string[]): boolean {
  let seen = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] as string;
    if (name.length === 13 && name.toLowerCase() === 'authorization') seen += 1;
  }
  return seen > 1;
}

/** From where a request came, as the host sees it; cut to what a record holds. */
export function readTransport(request: HostRequest, protocol: Transport['protocol']): Transport {
  const address = request.ip ?? request.socket.remoteAddress;
  const userAgent = request.headers['user-agent'];
  return {
    protocol,
    ...(address === undefined ? {} : { address: address.slice(0, maxAddressLength) }),
    ...(userAgent === undefined ? {} : { userAgent: userAgent.slice(0, maxAgentLength) }),
  };
}

function denyUnauthenticated(reason: string, message: string): Denied {
  return deny('UNAUTHENTICATED', message, { reason, hint: 'Send one header "Authorization: Bearer <access token>".' });
}

/** RFC 6750 §3: no error where nothing was presented, else `invalid_token`. `more` is what the mount adds to it. */
export function createChallenge(
  { reason }: { readonly reason?: string },
  more: Readonly<Record<string, string>> = {},
): string {
  const said = { realm: 'sallyport', ...(reason === 'credential.missing' ? {} : { error: 'invalid_token' }), ...more };
  return `Bearer ${Object.entries(said)
    .map(([name, value]) => `${name}="${value}"`)
    .join(', ')}`;
}
