import { randomBytes } from 'node:crypto';
import { deny, type Credential, type Denied, type Identity, type IdentityProvider } from '../../core/index.js';
import type { SlackSettings } from './options.js';

/** A user of Slack, as a verified request names them. */
export interface SlackUser {
  readonly id: string;
  /** The workspace where it happened; `home` is the user's own, where that is told. */
  readonly team: string | undefined;
  readonly home: string | undefined;
}

interface IssuedCredential {
  readonly user: SlackUser;
  readonly expiresAt: number;
}

const scheme = 'slack';
const [lifeMs, maxCredentials] = [10_000, 1_000];

/**
 * Credentials for one decision each: random, made in this process after Slack's signature was verified, gone once
 * looked at. They leave the process
 * nowhere, and no mount can make one: REST and MCP know the scheme `bearer` alone.
 */
export class OneTimeCredentials {
  readonly #settings: SlackSettings;
  readonly #live = new Map<string, IssuedCredential>();

  constructor(settings: SlackSettings) {
    this.#settings = settings;
  }

  issue(user: SlackUser): Credential {
    const now = this.#settings.clock.monotonic();
    for (const [token, { expiresAt: until }] of this.#live) {
      if (until > now && this.#live.size < maxCredentials) break;
      this.#live.delete(token);
    }
    const token = randomBytes(32).toString('base64url');
    this.#live.set(token, { user, expiresAt: now + lifeMs });
    return { scheme, token };
  }

  /** An identity provider that takes these, and hands every other credential to `inner`. */
  wrapProvider(inner: IdentityProvider): IdentityProvider {
    return {
      authenticate: async (credential, signal) =>
        credential.scheme === scheme ? this.#authenticate(credential.token) : inner.authenticate(credential, signal),
      ...(inner.check === undefined ? {} : { check: async (signal: AbortSignal) => inner.check?.(signal) }),
      ...(inner.close === undefined ? {} : { close: () => (inner.close as () => Promise<void>)() }),
    };
  }

  #authenticate(token: string): Identity | Denied {
    const { clock, team, reviewers, scope } = this.#settings;
    const pass = this.#live.get(token);
    this.#live.delete(token);
    if (pass === undefined || pass.expiresAt <= clock.monotonic())
      return denyUnauthenticated('slack.pass', 'The credential is not known, was used, or has run out.');
    const { user } = pass;
    if (user.team !== team || (user.home ?? team) !== team)
      return denyUnauthenticated('slack.team', 'Nobody of another workspace decides.');
    const principal = reviewers.get(user.id);
    if (principal === undefined)
      return denyUnauthenticated('slack.user', 'This user of Slack is not known as a reviewer.');
    return Object.freeze({
      principal,
      actor: principal,
      expiresAt: clock.now() + lifeMs,
      client: `slack/${team}/${user.id}`,
      scopes: Object.freeze([scope]),
    });
  }
}

function denyUnauthenticated(reason: string, message: string): Denied {
  return deny('UNAUTHENTICATED', message, { reason });
}
