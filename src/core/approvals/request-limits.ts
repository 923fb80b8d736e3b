import type { Counters } from '../data/counters.js';
import type { Analysis, Identity, Json } from '../model.js';
import { formatObject } from '../data/names.js';
import { deny, type Denied } from '../outcome.js';
import { hashValues } from './binding.js';
import type { ApprovalSettings } from './options.js';
import type { Ticket, TicketStatement } from './ticket.js';

const windowMs = 600_000;

/**
 * After so many rejections of one operation on the same objects, none of it is asked for a while, whatever its text.
 */
const maxRejections = 3;

/** How often people may be asked: each asking, and each break-glass sessions, tells all who are told. */
export class ApprovalRequestLimits {
  readonly #counters: Counters;
  readonly #settings: ApprovalSettings;

  constructor(counters: Counters, settings: ApprovalSettings) {
    this.#counters = counters;
    this.#settings = settings;
  }

  /** Why this may not be asked for now: it was rejected not long ago, or so was the like of it again and again. */
  async checkCooldown(bound: Ticket['bound'], analysis: Analysis | undefined): Promise<Denied | undefined> {
    const leftMs = await this.#counters.getMarkedMs(await createCooldownKey(bound));
    if (leftMs > 0) return denyCooldown('A reviewer has rejected the same.', leftMs);
    if (analysis === undefined || this.#settings.cooldownMs === 0) return undefined;
    const { operation, reads, writes } = analysis;
    const like = await createRejectionKey(bound, {
      operation,
      reads: reads.map(formatObject),
      writes: writes.map(formatObject),
    });
    const { count, leftMs: left } = await this.#counters.increment(like, this.#settings.cooldownMs, 0);
    return count < maxRejections
      ? undefined
      : denyCooldown(`Reviewers have rejected ${count} statements that do the same to the same objects.`, left);
  }

  /** Remembers for a while that this was rejected. */
  async recordRejection({ bound, statement }: Ticket): Promise<void> {
    const { cooldownMs } = this.#settings;
    if (cooldownMs === 0) return;
    await this.#counters.mark(await createCooldownKey(bound), cooldownMs);
    if (statement !== undefined) await this.#counters.increment(await createRejectionKey(bound, statement), cooldownMs);
  }

  /** Counts one more approval that is asked for, or says why not. */
  countRequest(identity: Identity): Promise<Denied | undefined> {
    return this.#count('approvals', identity, 'This actor has asked people too often.', 'approval.rate');
  }

  /** Counts one more glass that is broken, or says why not. */
  countBreakGlass(identity: Identity): Promise<Denied | undefined> {
    return this.#count('glass', identity, 'This actor has used break-glass access too often.', 'breakglass.rate');
  }

  async #count(kind: string, { actor }: Identity, message: string, reason: string): Promise<Denied | undefined> {
    const { count, leftMs } = await this.#counters.increment(`${kind}:${actor.id}`, windowMs);
    if (count <= this.#settings.requestsPerActor) return undefined;
    return deny('TOO_MANY_APPROVALS', message, {
      reason,
      hint: `Wait ${toWholeSeconds(leftMs)} s.`,
      retryAfterMs: leftMs,
    });
  }
}

/** The same for whoever asks, whatever session, reason or time it is asked with, and however it is written. */
async function createCooldownKey(bound: Ticket['bound']): Promise<string> {
  const {
    moment = null,
    principal = null,
    actor = null,
    connection = null,
    schema = null,
    access = null,
    text = null,
    binds = null,
    breakGlass = null,
  } = bound;
  const asked = typeof text === 'string' && typeof schema === 'string' ? normalizeStatement(text, schema) : text;
  return `cooldown:${await hashValues(moment, principal, actor, connection, schema, access, asked, binds, breakGlass)}`;
}

/** What is done to which objects, by whom. */
async function createRejectionKey(
  { principal = null, actor = null, connection = null }: Ticket['bound'],
  { operation, reads, writes }: Pick<TicketStatement, 'operation' | 'reads' | 'writes'>,
): Promise<string> {
  const objects: Json = writes.length === 0 ? reads.toSorted() : writes.toSorted();
  return `rejections:${await hashValues(principal, actor, connection, operation, objects)}`;
}

/**
 * Without what a text can be written otherwise by: letters' case, blanks, quotes and parentheses, and the schema before
 * a name. In strings too, where that may take two texts for the same.
 */
function normalizeStatement(text: string, schema: string): string {
  const whole = stripFormatting(schema);
  return stripFormatting(text)
    .replaceAll(`${whole}.`, '')
    .replaceAll(`${whole.slice(whole.indexOf('.') + 1)}.`, '');
}

function stripFormatting(text: string): string {
  return text.toUpperCase().replaceAll(/[\s"();]/g, '');
}

function denyCooldown(message: string, retryAfterMs: number): Denied {
  return deny('APPROVAL_REJECTED', message, {
    reason: 'approval.cooldown',
    hint: `It may be asked for again in ${toWholeSeconds(retryAfterMs)} s. Tell the person you work for.`,
    retryAfterMs,
  });
}

function toWholeSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}
