import type { Clock } from '../clock.js';
import type { EventCode } from '../events.js';
import { newId } from '../id.js';
import type { Approval, Identity, Json, Scoped } from '../model.js';
import { formatObject, formatSchema } from '../names.js';
import { deny, type Denied, type Pending } from '../outcome.js';
import type { ApprovalRequest, Approver, Ask } from '../ports.js';
import { boundOf, decidedOf, differenceOf, digestOf } from './bound.js';
import { noticeOf, type Crier } from './crier.js';
import type { ApprovalSettings } from './options.js';
import { allTerms } from './terms.js';
import type { Ticket, TicketEnd, TicketState, TicketStatement } from './ticket.js';

/** Writes a line of the record about a ticket; `by` is who did it, else whoever asked. */
export type TicketNote = (code: EventCode, ticket: Ticket, data: Readonly<Record<string, Json>>, by?: Identity) => Promise<void>;

export interface DeskParts {
  readonly clock: Clock;
  readonly settings: ApprovalSettings;
  readonly crier: Crier;
  readonly note: TicketNote;
}

const lasting: ReadonlySet<TicketState> = new Set(['pending', 'approved']);

/** Where consent is asked for, waited for, and used: each ticket fits one request only, once. */
export class Desk implements Approver {
  readonly #parts: DeskParts;
  readonly #watchers = new Map<string, Set<() => void>>();
  readonly #alarms = new Map<string, () => void>();
  #line: Promise<unknown> = Promise.resolve();

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  seek(request: ApprovalRequest): Promise<Approval | Pending | Denied> {
    return request.facts.ticket === undefined ? this.#inTurn(() => this.#ask(request)) : this.#redeem(request, request.facts.ticket);
  }

  /** The ticket as it is now: one whose time is over is over, whatever the store says. */
  async find(id: string): Promise<Ticket | undefined> {
    const ticket = await this.#parts.settings.store.get(id);
    return ticket === undefined ? undefined : this.#current(ticket);
  }

  async list(states: readonly TicketState[]): Promise<readonly Ticket[]> {
    const found = await this.#parts.settings.store.list({ states });
    return (await Promise.all(found.map((each) => this.#current(each)))).filter((each) => states.includes(each.state));
  }

  /** Puts a changed ticket in the place of what it was made from; false when somebody else was faster. */
  async swap(from: Ticket, change: Partial<Ticket>): Promise<Ticket | undefined> {
    const next = Object.freeze({ ...from, ...change, version: from.version + 1 });
    if (!(await this.#parts.settings.store.swap(next))) return undefined;
    if (!lasting.has(next.state)) this.#forget(next.id);
    for (const wake of this.#watchers.get(next.id) ?? []) wake();
    return next;
  }

  /** Ends a ticket that is still of use, and tells; nothing where it is not. */
  async end(id: string, state: 'expired' | 'void', why: TicketEnd): Promise<void> {
    for (;;) {
      const ticket = await this.#parts.settings.store.get(id);
      if (ticket === undefined || !lasting.has(ticket.state)) return;
      const next = await this.swap(ticket, { state, ended: why });
      if (next === undefined) continue;
      this.#parts.crier.tell({ ...noticeOf(next), type: 'approval.closed', id: newId(this.#parts.clock.now()), at: this.#parts.clock.now() });
      const data = { ticket: id, binding: next.digest, decision: state, why };
      await (next.moment === 'run' ? this.#parts.note('statement.approval_decided', next, data) : this.#parts.note('session.denied', next, { ...data, code: 'APPROVAL_EXPIRED', at: 'approval' })).catch(() => undefined);
      return;
    }
  }

  /** Voids what waits for, or holds, consent to run something in a session that ends. */
  async sessionEnded(session: string, why: TicketEnd): Promise<void> {
    const open = await this.#parts.settings.store.list({ session, states: [...lasting] });
    await Promise.all(open.map((each) => this.end(each.id, 'void', why)));
  }

  /** Resolves when the ticket changes, `ms` are over or the signal aborts. */
  changed(id: string, ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const watchers = this.#watchers.get(id) ?? new Set();
      const done = (): void => {
        forget();
        signal.removeEventListener('abort', done);
        watchers.delete(done);
        if (watchers.size === 0) this.#watchers.delete(id);
        resolve();
      };
      const forget = this.#parts.clock.after(ms, done);
      this.#watchers.set(id, watchers.add(done));
      if (signal.aborted) done();
      else signal.addEventListener('abort', done, { once: true });
    });
  }

  async close(): Promise<void> {
    for (const forget of this.#alarms.values()) forget();
    this.#alarms.clear();
  }

  async #ask({ facts, reason, until, asks }: ApprovalRequest): Promise<Pending | Denied> {
    const { settings, clock, crier } = this.#parts;
    const bound = boundOf(facts);
    const waiting = (await settings.store.list({ states: ['pending'], actor: facts.identity.actor.id })).filter((each) => each.expiresAt > clock.now());
    const same = waiting.find((each) => differenceOf(each.bound, bound) === undefined && each.policyVersion === facts.decision.policyVersion);
    if (same !== undefined) return pendingOf(same);
    if (waiting.length >= settings.pendingPerActor) {
      return deny('TOO_MANY_APPROVALS', undefined, { reason: 'approval.flood', hint: `At most ${settings.pendingPerActor} approvals may be waited for at once. Wait for an answer.` });
    }
    const ticket = await ticketOf({ facts, bound, reason, asks }, clock.now(), settings.expiresMs, until);
    await settings.store.put(ticket);
    this.#alarms.set(ticket.id, clock.after(ticket.expiresAt - clock.now(), () => void this.end(ticket.id, 'expired', 'time').catch(() => undefined)));
    crier.tell({ ...noticeOf(ticket), type: 'approval.requested', id: newId(clock.now()), at: clock.now() });
    return pendingOf(ticket);
  }

  async #redeem({ facts, digest }: ApprovalRequest, id: string): Promise<Approval | Pending | Denied> {
    const bound = boundOf(facts);
    for (;;) {
      const ticket = await this.find(id);
      if (ticket === undefined || !sameRequester(ticket.bound, bound)) return refused('unknown', 'There is no such ticket, or it is not yours. A restart voids the ones before it.');
      const differs = differenceOf(ticket.bound, bound);
      if (differs !== undefined) return refused(differs, `The ticket is for another request: ${differs} differs.`);
      if (ticket.policyVersion !== facts.decision.policyVersion && decidedOf(facts.decision) !== ticket.decided) {
        await this.end(id, 'void', 'policy_changed');
        return refused('policy', 'The policy has changed since the ticket was asked for.');
      }
      if (ticket.state === 'pending') return pendingOf(ticket);
      if (ticket.state === 'rejected') return rejectedBy(ticket);
      if (ticket.state !== 'approved') return refused(ticket.state, ticket.state === 'used' ? 'The ticket was used: it runs one statement, or opens one session, once.' : 'The ticket is over.');
      const used = await this.swap(ticket, { state: 'used' });
      if (used === undefined) continue;
      return { ticket: id, reviewers: used.decisions.map(({ reviewer }) => reviewer.id), digest, binding: ticket.digest };
    }
  }

  async #current(ticket: Ticket): Promise<Ticket> {
    if (!lasting.has(ticket.state) || ticket.expiresAt > this.#parts.clock.now()) return ticket;
    await this.end(ticket.id, 'expired', 'time');
    return (await this.#parts.settings.store.get(ticket.id)) ?? ticket;
  }

  /** One after the other, so that no two can each be the last that is let in. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#line.then(work);
    this.#line = turn.catch(() => undefined);
    return turn;
  }

  #forget(id: string): void {
    this.#alarms.get(id)?.();
    this.#alarms.delete(id);
  }
}

const requesterParts = ['principal', 'actor', 'client'] as const;

function sameRequester(one: Ticket['bound'], other: Ticket['bound']): boolean {
  return requesterParts.every((name) => one[name] === other[name]);
}

function pendingOf({ id, expiresAt, digest }: Ticket): Pending {
  return { status: 'pending', ticket: id, message: 'A person must agree. Ask again with the ticket.', expiresAt, binding: digest };
}

function rejectedBy({ decisions }: Ticket): Denied {
  const comment = decisions.find(({ decision }) => decision === 'reject')?.comment;
  return deny('APPROVAL_REJECTED', undefined, { reason: 'approval.rejected', ...(comment === undefined ? {} : { hint: `The reviewer said: ${comment}` }) });
}

function refused(why: string, message: string): Denied {
  return deny('APPROVAL_EXPIRED', message, { reason: `approval.${why}`, hint: 'Ask again without a ticket.' });
}

interface Wanted {
  readonly facts: Scoped;
  readonly bound: Ticket['bound'];
  readonly reason: string;
  readonly asks: readonly Ask[];
}

async function ticketOf({ facts, bound, reason, asks }: Wanted, now: number, expiresMs: number, until: number): Promise<Ticket> {
  const { id: request, moment, asked, identity, scope, decision } = facts;
  const terms = allTerms(decision.obligations);
  const id = newId(now);
  const expiresAt = Math.floor(Math.min(until, now + Math.min(...terms.map((each) => each.expiresMs ?? expiresMs))));
  const statement = statementOf(facts);
  return Object.freeze({
    id, version: 1, state: 'pending', moment, digest: await digestOf(bound, id, expiresAt, salt()), bound, decided: decidedOf(decision), request, identity,
    connection: scope.connection, schema: formatSchema(scope), access: scope.access, reason, question: { asks, context: facts.context }, asks: reviewsOf(facts), rules: decision.rules, policyVersion: decision.policyVersion, terms, decisions: [],
    requestedAt: now, expiresAt, ...('session' in asked ? { session: asked.session } : { ttlMs: asked.ttlMs }), ...(statement === undefined ? {} : { statement }),
  });
}

/** Without it, whoever reads the record could try texts until one has the digest. */
function salt(): string {
  return crypto.randomUUID();
}

function statementOf({ asked, analysis }: Scoped): TicketStatement | undefined {
  if (analysis === undefined || !('statement' in asked)) return undefined;
  const { kind, operation, summary, canonical, redacted, reads, writes, functions } = analysis;
  return { kind, operation, summary, canonical, redacted, binds: asked.statement.binds, reads: reads.map(formatObject), writes: writes.map(formatObject), functions };
}

/** What a reviewer must be permitted: to review this kind on everything that it touches. */
function reviewsOf({ analysis, scope }: Scoped): readonly Ask[] {
  if (analysis === undefined) return [{ action: 'review:open', object: formatSchema(scope) }];
  const objects = new Set([...analysis.reads, ...analysis.writes].map(formatObject));
  return [...(objects.size === 0 ? [formatSchema(scope)] : objects)].map((object) => ({ action: `review:${analysis.kind}`, object }));
}
