import { isIP } from 'node:net';
import { UsageError } from '../exit-codes.js';

/** Where the gateway comes from: a network rule holds addresses of one family. */
export interface EgressAddresses {
  readonly v4: readonly string[];
  readonly v6: readonly string[];
}

/** Throws UsageError for what is no address, and for the whole internet. */
export function parseEgress(texts: readonly string[]): EgressAddresses | undefined {
  if (texts.length === 0) return undefined;
  for (const text of texts) {
    const [address = '', bits, more] = text.split('/');
    const family = isIP(address);
    const width = bits === undefined ? undefined : /^\d{1,3}$/.test(bits) ? Number(bits) : NaN;
    if (family === 0 || more !== undefined || (width !== undefined && !(width <= (family === 4 ? 32 : 128))))
      throw new UsageError(`--egress takes an IP address or a CIDR range, not ${JSON.stringify(text)}`);
    if (width === 0) throw new UsageError('--egress must not be the whole internet');
  }
  return { v4: texts.filter((text) => !text.includes(':')), v6: texts.filter((text) => text.includes(':')) };
}
