import type { Counters } from '../counters.js';
import type { Analysis, Identity, Json } from '../model.js';
import { formatObject } from '../names.js';
import { deny, type Denied } from '../outcome.js';
import { digestOf } from './bound.js';
import type { ApprovalSettings } from './options.js';
import type { Ticket, TicketStatement } from './ticket.js';

const windowMs = 600_000;

/** After so many rejections of one operation on the same objects, none of it is asked for a while, whatever its text. */
const mostRejections = 3;

/** How often people may be asked: each asking, and each broken glass, tells all who are told. */
export class AskingLimits {
  readonly #counters: Counters;
  readonly #settings: ApprovalSettings;

  constructor(counters: Counters, settings: ApprovalSettings) {
    this.#counters = counters;
    this.#settings = settings;
  }

  /** Why this may not be asked for now: it was rejected not long ago, or so was the like of it again and again. */
  async cooling(bound: Ticket['bound'], analysis: Analysis | undefined): Promise<Denied | undefined> {
    const leftMs = await this.#counters.marked(await keyOf(bound));
    if (leftMs > 0) return cooldown('A reviewer has rejected the same.', leftMs);
    if (analysis === undefined || this.#settings.cooldownMs === 0) return undefined;
    const { operation, reads, writes } = analysis;
    const like = await likeOf(bound, { operation, reads: reads.map(formatObject), writes: writes.map(formatObject) });
    const { count, leftMs: left } = await this.#counters.increment(like, this.#settings.cooldownMs, 0);
    return count < mostRejections ? undefined : cooldown(`Reviewers have rejected ${count} statements that do the same to the same objects.`, left);
  }

  /** Remembers for a while that this was rejected. */
  async rejected({ bound, statement }: Ticket): Promise<void> {
    const { cooldownMs } = this.#settings;
    if (cooldownMs === 0) return;
    await this.#counters.mark(await keyOf(bound), cooldownMs);
    if (statement !== undefined) await this.#counters.increment(await likeOf(bound, statement), cooldownMs);
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

/** The same for whoever asks, whatever session, reason or time it is asked with, and however it is written. */
async function keyOf(bound: Ticket['bound']): Promise<string> {
  const { moment = null, principal = null, actor = null, connection = null, schema = null, access = null, text = null, binds = null, breakGlass = null } = bound;
  const asked = typeof text === 'string' && typeof schema === 'string' ? folded(text, schema) : text;
  return `cooldown:${await digestOf(moment, principal, actor, connection, schema, access, asked, binds, breakGlass)}`;
}

/** What is done to which objects, by whom. */
async function likeOf({ principal = null, actor = null, connection = null }: Ticket['bound'], { operation, reads, writes }: Pick<TicketStatement, 'operation' | 'reads' | 'writes'>): Promise<string> {
  const objects: Json = writes.length === 0 ? reads.toSorted() : writes.toSorted();
  return `rejections:${await digestOf(principal, actor, connection, operation, objects)}`;
}

/** Without what a text can be written otherwise by: letters' case, blanks, quotes and parentheses, and the schema before a name. In strings too, where that may take two texts for the same. */
function folded(text: string, schema: string): string {
  const whole = plain(schema);
  return plain(text).replaceAll(`${whole}.`, '').replaceAll(`${whole.slice(whole.indexOf('.') + 1)}.`, '');
}

function plain(text: string): string {
  return text.toUpperCase().replaceAll(/[\s"();]/g, '');
}

function cooldown(message: string, retryAfterMs: number): Denied {
  return deny('APPROVAL_REJECTED', message, { reason: 'approval.cooldown', hint: `It may be asked for again in ${secondsOf(retryAfterMs)} s. Tell the person you work for.`, retryAfterMs });
}

function secondsOf(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}
