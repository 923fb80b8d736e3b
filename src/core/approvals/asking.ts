import type { Counters } from '../counters.js';
import type { Identity } from '../model.js';
import { deny, type Denied } from '../outcome.js';
import { digestOf } from './bound.js';
import type { ApprovalSettings } from './options.js';
import type { Ticket } from './ticket.js';

const windowMs = 600_000;

/** How often people may be asked: each asking, and each broken glass, tells all who are told. */
export class AskingLimits {
  readonly #counters: Counters;
  readonly #settings: ApprovalSettings;

  constructor(counters: Counters, settings: ApprovalSettings) {
    this.#counters = counters;
    this.#settings = settings;
  }

  /** Why this may not be asked for now: it was rejected not long ago. */
  async cooling(bound: Ticket['bound']): Promise<Denied | undefined> {
    const leftMs = await this.#counters.marked(await keyOf(bound));
    if (leftMs <= 0) return undefined;
    return deny('APPROVAL_REJECTED', 'A reviewer has rejected the same.', { reason: 'approval.cooldown', hint: `It may be asked for again in ${secondsOf(leftMs)} s. Tell the person you work for.`, retryAfterMs: leftMs });
  }

  /** Remembers for a while that this was rejected. */
  async rejected({ bound }: Ticket): Promise<void> {
    if (this.#settings.cooldownMs > 0) await this.#counters.mark(await keyOf(bound), this.#settings.cooldownMs);
  }

  /** Counts one more approval that is asked for, or says why not. */
  asks(identity: Identity): Promise<Denied | undefined> {
    return this.#count('approvals', identity, 'This actor has asked people too often.', 'approval.rate');
  }

  /** Counts one more glass that is broken, or says why not. */
  breaksGlass(identity: Identity): Promise<Denied | undefined> {
    return this.#count('glass', identity, 'This actor has broken the glass too often.', 'breakglass.rate');
  }

  async #count(kind: string, { actor }: Identity, message: string, reason: string): Promise<Denied | undefined> {
    const { count, leftMs } = await this.#counters.increment(`${kind}:${actor.id}`, windowMs);
    if (count <= this.#settings.requestsPerActor) return undefined;
    return deny('TOO_MANY_APPROVALS', message, { reason, hint: `Wait ${secondsOf(leftMs)} s.`, retryAfterMs: leftMs });
  }
}

/** The same for whoever asks, whatever session, reason or time it is asked with. */
async function keyOf(bound: Ticket['bound']): Promise<string> {
  const { moment = null, principal = null, actor = null, connection = null, schema = null, access = null, text = null, binds = null, breakGlass = null } = bound;
  return `cooldown:${await digestOf(moment, principal, actor, connection, schema, access, text, binds, breakGlass)}`;
}

function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}
