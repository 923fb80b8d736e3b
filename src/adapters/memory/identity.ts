import { deny, type IdentityProvider, type Principal } from '../../core/index.js';

/** Who a token stands for. Times are epoch milliseconds. */
export interface KnownToken {
  readonly subject: string;
  /** The agent that acts for the subject; the subject itself where left out. */
  readonly actor?: string;
  readonly client?: string;
  readonly scopes?: readonly string[];
  readonly audience?: readonly string[];
  /** Never where left out. */
  readonly expiresAt?: number;
}

const noExpiry = 8.64e15;

/**
 * An identity provider that knows its tokens by heart. `issuer` namespaces the ids and defaults to `idp`. For tests and
 * trials.
 */
export function memoryIdentity(known: Readonly<Record<string, KnownToken>>, issuer = 'idp'): IdentityProvider {
  const tokens = new Map(Object.entries(known));
  const named = (subject: string): Principal => ({ id: `${issuer}:${subject}`, subject, issuer });
  return {
    async authenticate({ scheme, token }) {
      const found = scheme === 'bearer' ? tokens.get(token) : undefined;
      if (found === undefined) return deny('UNAUTHENTICATED', undefined, { reason: 'token.unknown' });
      const { subject, actor = subject, client, scopes, audience, expiresAt = noExpiry } = found;
      return {
        principal: named(subject),
        actor: named(actor),
        expiresAt,
        ...(client === undefined ? {} : { client }),
        ...(scopes === undefined ? {} : { scopes }),
        ...(audience === undefined ? {} : { audience }),
      };
    },
  };
}
