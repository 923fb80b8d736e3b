import { randomBytes } from 'node:crypto';
import { deny, type Credential, type Denied, type Identity, type IdentityProvider } from '../../core/index.js';
import type { Settings } from './options.js';

/** A user of Slack, as a verified request names them. */
export interface SlackUser {
  readonly id: string;
  /** The workspace where it happened; `home` is the user's own, where that is told. */
  readonly team: string | undefined;
  readonly home: string | undefined;
}

interface Pass {
  readonly user: SlackUser;
  readonly until: number;
}

const scheme = 'slack';
const [lifeMs, mostPasses] = [10_000, 1_000];

/**
 * Credentials for one decision each: random, made in this process after Slack's signature was verified, gone once looked at. They leave the process
 * nowhere, and no mount can make one: REST and MCP know the scheme `bearer` alone.
 */
export class Passes {
  readonly #settings: Settings;
  readonly #live = new Map<string, Pass>();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  issue(user: SlackUser): Credential {
    const now = this.#settings.clock.monotonic();
    for (const [token, { until }] of this.#live) {
      if (until > now && this.#live.size < mostPasses) break;
      this.#live.delete(token);
    }
    const token = randomBytes(32).toString('base64url');
    this.#live.set(token, { user, until: now + lifeMs });
    return { scheme, token };
  }

  /** An identity provider that takes these, and hands every other credential to `inner`. */
  before(inner: IdentityProvider): IdentityProvider {
    return {
      authenticate: async (credential, signal) => (credential.scheme === scheme ? this.#admit(credential.token) : inner.authenticate(credential, signal)),
      ...(inner.check === undefined ? {} : { check: async (signal: AbortSignal) => inner.check?.(signal) }),
      ...(inner.close === undefined ? {} : { close: () => (inner.close as () => Promise<void>)() }),
    };
  }

  #admit(token: string): Identity | Denied {
    const { clock, team, reviewers, scope } = this.#settings;
    const pass = this.#live.get(token);
    this.#live.delete(token);
    if (pass === undefined || pass.until <= clock.monotonic()) return refused('slack.pass', 'The credential is not known, was used, or has run out.');
    const { user } = pass;
    if (user.team !== team || (user.home ?? team) !== team) return refused('slack.team', 'Nobody of another workspace decides.');
    const principal = reviewers.get(user.id);
    if (principal === undefined) return refused('slack.user', 'This user of Slack is not known as a reviewer.');
    return Object.freeze({ principal, actor: principal, expiresAt: clock.now() + lifeMs, client: `slack/${team}/${user.id}`, scopes: Object.freeze([scope]) });
  }
}

function refused(reason: string, message: string): Denied {
  return deny('UNAUTHENTICATED', message, { reason });
}
