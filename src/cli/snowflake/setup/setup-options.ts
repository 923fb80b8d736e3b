import { createPublicKey } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { parseSecureUrl } from '../../../core/data/secure-url.js';
import { UsageError } from '../../exit-codes.js';
import { parseIdentifier } from '../identifiers.js';
import { getOption, planOptions, type PlanOptionValues } from '../plan.js';

export const setupOptions = {
  ...planOptions,
  'public-key': { type: 'string', multiple: true },
  'jwks-url': { type: 'string' },
  audience: { type: 'string' },
  'users-only': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const;

/** Whose tokens open sessions. */
export interface ExternalIssuer {
  readonly issuer: string;
  readonly keysUrl: string;
  readonly audience: string | undefined;
}

/** Undefined where agents have keys. Throws UsageError. */
export function parseIssuer(values: PlanOptionValues): ExternalIssuer | undefined {
  const issuer = getOption(values, 'external-oauth');
  if (issuer === undefined) {
    if (getOption(values, 'jwks-url') !== undefined || getOption(values, 'audience') !== undefined)
      throw new UsageError('--jwks-url and --audience go with --external-oauth');
    return undefined;
  }
  const keysUrl = getOption(values, 'jwks-url');
  if (keysUrl === undefined)
    throw new UsageError('--jwks-url is missing: where the gateway serves the keys of connector.jwks()');
  return {
    issuer: parseIssuerUrl(issuer, '--external-oauth'),
    keysUrl: parseIssuerUrl(keysUrl, '--jwks-url'),
    audience: getOption(values, 'audience'),
  };
}

/**
 * As it was written: an issuer is compared letter by letter. Snowflake fetches keys by https; plain http is for a
 * server on this machine.
 */
function parseIssuerUrl(text: string, option: string): string {
  const url = parseSecureUrl(text, { query: true });
  if (typeof url === 'string') throw new UsageError(`${option} takes an https address; this one ${url}`);
  return text;
}

/** The same where all of it is known, for whoever only compares. Throws UsageError for addresses that are none. */
export function parseKnownIssuer(values: PlanOptionValues): ExternalIssuer | undefined {
  return getOption(values, 'external-oauth') === undefined || getOption(values, 'jwks-url') === undefined
    ? undefined
    : parseIssuer(values);
}

/** Public keys by user, as Snowflake takes them: base64 in one line. Throws UsageError. */
export async function readPublicKeys(
  values: PlanOptionValues,
  users: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const keys = new Map<string, string>();
  for (const text of [values['public-key'] ?? []].flat().map(String)) {
    const at = text.lastIndexOf('=');
    const user = parseIdentifier(text.slice(0, Math.max(at, 0)), '--public-key USER=FILE');
    if (!users.includes(user))
      throw new UsageError(`--public-key names ${JSON.stringify(user)}, which is no user of --agent or --gateway-user`);
    keys.set(user, await readPublicKey(text.slice(at + 1)));
  }
  return keys;
}

async function readPublicKey(path: string): Promise<string> {
  const pem = await readFile(path, 'utf8').catch((error: unknown) => {
    throw new UsageError(`${path}: it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unreadable'})`, {
      cause: error,
    });
  });
  if (pem.includes('PRIVATE'))
    throw new UsageError(`${path}: it holds a private key, which belongs nowhere but with the gateway`);
  try {
    const key = createPublicKey(pem);
    if (key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= 2_048)
      return key.export({ type: 'spki', format: 'der' }).toString('base64');
  } catch {
    // What the platform says may quote the file.
  }
  throw new UsageError(`${path}: it is no RSA public key of at least 2,048 bits, in PEM`);
}
